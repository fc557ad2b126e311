// SIP: being built.
