"""Where a rater stands with the peers: the sums that rank a rater, kept along the outcomes.

Only answers off the known ones count (golds must not teach anybody's habit), each rater's first on an item. What is
usual in the queue stands in the queue's own row: as stage 1 told it, over all shards, and until then as counted here.

A skill is learned from all of a rater's answers, so it takes hundreds to follow a change, and as long a rater who has
stopped reading would vote like a good one and make the honest peers look odd. So the skill that is told falls with the
change detector's evidence R as the chance that nothing has changed, 1 / (1 + R / LOST).
"""

import math
from typing import Any

import numpy as np

from stream.quality.change import change_nats
from stream.quality.compiled import compiled, int64
from stream.quality.items import PERIOD_MS
from stream.quality.rank_sums import JUDGED, RANK_SUMS, add_rank
from stream.quality.rater_rows import Raters
from stream.quality.schema import SHARE, Flag, Kind
from stream.quality.skill import own_share, skill

_OUT = int(Flag.SKIPPED | Flag.ESCALATED | Flag.WITHDRAWN | Flag.REPEAT | Flag.GOLD_SEEN)
_SET = int(Kind.SET)
LEAST_TOLD = 5  # judgments before a rater's summary is worth a record
MOVED = 0.05  # of skill, or of a label's share: less is not told again
LOST = 10_000.0  # the change detector's R at which half of a skill counts: without a change its mean is 2,500 a week


@compiled
def rank_outcome(row: Any, raters: Raters, slot: int) -> None:
    """Adds an outcome to the rater's sums, and to the queue's while nobody has told what is usual there."""
    hot = raters.hot[slot]
    queue = int64(hot["queue_row"])
    alone = not raters.hot[queue]["told"]
    if not row["first"]:
        _add(row["old"], -1, hot["label_kind"], row["classes"], raters, slot)
        if alone:
            _add(row["old"], -1, hot["label_kind"], row["classes"], raters, queue)
    if not row["last"]:
        _add(row["new"], 1, hot["label_kind"], row["classes"], raters, slot)
        if alone:
            _add(row["new"], 1, hot["label_kind"], row["classes"], raters, queue)


@compiled
def summarise(row: Any, raters: Raters, slot: int, out: Any) -> bool:
    """At most once in a period of log time: whether the rater's summary moved, and was written to the SUMMARY `out`."""
    hot = raters.hot[slot]
    period = row["log_ms"] // PERIOD_MS
    if period <= hot["period"] or raters.rank[slot, JUDGED] < LEAST_TOLD or hot["label_kind"] == _SET:
        return False
    hot["period"] = period
    queue, scale = int64(hot["queue_row"]), int64(row["classes"])
    moved = hot["told"] == 0
    share = int64(_skill_still(raters, slot) * SHARE + 0.5)
    if abs(share - int64(raters.told[slot, 0])) > MOVED * SHARE:
        moved = True
    for k in range(scale):
        mine = int64(own_share(k, raters.habit[slot], raters.habit[queue], scale) * SHARE + 0.5)
        out["mix"][k] = mine
        if abs(mine - int64(raters.told[slot, 1 + k])) > MOVED * SHARE:
            moved = True
    if not moved:
        return False
    hot["told"] = 1
    raters.told[slot, 0] = share
    for k in range(scale):
        raters.told[slot, 1 + k] = out["mix"][k]
    for k in range(scale, len(out["mix"])):
        out["mix"][k] = 0
    out["rater"] = hot["rater"]
    out["queue"] = hot["queue"]
    out["skill"] = share
    return True


def take_usual(raters: Raters, queue_row: int, answers: np.ndarray, sums: np.ndarray) -> None:
    """What stage 1 says is usual in the queue, from now on instead of what was counted here."""
    raters.hot["told"][queue_row] = 1
    width = raters.habit.shape[1]
    raters.habit[queue_row] = answers[:width]
    raters.rank[queue_row, :RANK_SUMS] = 0
    raters.rank[queue_row, : len(sums)] = sums
    raters.dirty[queue_row] = 1


@compiled
def _skill_still(raters: Raters, slot: int) -> float:
    """The rater's skill, as far as nothing has changed since it was learned."""
    classes = int64(raters.hot[slot]["alarm_classes"])
    lost = math.exp(change_nats(raters.change[slot], classes)) / LOST if classes > 0 else 0.0
    return skill(raters.rank[slot]) / (1.0 + lost)


@compiled
def _add(score: Any, sign: int, kind: int, classes: int, raters: Raters, slot: int) -> None:
    if int64(score["flags"]) & _OUT or (score["fit_a"] == 0 and score["peers"] > 0):
        return
    label = int64(score["label"])
    if kind != _SET:
        if label >= classes:
            return
        raters.habit[slot, label] += sign
    add_rank(score, sign, raters.rank[slot])
