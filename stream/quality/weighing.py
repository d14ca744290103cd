"""Feeds the alarm and the change detector with what an outcome says, each judgment once."""

from typing import Any

import numpy as np

from stream.quality.agreement import label_share
from stream.quality.alarm import SCORED, add_known, add_scored
from stream.quality.change import AFTER, add_change, change_nats
from stream.quality.compiled import compiled, int64
from stream.quality.detectability import add_information, reading_information
from stream.quality.honest_models import honest_spread
from stream.quality.own_past import PAST, predicted_nats, sink_in, won_so_far
from stream.quality.partners import meet
from stream.quality.rater_rows import Raters
from stream.quality.schema import SHARE, Kind

_SET = int(Kind.SET)
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
        spread = honest_spread(reading_information(raters.tells[hot["queue_row"]]))
        watches = row["submitted_ms"] >= hot["change_from_ms"]
        take_answer(label, row, usual, classes, spread, watches, raters.alarm[slot], raters.change[slot])
        if hot["seen"] % _SAMPLED == 0:
            add_information(row, usual, classes, raters.tells[hot["queue_row"]])
        if change_nats(raters.change[slot], classes) < _CALM:
            hot["changed_from"] = hot["seen"]
    return weighed


@compiled
def take_answer(
    label: int,
    said: Any,
    usual: np.ndarray,
    classes: int,
    spread: float,
    watches: bool,
    alarm: np.ndarray,
    change: np.ndarray,
) -> None:
    """Counts one answer that peers weighed with both tests, in a rater's two rows; for the change detector, which
    `watches` from a verdict on, one from before belongs to the past only."""
    before, after = np.empty(PAST, np.int64), np.empty(PAST, np.int64)
    is_watched = watches and alarm[SCORED] >= AFTER
    won_so_far(alarm, classes, before)
    add_scored(label, said, usual, classes, spread, alarm)
    won_so_far(alarm, classes, after)
    if is_watched:
        add_change(label, said, usual, classes, predicted_nats(change, before, after), change)
    sink_in(after, change)


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
            meeting["before"],
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
    """Begins the change detector anew; its past is what the alarm knows of the rater, all at once."""
    hot = raters.hot[slot]
    raters.change[slot] = 0
    if hot["alarm_classes"] > 0:
        won_so_far(raters.alarm[slot], int64(hot["alarm_classes"]), raters.change[slot])
    hot["changed_from"] = hot["seen"]


@compiled
def _add_known(score: Any, classes: int, sign: int, raters: Raters, slot: int) -> None:
    label, truth = int64(score["label"]), int64(score["known"])
    add_known(label, truth, score["hit"] / SHARE, label_share(score), classes, sign, raters.alarm[slot])
