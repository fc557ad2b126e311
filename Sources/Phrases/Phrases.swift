// Phrases: being built.
