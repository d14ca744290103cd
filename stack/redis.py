"""One Redis server that appends every write to a file, as production should, and can lose the file's end on purpose."""

import os
import re
from pathlib import Path

from stack.errors import StackError
from stack.ports import answers
from stack.process import Process
from stack.programs import REDIS


class Redis(Process):
    """A server at `url` with append-only persistence (fsync every second) that refuses writes when memory is full.

    `max_memory` is a size in Redis's words, such as "64mb"; None sets no limit.
    """

    def __init__(self, folder: Path, port: int, *, max_memory: str | None = None) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._data = folder / "data"
        command: list[str | Path] = [
            *(REDIS.require(), "--bind", "127.0.0.1", "--port", str(port), "--dir", self._data),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory", max_memory or "0", "--maxmemory-policy", "noeviction"),
        ]
        # While it loads its file the server answers -LOADING, so +PONG means that the data are there.
        super().__init__("redis", command, folder, ready=lambda: answers(port, b"PING\r\n", b"+PONG"))

    def start(self) -> None:
        """Start the server; it loads what its folder holds."""
        self._data.mkdir(parents=True, exist_ok=True)
        super().start()

    def cut_aof(self, size_bytes: int) -> None:
        """Cut the last `size_bytes` off the append-only file, as a crash of the machine would lose them.

        The server must be down; the next start loads what is left. Writes since the last rewrite can be cut, not more.
        """
        if self.running:
            raise StackError("redis still runs and would write on; call kill() before cut_aof()")
        newest = self._newest_increment()
        os.truncate(newest, max(0, newest.stat().st_size - size_bytes))

    def aof_size(self) -> int:
        """The size in bytes of the part that `cut_aof` can cut."""
        return self._newest_increment().stat().st_size

    def _newest_increment(self) -> Path:
        # Since Redis 7 the append-only file is a folder: a base and the increments since, in the order of the manifest.
        folder = self._data / "appendonlydir"
        increments = re.findall(r"^file (\S+) .*type i", (folder / "appendonly.aof.manifest").read_text(), re.MULTILINE)
        return folder / str(increments[-1])
