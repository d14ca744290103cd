import subprocess
from pathlib import Path

import pytest
import yaml

from alerts.__main__ import FOLDER, generated
from alerts.deployment import load_deployment
from alerts.thresholds import Threshold, load_thresholds
from alerts.yaml_text import to_yaml
from stream.errors import SettingsError
from tests.unit.alerts.promtool import PROMTOOL

FILES = generated(load_thresholds(), load_deployment())


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_committed_is_what_the_declarations_say(name: str) -> None:
    # When this fails: `make generate`.
    assert (FOLDER / name).read_text() == FILES[name]


def test_no_rule_file_is_left_that_nothing_declares() -> None:
    assert {f"rules/{path.name}" for path in (FOLDER / "rules").glob("*.yml")} == FILES.keys() - {"alertmanager.yml"}


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"alertmanager.yml"}))
def test_a_rule_file_can_be_read_at_a_glance(name: str) -> None:
    assert len(FILES[name].splitlines()) <= 150


@pytest.mark.skipif(PROMTOOL.find() is None, reason="promtool is not installed")
def test_prometheus_reads_every_rule() -> None:
    command = [PROMTOOL.require(), "check", "rules", *(FOLDER / "rules").glob("*.yml")]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def test_written_yaml_says_what_it_was_given() -> None:
    tree = {"a": "yes", "b c": ["x: y", {"d": 'q"{{ }}', "e": "two\nlines"}, []], "f": {"g": True, "h": 1.5}, "i": {}}
    assert yaml.safe_load(to_yaml(tree, "why\n\nso")) == tree


def test_a_threshold_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('lag = { value = 1, unit = "records", why = " " }')
    with pytest.raises(SettingsError, match="lag: has no reason"):
        load_thresholds(tmp_path / "t.toml")


def test_a_misspelt_key_of_a_threshold_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('lag = { value = 1, units = "records", why = "so" }')
    with pytest.raises(SettingsError, match="lag"):
        load_thresholds(tmp_path / "t.toml")


def test_a_number_that_is_no_duration_is_not_taken_for_one() -> None:
    assert Threshold(5, "minutes", "so").duration == "5m"
    with pytest.raises(KeyError):
        _ = Threshold(5, "records", "so").duration


def test_a_misspelt_key_of_a_deployment_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text('[links]\nboards = "x"\nrunbook = "y"\ncases = "z"')
    with pytest.raises(SettingsError, match="runbook"):
        load_deployment(tmp_path / "d.toml")
