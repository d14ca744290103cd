from pathlib import Path

import pytest

from stream.errors import SettingsError
from stream.settings import Settings


def test_the_command_line_wins_over_the_environment_and_that_over_defaults() -> None:
    environment = {"RATERWATCH_GROUP": "a", "RATERWATCH_METRICS_PORT": "9200", "OTHER": "x"}
    settings = Settings.load(environment, group="b", redis=None)
    assert (settings.group, settings.metrics_port, settings.redis) == ("b", 9200, Settings().redis)


def test_each_kind_of_value_is_read() -> None:
    environment = {
        "RATERWATCH_ALLOW_FULL_REPLAY": "true",
        "RATERWATCH_QUEUES": "q.toml",
        "RATERWATCH_RATER_SERIES": "all",
    }
    settings = Settings.load(environment)
    assert (settings.allow_full_replay, settings.queues, settings.rater_series) == (True, Path("q.toml"), "all")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("GRUOP", "a", "known are"),
        ("METRICS_PORT", "many", "not a whole number"),
        ("ALLOW_FULL_REPLAY", "maybe", "true or false"),
        ("RATER_SERIES", "some", "findings, all, none"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        Settings.load({f"RATERWATCH_{name}": value})
    assert f"RATERWATCH_{name}" in str(refused.value)


def test_a_password_is_in_no_repr(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    settings = Settings(kafka_security="SASL_PLAINTEXT", kafka_username="worker", kafka_password_file=secret)
    assert settings.kafka_connection.password == "hunter2"
    assert "hunter2" not in repr(settings) + repr(settings.kafka_connection)


def test_logging_in_without_a_name_is_refused() -> None:
    with pytest.raises(SettingsError, match="RATERWATCH_KAFKA_USERNAME"):
        _ = Settings(kafka_security="SASL_SSL").kafka_connection
