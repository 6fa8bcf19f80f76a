"""What e-mail figures mean, and what a report is: values in, values out; no I/O, no clock, no settings."""
