"""Stage 2: adds outcomes to each rater's windows, keeps the latest judgments, and weighs the policy after each.

Pure and sequential: the state after an outcome depends on the outcomes before it and nothing else. The loop stops where
a finding opens or closes, and at the judgment counts a backtest wants to see, so that the caller can look at the state
as of that very outcome and go on.
"""

from typing import Any

import numpy as np

from stream.quality.columns import AGREEMENT, EXPECTED, GOLD_RIGHT, GOLD_SEEN, JUDGMENTS, SCORED
from stream.quality.compiled import compiled, int64, plain
from stream.quality.contributions import contribute, labels_of
from stream.quality.evidence_bytes import touch_entry
from stream.quality.policy import ALARM_KINDS, Detector, State, weigh
from stream.quality.rater_rows import Raters
from stream.quality.recent import count_changed, count_newest, recount, window_length
from stream.quality.ring import find, insert, remove
from stream.quality.schema import COLUMNS, RING, Flag
from stream.quality.standing import rank_outcome, summarise
from stream.quality.supporting_sums import add_supporting
from stream.quality.weighing import restart_change, weigh_answer, weigh_partners
from stream.quality.windows import add_change

DONE, FINDING, SNAPSHOT = 0, 1, 2
_ABSENT = int(Flag.SKIPPED | Flag.ESCALATED)
_UNKNOWN, _OK, _WATCH, _SUSPECT = int(State.UNKNOWN), int(State.OK), int(State.WATCH), int(State.SUSPECT)


@compiled
def accumulate(
    rows: np.ndarray,
    slots: np.ndarray,
    start: int,
    raters: Raters,
    policies: np.ndarray,
    snapshots: np.ndarray,
    change: np.ndarray,
    names: np.ndarray,
    summaries: np.ndarray,
    told: np.ndarray,
    meetings: np.ndarray,
    met: np.ndarray,
) -> tuple[int, int]:
    """Applies OUTCOME[start:] to the rows `slots`; answers (next outcome, why it stopped).

    `meetings` MEETING[met[i, 0]:met[i, 1]] are the peers that outcome i was weighed against.
    `summaries` SUMMARY[outcomes] takes what raters' summaries became, `told` int64[1] how many.

    `names` int32[outcomes] is the `name` of a first judgment's ring entry (-1: not kept), so that the caller can keep
    the item's id beside it. `snapshots` int64[] are judgment counts to stop at. `change` int64[COLUMNS] is scratch.
    """
    columns = np.zeros(COLUMNS, np.int64)
    for i in range(start, len(rows)):
        row = rows[i]
        slot = slots[i]
        hot = raters.hot[slot]
        change[:] = 0
        mask, sign = 0, 0
        if not row["first"]:
            contribute(row["old"], -1, change)
        if not row["last"]:
            contribute(row["new"], 1, change)
        if row["first"]:
            mask, sign = labels_of(row["new"], hot["label_kind"], raters.mix.shape[1]), 1
        elif row["last"]:
            mask, sign = labels_of(row["old"], hot["label_kind"], raters.mix.shape[1]), -1
        used = 0
        for c in range(COLUMNS):
            if change[c] != 0:
                columns[used] = c
                used += 1
        add_change(raters, slot, row["submitted_ms"], change, columns[:used], mask, sign)
        if not hot["training"]:
            add_change(raters, hot["vendor_row"], row["submitted_ms"], change, columns[:used], mask, sign)
            add_change(raters, hot["queue_row"], row["submitted_ms"], change, columns[:used], mask, sign)
        names[i] = _remember(row, slot, raters)
        if row["first"]:
            hot["latest_ms"] = max(hot["latest_ms"], row["submitted_ms"])
            _lengthen_run(row["new"], hot)
        if hot["training"]:
            continue
        rank_outcome(row, raters, slot)
        add_supporting(row, raters, slot)
        if row["first"] and summarise(row, raters, slot, summaries[told[0]]):
            told[0] += 1
        golds = change[GOLD_SEEN] != 0 or change[GOLD_RIGHT] != 0
        answers = weigh_answer(row, raters, slot)
        if row["weighed"]:
            weigh_partners(row, meetings[met[i, 0] : met[i, 1]], raters, slot)
        opened, watched, critical = weigh(raters, slot, policies, golds, answers)
        hot["watch"] = watched
        hot["pending"] = opened
        hot["critical"] = critical
        hot["state"] = _state(raters, slot, policies[hot["policy"]]["least_known"], opened, watched)
        if opened != hot["open"] or critical != hot["shown"]:
            return i + 1, FINDING
        if row["first"] and len(snapshots) > 0:
            for n in snapshots:
                if n == hot["seen"]:
                    return i + 1, SNAPSHOT
    return len(rows), DONE


@compiled
def _remember(row: Any, slot: int, raters: Raters) -> int:
    hot = raters.hot[slot]
    if row["first"]:
        before = window_length(hot)
        name = insert(raters, slot, row["submitted_ms"], row["judgment"], row["new"])
        hot["seen"] += 1
        last = raters.ring[slot, (hot["ring_start"] + hot["ring_length"] - 1) & (RING - 1)]
        if name >= 0 and last["judgment"] == row["judgment"]:
            count_newest(raters, slot, before)
        else:
            recount(raters, slot)
        return name
    place = find(raters, slot, row["judgment"])
    if place >= 0:
        if row["last"]:
            remove(raters, slot, place)
            recount(raters, slot)
        else:
            entry = raters.ring[slot, (hot["ring_start"] + place) & (RING - 1)]
            count_changed(hot, place, entry["score"], row["new"])
            entry["score"] = row["new"]
            touch_entry(raters, slot, (hot["ring_start"] + place) & (RING - 1))
    return -1


@compiled
def _lengthen_run(score: Any, hot: Any) -> None:
    if int64(score["flags"]) & _ABSENT:
        return
    if hot["run"] > 0 and hot["run_label"] == score["label"]:
        hot["run"] += 1
    else:
        hot["run_label"] = score["label"]
        hot["run"] = 1
    hot["longest_run"] = max(hot["longest_run"], hot["run"])


@compiled
def _state(raters: Raters, slot: int, least_known: float, opened: int, watched: int) -> int:
    if opened:
        return _SUSPECT
    if watched:
        return _WATCH
    if raters.life[slot, JUDGMENTS] < least_known or raters.life[slot, SCORED] < 1:
        return _UNKNOWN
    return _OK


def restart(raters: Raters, slot: int) -> None:
    """Begins anew what the lifetime's agreement is held against, when a finding closed for want of evidence."""
    hot = raters.hot[slot]
    hot["scored_before"] = raters.life[slot, SCORED]
    hot["agreement_before"] = raters.life[slot, AGREEMENT]
    hot["expected_before"] = raters.life[slot, EXPECTED]


def begin_episode(raters: Raters, slot: int, detector: Detector, least_known: float, at_ms: int) -> None:
    """A person decided: the detector's finding is closed, and its test takes only what comes from now on.

    The alarm and the change detector rest on the same answers, so that they begin together; but one with an open
    finding of its own goes on, for nobody has decided about that.
    """
    hot = raters.hot[slot]
    if detector == Detector.KNOWN_ANSWERS:
        hot["gold_seen_before"] = raters.life[slot, GOLD_SEEN]
        hot["gold_right_before"] = raters.life[slot, GOLD_RIGHT]
    elif detector == Detector.COPYING:
        raters.partners[slot] = np.zeros((), raters.partners.dtype)
        raters.met[slot] = 0
    else:
        if detector == Detector.UNRELATED:
            restart(raters, slot)
            hot["unrelated_from"] = hot["seen"]
            plain(recount)(raters, slot)
        elif detector == Detector.CONSTANT:
            hot["constant_from"] = hot["seen"]
        if detector != Detector.CHANGED or not int(hot["open"]) & ALARM_KINDS:
            raters.alarm[slot] = 0
            hot["alarm_from_ms"] = at_ms
        if detector == Detector.CHANGED or not int(hot["open"]) & (1 << Detector.CHANGED):
            plain(restart_change)(raters, slot)
            hot["change_from_ms"] = at_ms
    for bits in ("open", "watch", "critical", "shown"):
        hot[bits] &= ~np.uint16(1 << detector)
    hot["state"] = plain(_state)(raters, slot, least_known, int(hot["open"]), int(hot["watch"]))
    raters.dirty[slot] = 1
