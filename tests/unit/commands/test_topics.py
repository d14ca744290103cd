import stat

from stream.commands.topics import topics, wanted_topics
from stream.errors import SettingsError, Unavailable
from stream.intake.control import ControlKey
from stream.settings import Settings

NOWHERE = "kafka.example:9092"


def test_topics_go_by_the_names_of_the_settings():
    names = {spec.name for spec in wanted_topics(Settings(judgments="j", outcomes="o", findings="f", partitions=6))}
    assert {"j", "o", "f", "judgments.rejected", "raterwatch.births"} == names


def test_judgments_and_outcomes_get_the_partitions_that_are_set():
    counts = {spec.name: spec.partitions for spec in wanted_topics(Settings(partitions=6))}
    assert counts["judgments"] == counts["outcomes"] == 6


def test_a_made_key_is_for_its_owner_alone_and_kept_the_next_time(invoke, tmp_path):
    path = tmp_path / "control.key"
    for _ in range(2):
        result = invoke(topics, "--kafka", NOWHERE, "--control-key-file", path, "--make-key")
        assert isinstance(result.exception, Unavailable)
        made = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == made
    ControlKey.load(str(path))


def test_making_a_key_needs_a_place(invoke):
    assert "--control-key-file" in str(invoke(topics, "--kafka", NOWHERE, "--make-key").exception)


def test_a_queues_file_without_a_key_is_refused_before_kafka_is_asked(invoke, crowd, tmp_path):
    (tmp_path / "queues.toml").write_text(crowd.queues_toml)
    result = invoke(topics, "--kafka", NOWHERE, "--queues", tmp_path / "queues.toml")
    assert isinstance(result.exception, SettingsError)
    assert "control key" in str(result.exception)
