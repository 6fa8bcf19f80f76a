"""One sub-command a module, each exporting COMMAND; found by bot.slack.app."""
