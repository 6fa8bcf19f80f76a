"""Files of reports: made in the background, kept for a while, fetched by a link."""
