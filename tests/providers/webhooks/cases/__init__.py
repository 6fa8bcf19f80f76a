"""One module a provider: how its requests look, and what its documented payloads say, written by hand."""
