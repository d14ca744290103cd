from pathlib import Path

import pytest

from grafana.source import thresholds
from stream.policy.policy_file import load_policy


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(thresholds, "FILE", tmp_path / "thresholds.toml")
    thresholds._declared.cache_clear()
    (tmp_path / "thresholds.toml").touch()
    yield tmp_path / "thresholds.toml"
    thresholds._declared.cache_clear()


def test_a_bound_that_alerts_use_is_taken_from_their_file(declared: Path) -> None:
    declared.write_text('[skill_good]\nvalue = 0.9\nunit = "share"\nwhy = "a test"\n')
    assert thresholds.threshold("skill_good") == 0.9


def test_a_bound_that_only_boards_use_is_taken_from_here(declared: Path) -> None:
    assert thresholds.threshold("skill_good") == 0.8


def test_a_bound_that_decides_about_raters_is_the_policys() -> None:
    policy = load_policy(thresholds.POLICY_FILE)
    assert thresholds.threshold("flagged_share") == policy.storm.flagged_share
    assert thresholds.threshold("known_right_low") == policy.known_answers.floor_most


def test_a_bound_that_nobody_named_is_an_error(declared: Path) -> None:
    with pytest.raises(KeyError):
        thresholds.threshold("no_such_bound")


def test_every_bound_has_a_unit_and_a_reason() -> None:
    assert all(one.unit and one.why for one in thresholds._OWN.values())


def test_every_bound_colours_something() -> None:
    source = "".join(path.read_text() for path in Path(thresholds.__file__).parent.rglob("*.py"))
    assert [name for name in thresholds._OWN if source.count(f'"{name}"') < 2] == []


def test_a_bound_stands_in_one_place_only() -> None:
    assert set(thresholds._OWN) & set(thresholds._declared()) == set()
