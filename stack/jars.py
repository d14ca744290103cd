"""Kafka as a folder of jars from Maven Central, kept in the user's cache."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from stack.errors import StackError
from stack.programs import MAVEN

KAFKA_VERSION = "4.3.1"  # the version that kafka_pom.xml names; a test holds the two together
_POM = Path(__file__).with_name("kafka_pom.xml")


def cache_folder() -> Path:
    """Where downloads are kept: `raterwatch` in XDG_CACHE_HOME or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "raterwatch"


def kafka_jars() -> Path:
    """The folder that holds the broker's jars, or will once `download_kafka` has run."""
    return cache_folder() / f"kafka-{KAFKA_VERSION}"


def require_kafka_jars() -> Path:
    """The folder of jars. Raises StackError when it was not downloaded."""
    if not kafka_jars().is_dir():
        raise StackError("Kafka is not installed: run `python -m stack.install kafka`")
    return kafka_jars()


def download_kafka() -> None:
    """Let Maven fetch the jars. The folder appears under its final name only when it is complete."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder(), prefix="kafka-download-") as work:
        shutil.copy(_POM, Path(work, "pom.xml"))
        jars = Path(work, "jars")
        command: list[str | Path] = [
            MAVEN.require(),
            *("--batch-mode", "--quiet", "--strict-checksums", "--file", Path(work, "pom.xml")),
            *("dependency:copy-dependencies", f"-DoutputDirectory={jars}", "-DincludeScope=runtime"),
        ]
        maven = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if maven.returncode != 0 or not (jars / f"kafka_2.13-{KAFKA_VERSION}.jar").exists():
            raise StackError(
                f"Maven could not download Kafka {KAFKA_VERSION}; check its access to Maven Central. "
                f"It said:\n{maven.stdout[-2000:]}{maven.stderr[-2000:]}"
            )
        jars.rename(kafka_jars())
