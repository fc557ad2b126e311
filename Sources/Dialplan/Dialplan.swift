// Dialplan: being built.
