"""Webhooks between their arrival and the figures: stored first, read after, and kept while they make no sense."""
