"""How the service reaches Kafka."""

import ssl
from typing import Any

from alerts.escalation.settings import Settings
from stream.errors import SettingsError


def client_settings(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that aiokafka's consumer and producer have in common."""
    kafka = settings.kafka
    given: dict[str, Any] = {"bootstrap_servers": kafka.servers.split(","), "security_protocol": kafka.security}
    if kafka.security.endswith("SSL"):
        given["ssl_context"] = ssl.create_default_context(cafile=kafka.ca_file and str(settings.path(kafka.ca_file)))
    if kafka.security.startswith("SASL"):
        if not kafka.username or kafka.password_file is None:
            raise SettingsError(f"kafka.security = {kafka.security!r} needs kafka.username and kafka.password_file")
        given["sasl_mechanism"] = kafka.mechanism
        given["sasl_plain_username"] = kafka.username
        given["sasl_plain_password"] = settings.secret(kafka.password_file)
    return given
