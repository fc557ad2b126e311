// Voicemail: being built.
