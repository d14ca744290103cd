"""What Prometheus and probes see of a worker."""
