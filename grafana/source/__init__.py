"""Grafana's boards as code: `python -m grafana.source` writes grafana/dashboards."""
