// Phones: being built.
