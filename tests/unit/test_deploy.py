"""docker-compose.yml and what it mounts, checked without Docker."""

import hashlib
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from alerts.escalation.cases.contract_file import load_contracts
from alerts.escalation.settings import load_settings as load_escalation
from stack.jars import KAFKA_VERSION
from stack.programs import Program
from stream.simulate.queues_file import queues_file
from stream.simulate.world import World

REPOSITORY = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
MADE_BY_MAKE_SECRETS = "./deploy/secrets/"

each_service = pytest.mark.parametrize("name", SERVICES)


def test_the_file_follows_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    check = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


@each_service
def test_what_a_service_names_is_defined(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert {source for source in sources(service) if not source.startswith("./")} <= set(COMPOSE["volumes"])


@each_service
def test_what_a_service_mounts_from_the_repository_exists(name: str) -> None:
    for source in sources(SERVICES[name]):
        assert not source.startswith("./") or (REPOSITORY / source).exists(), source


@each_service
def test_a_secret_given_as_a_path_is_one_that_the_service_gets(name: str) -> None:
    text = yaml.safe_dump(SERVICES[name])
    assert set(re.findall(r"/run/secrets/(\w+)", text)) <= set(SERVICES[name].get("secrets", []))


def test_the_case_service_reads_its_files_and_gets_every_secret_that_they_name() -> None:
    folder = REPOSITORY / "deploy"
    settings = load_escalation(folder / "compose" / "escalation.toml")
    contracts = load_contracts(folder / settings.contracts)
    secret_files = [name for one in contracts.vendors.values() if one.webhook for name in one.webhook.secret_files]
    text = (folder / "compose" / "escalation.toml").read_text()
    text += yaml.safe_dump(SERVICES["escalation"]["environment"])
    named = {Path(name).name for name in [*re.findall(r"/run/secrets/\w+", text), *secret_files]}
    assert named == set(SERVICES["escalation"]["secrets"])


def test_nothing_defined_is_left_unused() -> None:
    used_secrets = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    used_volumes = {source for service in SERVICES.values() for source in sources(service)}
    assert used_secrets == set(COMPOSE["secrets"])
    assert set(COMPOSE["volumes"]) <= used_volumes


@each_service
def test_images_are_pinned_to_a_version(name: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?$", SERVICES[name]["image"])


@each_service
def test_a_service_is_watched_or_ends_by_itself(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) != (service["restart"] == "no")


@each_service
def test_a_dependency_waits_for_what_the_other_can_reach(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        ends = SERVICES[other]["restart"] == "no"
        assert how["condition"] == ("service_completed_successfully" if ends else "service_healthy")


@each_service
def test_a_service_of_every_day_does_not_wait_for_one_of_the_demo(name: str) -> None:
    for other in SERVICES[name].get("depends_on", {}):
        assert set(SERVICES[other].get("profiles", [])) <= set(SERVICES[name].get("profiles", []))


@each_service
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert not service.get("cap_add")
    assert service.get("read_only") or name == "kafka"
    assert service["deploy"]["resources"]["limits"]["memory"]


@each_service
def test_ports_are_published_on_this_machine_only(name: str) -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@each_service
def test_no_secret_stands_in_the_file(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|KEY", key):
            assert str(value).startswith("/run/secrets/"), key
        assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), key


def test_secrets_come_from_files_that_make_secrets_makes_and_git_ignores(tmp_path: Path) -> None:
    folder = made_secrets(tmp_path)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith(MADE_BY_MAKE_SECRETS)
        assert (folder / secret["file"].removeprefix(MADE_BY_MAKE_SECRETS)).stat().st_size > 0
    assert "deploy/secrets/" in (REPOSITORY / ".gitignore").read_text().splitlines()
    assert "deploy/secrets/" in (REPOSITORY / ".dockerignore").read_text().splitlines()


def test_secrets_are_closed_to_other_people_and_kept_when_made_again(tmp_path: Path) -> None:
    folder = made_secrets(tmp_path)
    before = {file.name: file.read_text() for file in folder.iterdir()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {file.name: file.read_text() for file in made_secrets(tmp_path).iterdir()} == before
    assert len(set(before.values())) == len(before)


def test_the_access_list_holds_hashes_of_the_passwords_and_nothing_open(tmp_path: Path) -> None:
    folder = made_secrets(tmp_path)
    users = {line.split()[1]: line.split() for line in (folder / "redis_acl").read_text().splitlines()}
    for user in ("worker", "reader"):
        password = (folder / f"redis_{user}_password").read_bytes()
        assert f"#{hashlib.sha256(password).hexdigest()}" in users[user]
        assert "~*" not in users[user]
        assert "allkeys" not in users[user]
    assert users["default"][2:] == ["off"]


def test_the_image_uses_the_uv_that_the_makefile_uses() -> None:
    bootstrap = re.search(r"^version=(\S+)$", (REPOSITORY / "stack/bootstrap.sh").read_text(), re.MULTILINE)
    assert bootstrap is not None
    assert f"uv=={bootstrap[1]}\n" in (REPOSITORY / "Dockerfile").read_text()


def test_kafka_is_the_version_that_the_tests_run_on() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"


def test_prometheus_scrapes_the_port_that_the_worker_serves() -> None:
    config = yaml.safe_load((REPOSITORY / "deploy/prometheus.yml").read_text())
    job = next(job for job in config["scrape_configs"] if job["job_name"] == "raterwatch")
    worker = SERVICES["worker"]["environment"]
    assert job["dns_sd_configs"][0]["names"] == ["worker"]
    assert str(job["dns_sd_configs"][0]["port"]) == worker["RATERWATCH_METRICS_PORT"]


def test_the_queues_are_those_of_the_crowd_that_the_demo_profile_makes() -> None:
    # When this fails: `raterwatch simulate --out FOLDER`, then copy FOLDER/queues.toml to deploy/queues.toml.
    assert (REPOSITORY / "deploy/queues.toml").read_text() == queues_file(World())


def test_grafana_finds_prometheus_and_the_boards() -> None:
    provisioning = REPOSITORY / "grafana/provisioning"
    source = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())["datasources"][0]
    boards = yaml.safe_load((provisioning / "dashboards/raterwatch.yml").read_text())["providers"][0]
    assert source["url"] == "http://prometheus:9090"
    assert f"./grafana/dashboards:{boards['options']['path']}:ro" in SERVICES["grafana"]["volumes"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (Program(("promtool",), "prometheus"), ["check", "config", "deploy/prometheus.yml"]),
        (Program(("amtool",), "prometheus-alertmanager"), ["check-config", "alerts/alertmanager.yml"]),
    ],
)
def test_the_programs_own_checks_accept_their_configuration(tool: Program, arguments: list[str]) -> None:
    place = tool.find()
    if place is None:
        pytest.skip(f"{tool.names[0]} is not installed")
    check = subprocess.run([place, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout + check.stderr


def sources(service: dict[str, Any]) -> list[str]:
    return [str(volume).split(":", maxsplit=1)[0] for volume in service.get("volumes", [])]


def made_secrets(folder: Path) -> Path:
    for name in ("make_secrets.sh", "redis.acl.template"):
        shutil.copy(REPOSITORY / "deploy" / name, folder)
    subprocess.run([folder / "make_secrets.sh"], check=True, capture_output=True)
    return folder / "secrets"
