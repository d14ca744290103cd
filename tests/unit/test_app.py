from pathlib import Path

import pytest

from stream.app import declared_policy
from stream.errors import SettingsError
from stream.policy.declared import DeclaredPolicy
from stream.settings import Settings

QUEUES = '[queues.toxicity]\nkind = "nominal"\nlabels = ["yes", "no"]\n'


@pytest.fixture
def files(tmp_path: Path) -> Settings:
    policy, queues = tmp_path / "policy.toml", tmp_path / "queues.toml"
    policy.write_text("[queues.toxicty.shadow]\ndays = 3\n")
    queues.write_text(QUEUES)
    return Settings(policy_file=policy, queues=queues)


def test_a_policy_for_a_queue_that_is_not_declared_stops_the_start(files: Settings) -> None:
    with pytest.raises(SettingsError, match=r"policy\.toml: queues\.toxicty: is no queue of the queues file"):
        declared_policy(files)


def test_without_a_queues_file_or_a_policy_there_is_nothing_to_hold_it_against(files: Settings) -> None:
    assert "toxicty" in declared_policy(Settings(policy_file=files.policy_file)).queues
    assert declared_policy(Settings(queues=files.queues)) == DeclaredPolicy()
