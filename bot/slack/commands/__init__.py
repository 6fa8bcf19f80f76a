"""One command a module, each exporting COMMAND; the module's name is the word that calls it."""
