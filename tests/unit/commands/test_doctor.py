import json

import pytest

from stream.commands.checks import Status
from stream.commands.doctor import doctor
from stream.commands.local_checks import check_files, check_worker
from stream.errors import SettingsError
from stream.intake.secret_file import write_secret
from stream.settings import Settings

NOWHERE = "kafka.example:9092"


def test_every_look_goes_on_when_kafka_is_away_and_the_exit_code_tells(invoke):
    result = invoke(doctor, "--kafka", NOWHERE, "--json")
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert checks["Kafka"]["status"] == "failure"
    assert {"control key", "compiled code", "worker"} <= checks.keys()


def test_the_table_says_what_to_do(invoke):
    result = invoke(doctor, "--kafka", NOWHERE)
    assert result.exit_code == 1
    assert "RATERWATCH_CONTROL_KEY_FILE" in result.output
    assert "1 failures" in result.output


def test_a_secret_that_everybody_can_read_fails(tmp_path):
    path = tmp_path / "password"
    path.write_text("secret")
    path.chmod(0o644)
    checks = {check.name: check for check in check_files(Settings(redis_password_file=path))}
    assert checks["Redis password"].status is Status.FAILURE
    assert "chmod" in checks["Redis password"].remedy


def test_a_secret_of_its_owner_is_ok(tmp_path):
    write_secret(str(tmp_path / "key"), b"k" * 32, "control key")
    checks = check_files(Settings(control_key_file=tmp_path / "key", redis_password_file=tmp_path / "key"))
    assert [check.status for check in checks] == [Status.OK, Status.OK]


def test_a_control_key_that_is_missing_fails(tmp_path):
    with pytest.raises(SettingsError, match="cannot read"):
        check_files(Settings(control_key_file=tmp_path / "absent"))


def test_no_worker_here_is_only_a_warning():
    [check] = check_worker(Settings(metrics_port=1))
    assert check.status is Status.WARNING
