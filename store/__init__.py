"""The only SQL: tables, merge and loaders; plain synchronous functions."""
