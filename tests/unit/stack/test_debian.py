from pathlib import Path

import pytest

from stack import debian
from stack.errors import StackError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian whose apt-get writes down how it was called; the returned folder holds its files."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "mirror_Packages").touch()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(debian, "_LISTS", tmp_path / "lists")
    monkeypatch.setattr(debian, "_POLICY", tmp_path / "policy-rc.d")
    return tmp_path


def apt(machine: Path, then: str) -> None:
    """Puts an apt-get in place: it logs its verb and whether services may start, and then does `then`."""
    script = f"""#!/bin/sh
for word; do case $word in update|install) verb=$word; esac; done
[ -x {machine}/policy-rc.d ] && policy=forbidden || policy=allowed
echo "$verb, starts $policy" >> {machine}/calls
{then}
"""
    (machine / "bin" / "apt-get").write_text(script)
    (machine / "bin" / "apt-get").chmod(0o755)


def calls(machine: Path) -> list[str]:
    return (machine / "calls").read_text().splitlines()


def test_packages_are_installed_while_services_may_not_start(machine: Path) -> None:
    apt(machine, "exit 0")
    debian.install_packages(["redis-server"])
    assert calls(machine) == ["install, starts forbidden"]
    assert not (machine / "policy-rc.d").exists()


def test_a_policy_of_the_owner_stays_as_it_is(machine: Path) -> None:
    apt(machine, "exit 0")
    (machine / "policy-rc.d").write_text("the owner's own")
    debian.install_packages(["redis-server"])
    assert (machine / "policy-rc.d").read_text() == "the owner's own"


def test_a_fresh_machine_gets_its_package_lists_first(machine: Path) -> None:
    apt(machine, "exit 0")
    (machine / "lists" / "mirror_Packages").unlink()
    debian.install_packages(["redis-server"])
    assert [call.split(",")[0] for call in calls(machine)] == ["update", "install"]


def test_old_package_lists_are_renewed_once(machine: Path) -> None:
    apt(machine, f"[ $verb = update ] && : > {machine}/renewed; [ -e {machine}/renewed ]")
    debian.install_packages(["redis-server"])
    assert [call.split(",")[0] for call in calls(machine)] == ["install", "update", "install"]


def test_a_failure_says_what_apt_said_and_lifts_the_policy(machine: Path) -> None:
    apt(machine, "echo the disk is full; exit 1")
    with pytest.raises(StackError, match=r"could not install redis-server. It said:\nthe disk is full"):
        debian.install_packages(["redis-server"])
    assert not (machine / "policy-rc.d").exists()


def test_without_apt_nothing_can_be_installed(machine: Path) -> None:
    assert not debian.can_install()
