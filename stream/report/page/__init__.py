"""report.html, piece by piece."""
