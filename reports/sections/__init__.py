"""One section a module, each exporting SECTION."""
