"""Pulling what providers don't call us with: events by window, descriptions of e-mails, going on where it ended."""
