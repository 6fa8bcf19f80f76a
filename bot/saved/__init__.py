"""Saved reports and dashboards: what every place where people save is given, and their definitions as files."""
