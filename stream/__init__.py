"""raterwatch: watches the quality of human judgments as they stream through Kafka."""

__version__ = "0.1.0"
