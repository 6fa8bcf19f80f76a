"""Formats of files, one a module, each exporting EXPORT; found by reports.discover. Pure: a document into a stream."""
