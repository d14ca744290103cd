"""How to reach Kafka: one value that the consumer, the producer and the admin client are all made from."""

import ssl
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """Bootstrap servers (host:port) and how to log in. A password is never shown."""

    bootstrap: tuple[str, ...]
    tls: ssl.SSLContext | None = None
    sasl_mechanism: str | None = None  # PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def client_settings(self) -> dict[str, Any]:
        """Keyword arguments that aiokafka's and kafka-python's clients have in common."""
        settings: dict[str, Any] = {"bootstrap_servers": list(self.bootstrap), "security_protocol": self.protocol}
        if self.tls is not None:
            settings["ssl_context"] = self.tls
        if self.sasl_mechanism is not None:
            settings["sasl_mechanism"] = self.sasl_mechanism
            settings["sasl_plain_username"] = self.username
            settings["sasl_plain_password"] = self.password
        return settings

    @property
    def protocol(self) -> str:
        """Kafka's name for what `tls` and `sasl_mechanism` ask for."""
        if self.sasl_mechanism is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"
