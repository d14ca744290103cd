from pathlib import Path

import pytest

from stack import jars
from stack.errors import StackError
from stack.install import COMPONENTS, install
from stack.programs import Program


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on PATH but what a test puts into the returned folder, and an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def put_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_without_apt_the_error_lists_every_missing_program(bare_machine: Path) -> None:
    with pytest.raises(StackError) as error:
        install(["kafka", "prometheus"], print)
    assert str(error.value) == (
        "please install these programs and put them on PATH, then try again:\n"
        "  java (Debian package default-jre-headless)\n"
        "  prometheus (Debian package prometheus)\n"
        "  mvn (Debian package maven)"
    )


def test_nothing_is_said_or_touched_when_all_is_there(bare_machine: Path, tmp_path: Path) -> None:
    put_program(bare_machine, "prometheus", "exit 1")
    said: list[str] = []
    install(["prometheus"], said.append)
    assert said == []
    assert not (tmp_path / "cache").exists()


def test_an_unknown_component_is_answered_with_the_known_ones(bare_machine: Path) -> None:
    with pytest.raises(StackError, match="'rabbit'; there are kafka, redis, postgres, prometheus, alertmanager"):
        install(["rabbit"], print)


def test_a_failed_download_is_not_taken_for_a_complete_one(bare_machine: Path) -> None:
    put_program(bare_machine, "java", "exit 0")
    put_program(bare_machine, "mvn", "echo the network is down; exit 1")
    with pytest.raises(StackError, match="the network is down"):
        install(["kafka"], print)
    assert not jars.kafka_jars().exists()
    with pytest.raises(StackError, match=r"run `python -m stack\.install kafka`"):
        jars.require_kafka_jars()


def test_a_complete_download_is_kept_under_its_version(bare_machine: Path) -> None:
    put_program(bare_machine, "java", "exit 0")
    # The arguments hold -DoutputDirectory=FOLDER; the stand-in for Maven puts the broker's jar there.
    put_program(
        bare_machine,
        "mvn",
        'for a; do case $a in -DoutputDirectory=*) /bin/mkdir ${a#*=} && > "${a#*=}/kafka_2.13-4.3.1.jar"; esac; done',
    )
    said: list[str] = []
    install(["kafka"], said.append)
    assert [jar.name for jar in jars.require_kafka_jars().iterdir()] == ["kafka_2.13-4.3.1.jar"]
    assert len(said) == 1


def test_the_pom_names_the_version_that_the_cache_folder_is_named_after() -> None:
    pom = Path(jars.__file__).with_name("kafka_pom.xml").read_text()
    assert f"<artifactId>kafka_2.13</artifactId>\n      <version>{jars.KAFKA_VERSION}</version>" in pom


def test_a_program_is_found_under_any_of_its_names(bare_machine: Path) -> None:
    put_program(bare_machine, "valkey-server", "exit 0")
    assert COMPONENTS["redis"][0].find() == bare_machine / "valkey-server"


def test_a_missing_program_names_its_package() -> None:
    with pytest.raises(StackError, match="Debian package nowhere"):
        Program(("no-such-program",), "nowhere").require()
