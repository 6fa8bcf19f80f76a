"""Where events come from: each module turns one source's bytes into our events; pure."""
