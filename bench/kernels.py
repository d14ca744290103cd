"""Microseconds a judgment inside the two stages, without Kafka, Redis and decoding: `python -m bench.kernels [raters]`.

One worker's share of a steady crowd: redundancy 3, golds on 10 % of the items, corrections 1 %.
"""

import random
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from stream.quality import items, raters
from stream.quality.item_rows import Items, Outcomes, Queues, make_outcomes, make_scratch
from stream.quality.item_table import ItemTable
from stream.quality.policy import DEFAULT_POLICY, as_rows
from stream.quality.queue_table import QueueTable
from stream.quality.rater_table import RaterTable
from stream.quality.schema import COLUMNS, RECORD, SUMMARY, Flag, Kind, Op

JUDGMENTS, REDUNDANCY, BATCH, LABELS = 60_000, 3, 2_000, 4
START_MS, HORIZON_MS = 1_700_000_000_000, 14 * 86_400_000


def main(raters_count: int = 2_000) -> None:
    """Prints a line per part, the best of three runs."""
    runs = [_run(raters_count) for _ in range(3)]
    for part in runs[0]:
        print(f"{part:28s}{min(run[part] for run in runs):8.3f}")


def _run(raters_count: int) -> dict[str, float]:
    records = _records(raters_count)
    table, queues, out, spent = ItemTable(), QueueTable(), make_outcomes(8 * BATCH), dict[str, float]()
    queues.declare([7], [Kind.NOMINAL], [LABELS], [8], [REDUNDANCY])
    rows = RaterTable(8, 2 * raters_count)
    hot = rows.rows.hot
    hot["scale"], hot["vendor_row"], hot["queue_row"] = LABELS, raters_count, raters_count + 1
    for slot in range(raters_count + 2):
        rows.open(np.array([slot, 7], "u8").tobytes(), None)  # type: ignore[arg-type]

    def timed(part: str, act: Callable[..., object], *arguments: Any) -> None:
        begun = time.process_time()
        act(*arguments)
        spent[part] = spent.get(part, 0.0) + time.process_time() - begun

    outcomes = 0
    for begin in range(0, len(records), BATCH):
        batch = records[begin : begin + BATCH].copy()
        keys = [item.to_bytes(16, "little") for item in batch["item"].tolist()]
        batch["item"] = [table.slot_of[key] if key in table.slot_of else table.open(key) for key in keys]
        timed("join", _join, batch, table, queues.rows, out)
        made = int(out.cursor[0])
        timed("accumulate", _accumulate, out.rows[:made], rows, out)
        timed("items to bytes", table.take_dirty)
        timed("raters to bytes", rows.take_dirty)
        out.cursor[0] = out.cursor[3] = 0
        outcomes += made
    figures = {f"{part}, us": seconds / JUDGMENTS * 1e6 for part, seconds in spent.items()}
    return {**figures, "outcomes a judgment": outcomes / JUDGMENTS}


def _join(batch: np.ndarray, table: ItemTable, queues: Queues, out: Outcomes) -> None:
    at, scratch = 0, make_scratch()
    results = np.zeros(len(batch), "u1")
    while at < len(batch):
        rows: Items = table.rows
        at, why, _ = items.join(batch, at, rows, queues, HORIZON_MS, 0, 1 << 60, out, results, scratch)
        if why == items.NEED_CHUNKS:
            table.grow_chunks()
        assert why != items.NEED_ROOM, "the bench's outbox is too small"


def _accumulate(outcomes: np.ndarray, table: RaterTable, out: Outcomes) -> None:
    rows = out.meetings["row"][: int(out.cursor[3])]
    nth = np.arange(len(outcomes))
    met = np.column_stack([np.searchsorted(rows, nth, side) for side in ("left", "right")])
    slots = outcomes["rater"].astype("i4")
    summaries, told, policies = np.zeros(len(outcomes) + 1, SUMMARY), np.zeros(1, "i8"), as_rows([DEFAULT_POLICY])
    at, change, names = 0, np.zeros(COLUMNS, "i8"), np.full(len(outcomes), -1, "i4")
    while at < len(outcomes):
        at, why = raters.accumulate(
            outcomes,
            slots,
            at,
            table.rows,
            policies,
            np.zeros(0, "i8"),
            change,
            names,
            summaries,
            told,
            out.meetings,
            met,
        )
        if why == raters.FINDING:
            hot, slot = table.rows.hot, slots[at - 1]
            hot["open"][slot], hot["shown"][slot] = hot["pending"][slot], hot["critical"][slot]


def _records(raters_count: int) -> np.ndarray:
    random_, columns = random.Random(1), np.random.default_rng(1)
    made = np.zeros(JUDGMENTS, RECORD)
    made["offset"] = np.arange(JUDGMENTS)
    made["log_ms"] = made["submitted_ms"] = START_MS + 20 * np.arange(JUDGMENTS)
    made["judgment"] = columns.integers(1, 2**63, JUDGMENTS)
    made["item"] = (np.arange(JUDGMENTS) + columns.integers(0, 600, JUDGMENTS)) // REDUNDANCY
    made["rater"] = columns.integers(0, raters_count, JUDGMENTS)
    truth = made["item"] % LABELS
    made["label"] = np.where(columns.random(JUDGMENTS) < 0.85, truth, columns.integers(0, LABELS, JUDGMENTS))
    made["duration_ms"], made["flags"] = columns.lognormal(8.5, 0.6, JUDGMENTS), int(Flag.TIMED)
    gold = made["item"] % 10 == 0
    made["known"], made["has_known"] = truth, gold
    for at in random_.sample(range(1, JUDGMENTS), JUDGMENTS // 100):
        made["op"][at], made["known"][at], made["revision"][at] = Op.GOLD, random_.randrange(LABELS), at
        made["has_known"][at] = 1
    return made


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
