// Media: being built.
