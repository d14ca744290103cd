"""The programs the local stack runs and the Debian package that brings each."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError


@dataclass(frozen=True, slots=True)
class Program:
    """A program by the names it goes by, and the Debian package it comes in."""

    names: tuple[str, ...]
    package: str

    def find(self) -> Path | None:
        """Where it is on PATH (or in the folders for administrators that a person's PATH may lack), or None."""
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/usr/local/bin"])
        found = (shutil.which(name, path=path) for name in self.names)
        return next((Path(place) for place in found if place), None)

    def require(self) -> Path:
        """Where it is. Raises StackError, naming what to install, when it is missing."""
        place = self.find()
        if place is None:
            raise StackError(
                f"{self.names[0]} is not installed: run `python -m stack.install`, "
                f"or install it (Debian package {self.package})"
            )
        return place


JAVA = Program(("java",), "default-jre-headless")
MAVEN = Program(("mvn",), "maven")
REDIS = Program(("redis-server", "valkey-server"), "redis-server")
PROMETHEUS = Program(("prometheus",), "prometheus")
# Debian gives the Alertmanager a longer name than its authors do.
ALERTMANAGER = Program(("prometheus-alertmanager", "alertmanager"), "prometheus-alertmanager")
