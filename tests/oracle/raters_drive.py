"""Stage 2 fed with outcomes that a test writes itself: known answers and agreement per judgment, without stage 1."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from stream.quality import raters as kernel
from stream.quality.compiled import plain
from stream.quality.policy import DEFAULT_POLICY, Detector, Policy
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.schema import COLUMNS, OUTCOME, UNIT, Column, Flag


class Seen(NamedTuple):
    """One judgment as its item sees it; None where the item cannot tell."""

    label: int = 0
    credit: float | None = None
    agreement: float | None = None
    expected: float = 0.25
    flags: int = 0
    duration_ms: int = 5_000


class Bench:
    """Some raters of one queue whose own means are pinned, so that a test controls what they are held against."""

    def __init__(
        self,
        raters: int,
        *,
        scale: int = 4,
        gold_mean: float = 1.0,
        ratio: float = 0.8,
        policy: Policy = DEFAULT_POLICY,
        training: bool = False,
    ) -> None:
        self.rows: Raters = make_raters(raters + 1, 4)
        self.policy, self.group = policy, raters
        self.rows.hot["scale"], self.rows.hot["training"][:raters] = scale, training
        self.rows.hot["queue_row"] = self.rows.hot["vendor_row"] = raters
        queue, many = self.rows.life[raters], 10**8
        queue[Column.GOLD_SEEN], queue[Column.GOLD_RIGHT] = many, round(gold_mean * many) * UNIT
        queue[Column.SCORED], queue[Column.EXPECTED] = many, round(0.25 * many) * UNIT
        queue[Column.AGREEMENT] = round((0.25 + 0.75 * ratio) * many) * UNIT
        self.given = 0

    def feed(self, judgments: Iterable[tuple[int, Seen]]) -> dict[int, list[tuple[int, Detector, bool]]]:
        """Per rater (which of its judgments here, detector, whether the finding opened) in order."""
        rows, slots = self._rows(list(judgments))
        moved: dict[int, list[tuple[int, Detector, bool]]] = {}
        counts: dict[int, int] = {}
        at, change, names = 0, np.zeros(COLUMNS, "i8"), np.full(len(rows), -1, "i4")
        nth = []
        for slot in slots.tolist():
            counts[slot] = counts.get(slot, 0) + 1
            nth.append(counts[slot])
        while at < len(rows):
            at, why = kernel.accumulate(rows, slots, at, self.rows, self.policy, np.zeros(0, "i8"), change, names)
            if why == kernel.FINDING:
                slot = int(slots[at - 1])
                hot = self.rows.hot[slot]
                for detector in Detector:
                    was, now = (bool(hot[bits] & (1 << detector)) for bits in ("open", "pending"))
                    if was != now:
                        moved.setdefault(slot, []).append((nth[at - 1], detector, now))
                hot["open"] = hot["pending"]
        return moved

    def restart(self, slot: int, detector: Detector) -> None:
        plain(kernel.begin_episode)(self.rows, slot, detector, self.policy)

    def _rows(self, judgments: list[tuple[int, Seen]]) -> tuple[np.ndarray, np.ndarray]:
        rows = np.zeros(len(judgments), OUTCOME)
        new = rows["new"]
        seen = [one for _, one in judgments]
        rows["first"] = 1
        rows["judgment"] = rows["submitted_ms"] = np.arange(self.given, self.given + len(rows))
        new["label"], new["duration_ms"] = [one.label for one in seen], [one.duration_ms for one in seen]
        new["credit"] = [round((one.credit or 0) * UNIT) for one in seen]
        new["agreement"] = [round((one.agreement or 0) * UNIT) for one in seen]
        new["expected"] = [round(one.expected * UNIT) for one in seen]
        new["peers"] = [0 if one.agreement is None else 2 for one in seen]
        new["flags"] = [
            one.flags
            | Flag.TIMED
            | (0 if one.credit is None else Flag.GOLD_SEEN)
            | (0 if one.agreement is None else Flag.SCORED)
            for one in seen
        ]
        self.given += len(rows)
        return rows, np.array([slot for slot, _ in judgments], "i4")
