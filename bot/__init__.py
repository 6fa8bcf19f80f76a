"""The running service: every clock, socket, task and screen."""
