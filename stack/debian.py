"""Installs Debian packages without starting the servers in them."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError

_POLICY = Path("/usr/sbin/policy-rc.d")
_LISTS = Path("/var/lib/apt/lists")
_FORBIDDEN = 101  # what Debian's invoke-rc.d reads as "do not start this service"


def can_install() -> bool:
    """Whether this process may install Debian packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(packages: Sequence[str]) -> None:
    """Install the packages with apt-get. Raises StackError with apt's own words when that fails."""
    with _services_stay_off():
        if not any(_LISTS.glob("*_Packages*")):
            _apt("update")
        if _apt("install", "--no-install-recommends", *packages).returncode == 0:
            return
        # Old lists name versions that the mirror no longer has.
        _apt("update")
        last = _apt("install", "--no-install-recommends", *packages)
    if last.returncode != 0:
        raise StackError(f"apt-get could not install {' '.join(packages)}. It said:\n{last.stdout[-3000:]}")


def _apt(verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Another apt may be at work; it is waited for instead of failing on its lock.
    command = ["apt-get", "--yes", "--quiet", "-o", "DPkg::Lock::Timeout=300", verb, *arguments]
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )


@contextmanager
def _services_stay_off() -> Iterator[None]:
    if _POLICY.exists():
        # The machine's owner has a policy of their own; containers usually forbid starts already.
        yield
        return
    _POLICY.write_text(f"#!/bin/sh\nexit {_FORBIDDEN}\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)
