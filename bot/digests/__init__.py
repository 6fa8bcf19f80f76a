"""Digests: what a subscription sends."""
