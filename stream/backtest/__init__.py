"""The worker's engine over files, without Kafka and Redis."""
