"""The providers that call us: one module each, exporting PROVIDER. Each is found by its name; nothing lists them."""
