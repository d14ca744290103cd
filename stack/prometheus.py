"""One Prometheus that scrapes workers whose addresses may change while it runs."""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.ports import answers
from stack.process import Process
from stack.programs import PROMETHEUS

JOB = "raterwatch"  # the job label that the alert rules select by


@dataclass(frozen=True, slots=True)
class Scraping:
    """What Prometheus watches: `targets` as host:port, rule files, the Alertmanager's host:port, and how often."""

    targets: Sequence[str] = ()
    rule_files: Sequence[Path] = ()
    alertmanager: str | None = None
    interval_s: int = 2


class Prometheus(Process):
    """A server at `url` that scrapes /metrics of each target and evaluates the rules, both every `interval_s`."""

    def __init__(self, folder: Path, port: int, scraping: Scraping) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._config = folder / "prometheus.yml"
        self._targets = folder / "targets.json"
        self._scraping = scraping
        self._jobs: dict[str, list[str]] = {}
        command: list[str | Path] = [
            *(PROMETHEUS.require(), f"--config.file={self._config}", f"--storage.tsdb.path={folder / 'data'}"),
            # Links in alerts would else carry the machine's name, which may lead nowhere.
            *(f"--web.listen-address=127.0.0.1:{port}", f"--web.external-url={self.url}"),
        ]
        super().__init__(
            "prometheus",
            command,
            folder,
            ready=lambda: answers(port, b"GET /-/ready HTTP/1.0\r\n\r\n", b"HTTP/1.0 200"),
        )

    def start(self) -> None:
        """Write the configuration and start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, so no YAML library is needed to write it.
        self._config.write_text(json.dumps(self._configuration(), indent=2))
        if not self._targets.exists():
            self.set_targets(self._scraping.targets)
        super().start()

    def set_targets(self, targets: Sequence[str], job: str = JOB) -> None:
        """Scrape these host:port under this job from now on; the server notices within a second."""
        self._jobs[job] = list(targets)
        groups = [{"targets": found, "labels": {"job": name}} for name, found in self._jobs.items()]
        draft = self._targets.with_suffix(".draft")
        draft.write_text(json.dumps(groups))
        draft.replace(self._targets)

    def reload(self) -> None:
        """Read the rule files again."""
        os.kill(self.pid, signal.SIGHUP)

    def _configuration(self) -> dict[str, object]:
        interval = f"{self._scraping.interval_s}s"
        alertmanagers = [self._scraping.alertmanager] if self._scraping.alertmanager else []
        return {
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": [str(path.resolve()) for path in self._scraping.rule_files],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": alertmanagers}]}]},
            "scrape_configs": [
                {
                    "job_name": JOB,
                    "file_sd_configs": [{"files": [str(self._targets.resolve())], "refresh_interval": "1s"}],
                }
            ],
        }
