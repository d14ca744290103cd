"""Feeds the alarm and the change detector with what an outcome says, each judgment once."""

from typing import Any

import numpy as np

from stream.quality.alarm import SCORED, add_known, add_scored, explained_nats
from stream.quality.change import AFTER, add_change, change_nats
from stream.quality.compiled import compiled, int64
from stream.quality.detectability import add_information
from stream.quality.partners import meet
from stream.quality.rater_rows import Raters
from stream.quality.schema import SHARE, UNIT, Kind

_SET, _ORDINAL = int(Kind.SET), int(Kind.ORDINAL)
_SAMPLED = 8  # one answer in so many is asked what it could tell
_CALM = 4.0  # nats: while the change detector stands below, nothing has changed yet


@compiled
def weigh_answer(row: Any, raters: Raters, slot: int) -> bool:
    """Takes an outcome in; answers whether there was anything to weigh.

    A known answer's term is added and taken back with the outcome. What was judged before a verdict, which began a test
    anew, changes that one no more.
    """
    hot = raters.hot[slot]
    if hot["label_kind"] == _SET:
        return True
    classes = int64(row["classes"])
    if classes < 2:
        return False
    if hot["alarm_classes"] != classes:
        restart_tests(raters, slot)  # the queue has more labels now, and the tests' rows other places
        hot["alarm_classes"] = classes
    if row["submitted_ms"] < hot["alarm_from_ms"]:
        return False
    weighed = False
    old, new = row["old"], row["new"]
    if old["hit"] != new["hit"] or old["known"] != new["known"]:
        weighed = True
        if old["hit"] > 0:
            _add_known(old, classes, -1, raters, slot)
        if new["hit"] > 0:
            _add_known(new, classes, 1, raters, slot)
    if row["weighed"]:
        weighed = True
        label, usual = int64(new["label"]), raters.habit[hot["queue_row"]]
        sums = raters.alarm[slot]
        has_past = sums[SCORED] >= AFTER and row["submitted_ms"] >= hot["change_from_ms"]
        before = explained_nats(sums, classes) if has_past else 0.0
        add_scored(label, row, usual, classes, sums)
        if has_past:
            add_change(label, row, usual, classes, explained_nats(sums, classes) - before, raters.change[slot])
        if hot["seen"] % _SAMPLED == 0:
            add_information(row, usual, classes, raters.tells[hot["queue_row"]])
        if change_nats(raters.change[slot], classes) < _CALM:
            hot["changed_from"] = hot["seen"]
    return weighed


@compiled
def weigh_partners(row: Any, meetings: np.ndarray, raters: Raters, slot: int) -> None:
    """Counts whom a weighed answer met."""
    hot = raters.hot[slot]
    label, classes, queue = int64(row["new"]["label"]), int64(row["classes"]), int64(hot["queue_row"])
    for meeting in meetings:
        meet(
            meeting["key"],
            int64(meeting["label"]),
            label,
            row,
            raters.habit[slot],
            classes,
            raters.partners[slot],
            raters.met[slot],
            raters.by_share[queue],
        )


@compiled
def restart_tests(raters: Raters, slot: int) -> None:
    """Begins both tests anew."""
    raters.alarm[slot] = 0
    restart_change(raters, slot)


@compiled
def restart_change(raters: Raters, slot: int) -> None:
    """Begins the change detector anew; the own past that it compares with is the alarm's."""
    raters.change[slot] = 0
    raters.hot[slot]["changed_from"] = raters.hot[slot]["seen"]


@compiled
def _add_known(score: Any, classes: int, sign: int, raters: Raters, slot: int) -> None:
    """On a scale `expected` is agreement by degree, more than any label's share: there each is held for as likely."""
    right = int64(score["label"]) == int64(score["known"])
    on_scale = raters.hot[slot]["label_kind"] == _ORDINAL
    share = 1.0 / classes if on_scale else score["expected"] / UNIT
    add_known(right, score["hit"] / SHARE, share, classes, sign, raters.alarm[slot])
