"""Papers that are signed and kept: set from a template and values, as accessible PDF, the same bytes every time."""
