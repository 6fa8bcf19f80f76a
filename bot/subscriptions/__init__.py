"""Subscribing: what people type, who may be written to, and what one promise sends."""
