"""Modals: a module each, exporting MODAL; found by bot.slack.interactions."""
