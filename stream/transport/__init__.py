"""Kafka to shards and back: the runner that keeps the exactly-once promise, and the adapters it runs on."""
