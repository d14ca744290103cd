"""What stands beside a finding: evidence that is never enough to open one, each as a number with a sentence.

Fast and even times, different answers to the same item, and known answers met while the rest fits peers less. Each
says how many judgments it rests on, how many of others it is held against, and how sure it is: the log of how much
better the unusual account explains the work than the usual one. A usual rater ever reaches x with e^-x.
"""

import math
from collections.abc import Callable

import numpy as np

from stream.events import Corroboration, Sentence
from stream.quality.agreement import weight
from stream.quality.columns import FAST_KNOWN, REPEATS, REPEATS_SAME
from stream.quality.compiled import plain
from stream.quality.inconsistent import consistency
from stream.quality.known_gap import KnownWork, known_gap
from stream.quality.measures import Z95, wilson
from stream.quality.metronomic import DEGREES, metronomic
from stream.quality.policy import CORROBORATION_NAMES
from stream.quality.rater_rows import KNOWN_FIRST, PACE_FIRST, SPREAD_FIRST
from stream.quality.schema import UNIT, Kind
from stream.quality.speed import speed
from stream.quality.supporting_sums import ANSWERS, RIGHT
from stream.stages.row import Row
from stream.stages.sentences import sentence

_LEAST_LABELS = 2
_MOSTLY_HABIT = 0.5
_HALF_A_SPREAD = math.sqrt(
    2.5 / 2.0
)  # of the log of a spread, over the root of its degrees: Box's correction for tails


def corroborations(row: Row, least_nats: float = -math.inf) -> list[Corroboration]:
    """What can be told of a rater with so much evidence or more, in the policy's order; what it turned off is not."""
    on = int(row.policy.corroboration_on)
    names = [name for bit, name in enumerate(CORROBORATION_NAMES) if on >> bit & 1]
    found = (_TOLD[name](row) for name in names)
    return [told for told in found if told is not None and told.nats >= least_nats]


def _fast(row: Row) -> Corroboration | None:
    said = speed(row.rows.rank[row.slot, PACE_FIRST:SPREAD_FIRST])
    if said.judgments < 1:
        return None
    n, others = round(said.judgments), int(row.whole[FAST_KNOWN] - row.life[FAST_KNOWN])
    text = sentence("fast", n=n, slower=round(100 * said.slower_share))
    return _told("fast", text, n, others, (said.mean_z, said.low, said.high, 0.0), said.nats, said.support)


def _metronomic(row: Row) -> Corroboration | None:
    own, usual = (
        row.rows.rank[row.slot, PACE_FIRST:SPREAD_FIRST],
        row.rows.rank[row.queue_row, SPREAD_FIRST:KNOWN_FIRST],
    )
    said = metronomic(own, usual)
    if said.judgments < 1:
        return None
    n = round(said.judgments)
    text = sentence("metronomic", n=n, share=round(100 * said.own_spread / said.usual_spread))
    half = Z95 * _HALF_A_SPREAD / math.sqrt(n - 1)
    low, high = (said.own_spread * math.exp(sign * half) for sign in (-1, 1))
    others = int(usual[DEGREES]) - (n - 1)
    return _told("metronomic", text, n, others, (said.own_spread, low, high, said.usual_spread), said.nats)


def _inconsistent(row: Row) -> Corroboration | None:
    repeats, same = float(row.life[REPEATS]), float(row.life[REPEATS_SAME]) / UNIT
    if repeats < 1 or row.queue.kind == Kind.SET:
        return None
    others = float(row.whole[REPEATS] - row.life[REPEATS])
    others_same = float(row.whole[REPEATS_SAME] - row.life[REPEATS_SAME]) / UNIT
    said = consistency(repeats, same, others, others_same, chance_of_the_same(row))
    n, shown = round(repeats), wilson(same, round(repeats))
    text = sentence("inconsistent", n=n, share=round(100 * said.same_share), usual=round(100 * said.usual_share))
    return _told(
        "inconsistent", text, n, int(others), (shown.value, shown.low, shown.high, said.usual_share), said.nats
    )


def _known_gap(row: Row) -> Corroboration | None:
    known, whole = row.rows.rank[row.slot, KNOWN_FIRST:], row.rows.rank[row.queue_row, KNOWN_FIRST:]
    seen = int(whole[ANSWERS:].sum())
    # On a scale the sums off the known answers hold agreement by degree where a label's share belongs (`expected` of
    # schema.SCORE), so that skill looks lower there than on known answers, for everybody.
    if row.queue.kind != Kind.NOMINAL or row.scale < _LEAST_LABELS or not seen:
        return None
    right, usual = float(known[RIGHT]), float(whole[RIGHT]) / seen
    mix, rest = known[ANSWERS : ANSWERS + row.scale], row.rows.habit[row.slot, : row.scale]
    said = known_gap(KnownWork(mix, right, usual), row.rows.rank[row.slot], rest, row.scale)
    if said.known < 1 or said.rest < 1:
        return None
    n, shown = round(said.known), wilson(right, round(said.known))
    text = sentence(
        "known_gap_none" if said.nats <= 0 else "known_gap_habit" if said.habit > _MOSTLY_HABIT else "known_gap",
        n=n,
        share=round(100 * said.right_share),
        rest=round(said.rest),
        label=row.queue.labels[said.label],
        label_share=round(100 * said.label_share),
    )
    others = seen - n
    return _told("known_gap", text, n, others, (shown.value, shown.low, shown.high, usual), said.nats, said.support)


def chance_of_the_same(row: Row) -> float:
    """How alike two answers drawn from the queue's label mix are: Σ m_j m_k w(j, k)."""
    mix = row.rows.habit[row.queue_row, : row.scale] + 1.0 / row.scale
    shares = mix / mix.sum()
    weighed = plain(weight)
    alike = np.array([[weighed(row.queue.kind, row.scale, j, k) for k in range(row.scale)] for j in range(row.scale)])
    return float(shares @ alike @ shares) / UNIT


def _told(
    name: str,
    text: Sentence,
    n: int,
    others: int,
    numbers: tuple[float, float, float, float],
    nats: float,
    support: float | None = None,
) -> Corroboration:
    measure, low, high, usual = (round(float(number), 4) for number in numbers)
    return Corroboration(
        name=name,  # type: ignore[arg-type]
        sentence=text,
        n=n,
        others=max(others, 0),
        measure=measure,
        low=low,
        high=high,
        usual=usual,
        nats=round(float(nats), 3),
        support=None if support is None else round(float(support), 3),
    )


_TOLD: dict[str, Callable[[Row], Corroboration | None]] = {
    "fast": _fast,
    "metronomic": _metronomic,
    "inconsistent": _inconsistent,
    "known_gap": _known_gap,
}
