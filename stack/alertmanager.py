"""One Alertmanager, alone, with the configuration it is given."""

import json
import os
import signal
from pathlib import Path

from stack.ports import answers
from stack.process import Process
from stack.programs import ALERTMANAGER

_SILENT = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}


class Alertmanager(Process):
    """A server at `url`, or `address` as host:port. Without a `config` file it takes alerts and tells nobody."""

    def __init__(self, folder: Path, port: int, *, config: Path | None = None) -> None:
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self._given = config
        self._silent = folder / "silent.yml"
        command: list[str | Path] = [
            *(ALERTMANAGER.require(), f"--config.file={config or self._silent}", f"--storage.path={folder / 'data'}"),
            # An empty cluster address makes it stand alone.
            *(f"--web.listen-address={self.address}", "--cluster.listen-address="),
            # Links in messages would else carry the machine's name, which may lead nowhere.
            f"--web.external-url={self.url}",
        ]
        super().__init__(
            "alertmanager",
            command,
            folder,
            ready=lambda: answers(port, b"GET /-/ready HTTP/1.0\r\n\r\n", b"HTTP/1.0 200"),
        )

    def start(self) -> None:
        """Start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._given is None:
            self._silent.write_text(json.dumps(_SILENT))
        super().start()

    def reload(self) -> None:
        """Read the configuration file again."""
        os.kill(self.pid, signal.SIGHUP)
