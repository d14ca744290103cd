import ssl

import pytest

from stream.transport.connection import KafkaConnection


@pytest.mark.parametrize(
    ("tls", "mechanism", "protocol"),
    [
        (False, None, "PLAINTEXT"),
        (True, None, "SSL"),
        (False, "PLAIN", "SASL_PLAINTEXT"),
        (True, "SCRAM-SHA-512", "SASL_SSL"),
    ],
)
def test_the_protocol_follows_from_what_is_given(tls, mechanism, protocol):
    context = ssl.create_default_context() if tls else None
    connection = KafkaConnection(("a:1", "b:2"), context, mechanism, "u", "secret")
    settings = connection.client_settings()
    assert settings["security_protocol"] == protocol
    assert settings["bootstrap_servers"] == ["a:1", "b:2"]
    assert ("sasl_plain_password" in settings) is (mechanism is not None)
    assert ("ssl_context" in settings) is tls


def test_the_password_is_never_shown():
    assert "secret" not in repr(KafkaConnection(("a:1",), None, "PLAIN", "u", "secret"))
