"""What holds at the door: tokens, bounds and queues, read again when a file changes, without a restart."""

import asyncio
import logging
from pathlib import Path
from typing import NamedTuple

from stream.errors import RaterwatchError
from stream.intake.directory import Directory
from stream.intake.http.bounds import Bounds
from stream.intake.http.tokens import Tokens
from stream.intake.http.tokens_file import load_intake
from stream.intake.queues_file import load_settings
from stream.intake.settings_control import payload_of

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 2.0


class Rules(NamedTuple):
    """All of one reading, so that nothing is mixed."""

    tokens: Tokens
    bounds: Bounds
    directory: Directory  # the queues, as stage 1 decides by them
    set_queues: frozenset[str]  # whose answers are sets


class RulesFiles:
    """The files and what they said last. A file that cannot be read changes nothing, and `stale_why` says so."""

    def __init__(self, tokens: Path, queues: Path) -> None:
        """Raises SettingsError."""
        self._tokens, self._queues = tokens, queues
        self.stale_why: str | None = None
        self.rules, self._named = self._load()
        self._seen = self._look()

    async def keep_reading(self) -> None:
        """Looks every two seconds. Never returns."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await asyncio.to_thread(self.read_if_changed)

    def read_if_changed(self) -> None:
        """Reads the files anew if one of them is another than before."""
        look = self._look()
        if look == self._seen:
            return
        try:
            self.rules, self._named = self._load()
        except RaterwatchError as error:
            self.stale_why = str(error)
            _log.error("the settings before stay in force, also tokens that were taken out: %s", error)
        else:
            self.stale_why = None
            _log.info("read the tokens and queues files anew")
        self._seen = look

    def _load(self) -> tuple[Rules, tuple[Path, ...]]:
        file, queues = load_intake(self._tokens), load_settings(self._queues)
        sets = frozenset(name for name, queue in queues.queues.items() if queue.kind == "set")
        return Rules(file.tokens, file.bounds, Directory.of(payload_of(queues)), sets), file.named

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(path) for path in (self._tokens, self._queues, *self._named)]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
