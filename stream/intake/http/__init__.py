"""Judgments over HTTP: what may come in, under which token, and how it is answered. Kafka stands behind a port."""
