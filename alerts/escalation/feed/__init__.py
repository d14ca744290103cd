"""Between Kafka and the cases: findings in, what people decided out."""
