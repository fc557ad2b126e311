// Telephony: being built.
