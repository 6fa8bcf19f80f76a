"""Buttons of messages: a module each, exporting ACTION; found by bot.slack.interactions."""
