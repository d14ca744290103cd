"""Boards drawn without Grafana: the same queries, put to a live Prometheus, on one page."""
