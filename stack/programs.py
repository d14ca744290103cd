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
    also_in: tuple[str, ...] = ()  # patterns of folders beside PATH; of several the last is taken, as its version

    def find(self) -> Path | None:
        """Where it is on PATH (or in the folders for administrators that a person's PATH may lack), or None."""
        own = [str(folder) for pattern in self.also_in for folder in sorted(Path("/").glob(pattern.lstrip("/")))[::-1]]
        usual = [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/usr/local/bin"]
        path = os.pathsep.join([*own, *usual])
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
# Debian keeps PostgreSQL's programs off PATH, in a folder of their version.
POSTGRES = Program(("postgres",), "postgresql-15", ("/usr/lib/postgresql/*/bin",))
INITDB = Program(("initdb",), "postgresql-15", ("/usr/lib/postgresql/*/bin",))
CHROMIUM = Program(("chromium", "chromium-browser", "google-chrome"), "chromium")  # for tests of pages
# Debian gives the Alertmanager a longer name than its authors do.
ALERTMANAGER = Program(("prometheus-alertmanager", "alertmanager"), "prometheus-alertmanager")
