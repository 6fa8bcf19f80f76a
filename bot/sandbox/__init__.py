"""A stand-in for Slack on loopback: it speaks Slack's protocol, and refuses what Slack would refuse."""
