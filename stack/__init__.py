"""The local stack: real Kafka, Redis, Prometheus and Alertmanager as child processes, without Docker."""
