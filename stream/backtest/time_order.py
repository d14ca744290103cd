"""Events by the time when they happened, in bounded memory. A tool's export has a task's answers together, whenever
they were given; what a rater did before and after is only seen in the order of time.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import msgspec

from stream.events import Event

RUN_EVENTS = 200_000  # sorted in memory; the rest waits in a temporary file that nobody else can open
BUFFER_BYTES = 1 << 16


def by_time(events: Iterable[Event], event_ms: Callable[[Event], int]) -> Iterator[Event]:
    """The events by `event_ms`; those of the same millisecond stay in their order."""
    remaining = iter(events)
    files: list[BinaryIO] = []
    try:
        while run := sorted(islice(remaining, RUN_EVENTS), key=event_ms):
            if len(run) < RUN_EVENTS and not files:
                yield from run
                return
            files.append(_written(run))
        # heapq.merge takes equal keys from the earlier run first, which keeps the order.
        yield from heapq.merge(*map(_read, files), key=event_ms)
    finally:
        for file in files:
            file.close()


def _written(run: Iterable[Event]) -> BinaryIO:
    file = cast("BinaryIO", TemporaryFile(buffering=BUFFER_BYTES))  # noqa: SIM115 - by_time closes it
    encode = msgspec.json.Encoder().encode
    file.writelines(encode(event) + b"\n" for event in run)
    file.seek(0)
    return file


def _read(file: BinaryIO) -> Iterator[Event]:
    decode = msgspec.json.Decoder(Event).decode
    return map(decode, file)
