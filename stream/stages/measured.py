"""What a detector's finding says in numbers: a measure a person can read, with its interval, and how sure it is."""

from collections.abc import Callable
from typing import NamedTuple

from stream.events import Sentence
from stream.quality import evidence as weights
from stream.quality.alarm import BLOCKS, KNOWN, constant_label
from stream.quality.alarm import SCORED as SCORED_BY_PEERS
from stream.quality.change import change_nats
from stream.quality.columns import AGREEMENT, EXPECTED, GOLD_RIGHT, GOLD_SEEN, SCORED
from stream.quality.measures import Z95, wilson
from stream.quality.partners import closest, pair_of
from stream.quality.policy import Detector
from stream.quality.schema import UNIT, Kind
from stream.quality.set_answers import CONSTANT_OVER, INTERVAL_Z, RATIO_CEILING
from stream.stages.row import Row
from stream.stages.sentences import sentence


class Measured(NamedTuple):
    """`against` is what is usual for the measure; `nats` the evidence, which reached `needed`."""

    n: int
    value: float
    low: float
    high: float
    against: float
    nats: float | None
    needed: float | None
    text: Sentence
    partner: str | None = None


def measured(row: Row, detector: Detector) -> Measured:
    """The numbers of a detector that has just passed its threshold."""
    if row.queue.kind == Kind.SET and detector != Detector.KNOWN_ANSWERS:
        return _SETS[detector](row)
    return _MEASURES[detector](row)


def _known_answers(row: Row) -> Measured:
    life = row.table.rows.life[row.slot]
    seen, right = int(life[GOLD_SEEN]), float(life[GOLD_RIGHT]) / UNIT
    floor = weights.gold_floor(row.table.rows, row.slot, row.policy.gold_floor)
    shown = wilson(right, max(seen, 1))
    text = sentence("known_answers", n=seen, share=round(100 * shown.value), threshold=round(100 * floor))
    nats = weights.gold_evidence(row.table.rows, row.slot, row.policy.gold_floor)
    return Measured(seen, shown.value, shown.low, shown.high, floor, nats, row.policy.gold_alarm, text)


def _agreement(key: str) -> Callable[[Row], Measured]:
    """Agreement with the peers of the same items, beside what is usual in the queue.

    Where the alarm went off by known answers more than by peers, what they say.
    """

    def of(row: Row) -> Measured:
        rows = row.table.rows
        if rows.alarm[row.slot, KNOWN] > rows.alarm[row.slot, SCORED_BY_PEERS]:
            return _known_answers(row)._replace(nats=row.alarm(), needed=row.policy.alarm)
        life, whole = rows.life[row.slot], rows.life[rows.hot["queue_row"][row.slot]]
        n = int(life[SCORED])
        shown = wilson(float(life[AGREEMENT]) / UNIT, max(n, 1))
        usual = float(whole[AGREEMENT]) / UNIT / max(int(whole[SCORED]), 1)
        text = sentence(
            key,
            n=n,
            share=round(100 * shown.value),
            expected=round(100 * float(life[EXPECTED]) / UNIT / max(n, 1)),
            usual=round(100 * usual),
        )
        return Measured(n, shown.value, shown.low, shown.high, usual, row.alarm(), row.policy.alarm, text)

    return of


def _one_answer(key: str) -> Callable[[Row], Measured]:
    """The share of the one answer, beside its share in the queue."""

    def of(row: Row) -> Measured:
        rows, classes = row.table.rows, row.classes
        sums, life = rows.alarm[row.slot], rows.life[row.slot]
        label = int(constant_label(sums, classes))
        answers = sums[BLOCKS + classes : BLOCKS + 2 * classes]
        n = int(answers.sum())
        shown = wilson(float(answers[label]), max(n, 1))
        mix = rows.habit[rows.hot["queue_row"][row.slot]]
        usual = (int(mix[label]) + 1) / (int(mix.sum()) + classes)
        text = sentence(
            key,
            n=n,
            share=round(100 * shown.value),
            label=row.queue.labels[label],
            usual=round(100 * usual),
            seen=int(life[GOLD_SEEN]),
            right=round(100 * float(life[GOLD_RIGHT]) / UNIT / max(int(life[GOLD_SEEN]), 1)),
        )
        return Measured(n, shown.value, shown.low, shown.high, usual, row.alarm(), row.policy.alarm, text)

    return of


def _changed(row: Row) -> Measured:
    rows = row.table.rows
    hot, life = rows.hot[row.slot], rows.life[row.slot]
    n, agreement, _ = weights.recent_agreement(rows, row.slot, int(hot["changed_from"]))
    shown = wilson(agreement, max(round(n), 1)) if n else wilson(0.0, 1)
    before_n = max(int(life[SCORED]) - round(n), 1)
    before = min(max((float(life[AGREEMENT]) / UNIT - agreement) / before_n, 0.0), 1.0)
    text = sentence(
        "changed",
        since=int(hot["changed_from"]) + 1,
        n=round(n),
        share=round(100 * shown.value),
        before=round(100 * before),
    )
    nats = float(change_nats(rows.change[row.slot], row.classes))
    return Measured(round(n), shown.value, shown.low, shown.high, before, nats, row.policy.change, text)


def _copying(row: Row) -> Measured:
    partners = row.table.rows.partners[row.slot]
    entry = partners[closest(partners, row.classes, row.policy.clear_share * row.policy.copying)]
    pair = pair_of(entry)
    shown = wilson(float(pair.agreements), max(int(pair.meetings), 1))
    usual = pair.expected / max(pair.meetings, 1)
    text = sentence(
        "copying",
        n=int(pair.meetings),
        agreements=int(pair.agreements),
        minority=int(pair.minority_agreements),
        expected=round(pair.expected),
    )
    key = int(entry["key"]).to_bytes(8, "little").hex()
    numbers = (shown.value, shown.low, shown.high, float(usual), float(pair.nats), row.policy.copying)
    return Measured(int(pair.meetings), *numbers, text, key)


def _set_unrelated(row: Row) -> Measured:
    rows, slot = row.table.rows, row.slot
    limit = weights.ratio_limit(rows, slot, RATIO_CEILING)
    n, agreement, chance = weights.recent_agreement(rows, slot, rows.hot["unrelated_from"][slot])
    if weights.ratio_interval(n, agreement, chance, INTERVAL_Z)[2] >= limit:
        n, agreement, chance = weights.episode_agreement(rows, slot)
    value, low, high, _ = weights.ratio_interval(n, agreement, chance, Z95)
    shares = {"share": round(100 * agreement / max(n, 1)), "expected": round(100 * chance / max(n, 1))}
    return Measured(int(n), value, low, high, limit, None, None, sentence("unrelated_to_peers", n=int(n), **shares))


def _set_constant(row: Row) -> Measured:
    rows, slot = row.table.rows, row.slot
    since = rows.hot["constant_from"][slot]
    answers, share, _ = weights.one_answer(rows, slot, since, CONSTANT_OVER)
    n, agreement, _ = weights.recent_agreement(rows, slot, since)
    shown = wilson(share * answers, max(int(answers), 1))
    text = sentence(
        "constant_set", n=int(answers), share=round(100 * share), agreement=round(100 * agreement / max(n, 1))
    )
    return Measured(int(answers), share, shown.low, shown.high, agreement / max(n, 1), None, None, text)


_MEASURES = {
    Detector.KNOWN_ANSWERS: _known_answers,
    Detector.UNRELATED: _agreement("unrelated_to_peers"),
    Detector.CONSTANT: _one_answer("constant_answer"),
    Detector.INVERTED: _agreement("inverted"),
    Detector.LOW_SKILL: _agreement("low_skill"),
    Detector.KNOWN_AGAINST_REST: _one_answer("known_against_rest"),
    Detector.CHANGED: _changed,
    Detector.COPYING: _copying,
}
_SETS = {Detector.UNRELATED: _set_unrelated, Detector.CONSTANT: _set_constant}
