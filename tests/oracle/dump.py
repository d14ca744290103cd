"""Prints one digest per part of both stages' state, commits and messages over seeded logs: run with and without the
compiler, the lines must be the same."""

import hashlib
from collections.abc import Sequence

from stream.quality.suspicion import suspicion
from stream.stages.items_stage import ItemStage
from stream.stages.raters_stage import RatersStage
from tests.oracle.crowd import crowd_log
from tests.oracle.shards import Store, directory, log_of, outcome_log, run, run_with_restarts
from tests.oracle.streams import Timed
from tests.oracle.untidy import untidy_log


def digests() -> list[str]:
    lines = []
    for name, timed in (("crowd", crowd_log(5, 1200)), ("untidy", untidy_log(4, 500))):
        lines += _digests(name, timed)
    return lines


def _digests(name: str, timed: Sequence[Timed]) -> list[str]:
    log = log_of(timed)
    lives = [(200, [40, 90, 150], 2), (300, [100, 250], 1)]
    items = run_with_restarts(
        lambda: ItemStage(0, 1, directory(), horizon_days=1, cached_items=3, kept_limit=20), log, lives
    )
    stage = RatersStage(0, 1)
    raters = run(stage, outcome_log(items.messages, 0), batches=range(0, 100, 3))
    sure = [
        (table.key_of[slot], round(float(suspicion(table.rows, slot)), 9))
        for table in stage.tables.values()
        for slot in table.slots()
    ]
    parts = {"items": items, "raters": raters}
    return [
        f"{name} suspicion {_digest(sorted(sure))}",
        *(line for p in parts for line in _lines(f"{name} {p}", parts[p])),
    ]


def _lines(name: str, store: Store) -> list[str]:
    shown = {key: sorted(fields.items()) for key, fields in sorted(store.rows.items())}
    shown |= {"head": sorted(store.head.items()), "messages": [(b"", message.value) for message in store.messages]}
    return [f"{name} {key} {len(value)} {_digest(value)}" for key, value in shown.items()]


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


if __name__ == "__main__":
    print("\n".join(digests()))  # noqa: T201
