"""A Report as Slack blocks, or as lines in a terminal: each renderer reads the report and nothing else."""
