"""Boards for Grafana: their source, the JSON made from it, and how Grafana finds it."""
