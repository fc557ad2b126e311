// Mailboxes: being built.
