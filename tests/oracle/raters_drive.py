"""Stage 2 fed with outcomes that a test writes itself: known answers, agreement and the peers' predictive per judgment,
without stage 1."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from stream.quality import raters as kernel
from stream.quality.policy import ALARM_KINDS, DEFAULT_POLICY, Detector, Policy, as_rows
from stream.quality.rater_rows import Raters, make_raters
from stream.quality.reference import as_share
from stream.quality.schema import (
    COLUMNS,
    MEETING,
    NO_LABEL,
    OUTCOME,
    PREDICTED,
    SHARE,
    SUMMARY,
    UNIT,
    Column,
    Flag,
    Kind,
    classes_of,
)

WIDTH = 8
MANY = 10**8  # judgments that a pinned queue has had


class Seen(NamedTuple):
    """One judgment as its item sees it; None where the item cannot tell."""

    label: int = 0
    credit: float | None = None
    agreement: float | None = None
    expected: float = 0.25
    share: float = 0.25  # the label's in the queue, where it is a level of a scale
    flags: int = 0
    duration_ms: int = 5_000
    hit: float | None = None  # the queue's accuracy on known answers, of a judgment that a known answer weighed
    predictive: tuple[float, ...] | None = None  # by label, of a judgment that its peers weighed
    fit: float = 0.0  # by both readings
    belief: float = 0.0


class Moved(NamedTuple):
    """A finding that opened, closed, became critical or got another name at the rater's n-th judgment of this call."""

    n: int
    detector: Detector
    is_open: bool
    is_critical: bool = False
    was: Detector | None = None  # its name until then


class Bench:
    """Some raters of one queue whose own means are pinned, so that a test controls what they are held against."""

    def __init__(
        self,
        raters: int,
        *,
        scale: int = 4,
        kind: Kind = Kind.NOMINAL,
        gold_mean: float = 1.0,
        ratio: float = 0.8,
        policies: Sequence[Policy] = (DEFAULT_POLICY,),
        training: bool = False,
    ) -> None:
        self.rows: Raters = make_raters(raters + 1, WIDTH)
        self.policies, self.given = policies, 0
        self.log_ms = 0
        self.told = np.zeros(0, SUMMARY)  # summaries so far, for stage 1
        hot = self.rows.hot
        hot["scale"], hot["label_kind"] = scale, kind
        self.kind, self.classes = kind, classes_of(kind, scale)  # classes: what stage 1 says of each outcome
        hot["training"][:raters] = training
        hot["queue_row"] = hot["vendor_row"] = raters
        hot["told"][raters] = 1  # its habit and ranking sums stay as they are here
        self.rows.habit[raters, :scale] = MANY // scale
        queue = self.rows.life[raters]
        queue[Column.GOLD_SEEN], queue[Column.GOLD_RIGHT] = MANY, round(gold_mean * MANY) * UNIT
        queue[Column.SCORED], queue[Column.EXPECTED] = MANY, round(0.25 * MANY) * UNIT
        queue[Column.AGREEMENT] = round((0.25 + 0.75 * ratio) * MANY) * UNIT

    def feed(self, judgments: Iterable[tuple[int, Seen]]) -> dict[int, list[Moved]]:
        """What these judgments moved, by rater."""
        some = list(judgments)
        rows = self._rows([seen for _, seen in some])
        rows["first"] = 1
        rows["judgment"] = rows["submitted_ms"] = np.arange(self.given, self.given + len(rows))
        self.given += len(rows)
        return self._accumulate(rows, np.array([slot for slot, _ in some], "i4"))

    def correct(self, slot: int, at: int, old: Seen, new: Seen) -> list[Moved]:
        """The judgment that was the `at`-th of all means something else now; with a predictive, it is weighed now."""
        changed = self._rows([new])
        changed["judgment"] = changed["submitted_ms"] = at
        changed["old"] = self._rows([old])["new"]
        return self._accumulate(changed, np.array([slot], "i4")).get(slot, [])

    def restart(self, slot: int, detector: Detector) -> None:
        """A person decides on the detector's finding, after all that was judged so far."""
        least_known = self.policies[int(self.rows.hot["policy"][slot])].least_known
        kernel.begin_episode(self.rows, slot, detector, least_known, self.given)

    def _accumulate(self, rows: np.ndarray, slots: np.ndarray) -> dict[int, list[Moved]]:
        moved: dict[int, list[Moved]] = {}
        counts: Counter[int] = Counter()
        nth = []
        for slot in slots.tolist():
            counts[slot] += 1
            nth.append(counts[slot])
        policies, names = as_rows(list(self.policies)), np.full(len(rows), -1, "i4")
        change, summaries, told = np.zeros(COLUMNS, "i8"), np.zeros(len(rows) + 1, SUMMARY), np.zeros(1, "i8")
        snapshots = np.zeros(0, "i8")
        meetings, met = np.zeros(0, MEETING), np.zeros((len(rows), 2), "i8")
        at = 0
        while at < len(rows):
            at, why = kernel.accumulate(
                rows, slots, at, self.rows, policies, snapshots, change, names, summaries, told, meetings, met
            )
            if why == kernel.FINDING:
                slot = int(slots[at - 1])
                moved.setdefault(slot, []).extend(self._move(slot, nth[at - 1]))
        self.told = np.concatenate([self.told, summaries[: told[0]]])
        return {slot: some for slot, some in moved.items() if some}

    def _move(self, slot: int, n: int) -> list[Moved]:
        """As the stage does between two outcomes."""
        hot, moved = self.rows.hot[slot], []
        was_kind, kind = (int(hot[name]) & ALARM_KINDS for name in ("open", "pending"))
        if was_kind and kind and was_kind != kind and hot["label_kind"] != Kind.SET:
            old, new = (Detector(bits.bit_length() - 1) for bits in (was_kind, kind))
            moved.append(Moved(n, new, is_open=True, is_critical=bool(hot["critical"] & kind), was=old))
            hot["open"] ^= was_kind | kind
            hot["shown"] = int(hot["shown"]) & ~ALARM_KINDS | int(hot["critical"]) & ALARM_KINDS
        for detector in Detector:
            bit = 1 << detector
            was, now = bool(hot["open"] & bit), bool(hot["pending"] & bit)
            critical, shown = bool(hot["critical"] & bit), bool(hot["shown"] & bit)
            if was != now or (now and critical and not shown):
                moved.append(Moved(n, detector, now, critical))
            if was and not now and detector == Detector.UNRELATED:
                kernel.restart(self.rows, slot)
        hot["open"], hot["shown"] = hot["pending"], hot["critical"]
        return moved

    def _rows(self, some: Sequence[Seen]) -> np.ndarray:
        rows = np.zeros(len(some), OUTCOME)
        rows["classes"] = self.classes
        new = rows["new"]
        new["label"], new["duration_ms"] = [seen.label for seen in some], [seen.duration_ms for seen in some]
        new["credit"] = [round((seen.credit or 0) * UNIT) for seen in some]
        new["agreement"] = [round((seen.agreement or 0) * UNIT) for seen in some]
        new["expected"] = [round(seen.expected * UNIT) for seen in some]
        if self.kind == Kind.ORDINAL:
            new["share"] = [as_share(seen.share) for seen in some]
        new["peers"] = [0 if seen.agreement is None else 2 for seen in some]
        new["flags"] = [
            seen.flags
            | Flag.TIMED
            | (0 if seen.credit is None else Flag.GOLD_SEEN)
            | (0 if seen.agreement is None else Flag.SCORED)
            for seen in some
        ]
        for reading in ("a", "b"):
            new["fit_" + reading], new["belief_" + reading] = (
                [round(share * SHARE) for share in shares]
                for shares in zip(*((seen.fit, seen.belief) for seen in some), strict=True)
            )
        rows["log_ms"] = self.log_ms
        scale = int(self.rows.hot["scale"][0])
        new["hit"] = [0 if seen.hit is None else as_share(seen.hit) for seen in some]
        new["known"] = [
            0 if seen.hit is None else seen.label if seen.credit == 1.0 else (seen.label + 1) % scale for seen in some
        ]
        weighed = [at for at, seen in enumerate(some) if seen.predictive is not None]
        if weighed:
            _predict(rows, weighed, np.array([some[at].predictive for at in weighed]))
        return rows


def _predict(rows: np.ndarray, weighed: list[int], predictives: np.ndarray) -> None:
    """The four likeliest labels travel, the likeliest first."""
    named = np.argsort(-predictives, axis=1, kind="stable")[:, :PREDICTED]
    labels = np.full((len(weighed), PREDICTED), NO_LABEL)
    shares = np.zeros((len(weighed), PREDICTED), "i8")
    labels[:, : named.shape[1]] = named
    shares[:, : named.shape[1]] = _shares(np.take_along_axis(predictives, named, axis=1))
    rows["weighed"][weighed] = 1
    rows["labels"][weighed], rows["shares"][weighed] = labels, shares
    rows["own"][weighed] = _shares(predictives[np.arange(len(weighed)), rows["new"]["label"][weighed]])


def _shares(probabilities: np.ndarray) -> np.ndarray:
    return np.floor(probabilities * (SHARE - 1) + 1.5)
