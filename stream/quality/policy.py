"""Decides, after each outcome, which detectors have a finding: evidence in nats against thresholds that follow from the
declared budget.

A rater is suspect on a queue when a finding is open, watch when evidence is worth a look, unknown while there is too
little to say, else ok. Speed, dissent and self-inconsistency never open a finding; they stand beside one.

- known answers: a sequential test (mixture likelihood ratio) of the accuracy on them against a floor, the midpoint of
  chance and the queue's mean, at most .70. By Ville's inequality a rater at the floor is ever alarmed with probability
  alpha at most, however often we look. A corrected gold changes the counts and with them the evidence.
- the alarm (alarm.py), one test for answers that no honest reading of the items explains. The finding bears the name
  of what explains them best: one constant answer, the same though known answers were right, answers unrelated to peers,
  inverted, low skill. Few answers may name it wrongly: while its evidence lasts it takes another name when that one has
  become clearly likelier, and stays the same finding.
- copying (copying.py): the answers agree with one partner's more than those of two honest raters would.
- changed (change.py): since some judgment the answers no longer fit the rater's own past.

A finding closes when its evidence falls below a share of the threshold, and is critical no more below the same share
of the critical one, so that none flickers.
"""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from stream.quality.alarm import alarm_nats
from stream.quality.alarm_kinds import AlarmKind, likeliest, shares_of_kinds
from stream.quality.budget import stays_open
from stream.quality.change import change_nats
from stream.quality.columns import GOLD_RIGHT, GOLD_SEEN
from stream.quality.compiled import compiled, int64
from stream.quality.copying import copying_nats
from stream.quality.evidence import gold_evidence
from stream.quality.partners import closest
from stream.quality.rater_rows import Raters
from stream.quality.schema import UNIT, Kind
from stream.quality.set_answers import weigh_sets


class Detector(IntEnum):
    """Bits of HOT.open and HOT.watch, in order."""

    KNOWN_ANSWERS = 0
    UNRELATED = 1
    CONSTANT = 2
    INVERTED = 3
    LOW_SKILL = 4
    KNOWN_AGAINST_REST = 5
    CHANGED = 6
    COPYING = 7


DETECTOR_NAMES = (
    "known_answers",
    "unrelated_to_peers",
    "constant_answer",
    "inverted",
    "low_skill",
    "known_against_rest",
    "changed",
    "copying",
)
ALL_ON = (1 << len(Detector)) - 1
CORROBORATION_NAMES = ("fast", "metronomic", "inconsistent", "known_gap")  # they stand beside a finding
ALL_CORROBORATION = (1 << len(CORROBORATION_NAMES)) - 1


class State(IntEnum):
    """A rater's state on a queue; UNKNOWN always comes with its why."""

    UNKNOWN = 0
    OK = 1
    WATCH = 2
    SUSPECT = 3


STATE_NAMES = ("unknown", "ok", "watch", "suspect")


class Policy(NamedTuple):
    """Thresholds in nats, each with its reason; `stages/policies.py` derives them from the policy file."""

    gold_floor: float = 0.70  # accuracy: product.md's gold floor, at most
    gold_alarm: float = math.log(10_000.0)  # a rater at the floor is ever alarmed 1 time in 10,000
    gold_critical: float = math.log(100_000.0)
    alarm: float = math.log(1_538.0)  # honest raters flagged in an episode: 6.5 in 10,000
    alarm_critical: float = math.log(15_385.0)
    change: float = math.log(1.25e7)  # 2 of 10,000 in the 2,500 judgments of a week
    change_critical: float = math.log(1.25e8)
    copying: float = math.log(16 / 5e-5)  # a partner among sixteen: 5 of 100,000 honest raters named, ever
    copying_critical: float = math.log(16 / 5e-6)
    watch: float = math.log(20.0)  # worth a look: 1 honest rater in 20
    clear_share: float = 0.5  # of the threshold: a finding closes below it
    least_known: float = 10.0  # judgments before a rater without peers is ok rather than unknown
    least_scored: float = 30.0  # answers that are sets: judgments with peers before their agreement is said
    detectors_on: float = float(ALL_ON)  # a bit per detector
    corroboration_on: float = float(ALL_CORROBORATION)  # a bit per name of CORROBORATION_NAMES


DEFAULT_POLICY = Policy()
POLICY = np.dtype([(name, "f8") for name in Policy._fields])  # one per row of a table, as the kernels see it
LEAST_KNOWN_ANSWERS = 5  # right ones before "right on known answers, otherwise elsewhere" is said
_KNOWN_SHARE = 0.8  # of them right
_KNOWN_SHARE_KEPT = 0.65  # below which the name is taken back, so that none flickers
SURE_OF_KIND = 0.8  # share of the alarm's evidence that renames an open finding
OUT_OF_QUESTION = 0.05  # share below which a finding's name no longer explains the answers, whatever does
_GOLD, _CHANGED = 1 << Detector.KNOWN_ANSWERS, 1 << Detector.CHANGED
_COPYING = 1 << Detector.COPYING
_UNRELATED, _CONSTANT = 1 << Detector.UNRELATED, 1 << Detector.CONSTANT
_INVERTED, _LOW, _AGAINST = 1 << Detector.INVERTED, 1 << Detector.LOW_SKILL, 1 << Detector.KNOWN_AGAINST_REST
ALARM_KINDS = _UNRELATED | _CONSTANT | _INVERTED | _LOW | _AGAINST
_IS_CONSTANT, _IS_INVERTED, _IS_LOW = int(AlarmKind.CONSTANT), int(AlarmKind.INVERTED), int(AlarmKind.LOW_SKILL)
_IS_UNRELATED = int(AlarmKind.UNRELATED)
_SET = int(Kind.SET)


def as_rows(policies: list[Policy]) -> np.ndarray:
    """POLICY[] of these."""
    return np.array([tuple(policy) for policy in policies], POLICY)


@compiled
def weigh(raters: Raters, slot: int, policies: np.ndarray, golds: int, answers: int) -> tuple[int, int, int]:
    """The detectors' bits (open, watch, critical) as of the rater's latest outcome; open ones stay until evidence is
    gone.

    `golds` says whether the outcome changed the known answers, `answers` whether the alarm or the change detector took
    anything in; otherwise those tests stand where they stood.
    """
    hot = raters.hot[slot]
    policy = policies[hot["policy"]]
    share, watch = policy["clear_share"], policy["watch"]
    bits = _Bits(int64(hot["open"]), int64(hot["watch"]), int64(hot["critical"]))
    if golds:
        nats = gold_evidence(raters, slot, policy["gold_floor"])
        bits = _stand(bits, _GOLD, _GOLD, nats, _Levels(policy["gold_alarm"], policy["gold_critical"], watch, share))
    if answers and hot["label_kind"] == _SET:
        least = policy["least_scored"]
        opened, watched = weigh_sets(raters, slot, least, _UNRELATED, _CONSTANT, bits.opened, bits.watched)
        bits = _Bits(opened, watched, bits.critical)
    elif answers:
        scale = int64(hot["alarm_classes"])
        nats = alarm_nats(raters.alarm[slot], scale)
        held = bits.opened & ALARM_KINDS
        kind = held or _UNRELATED
        if nats >= policy["alarm"] if held else nats >= min(policy["alarm"], watch):
            kind = _kind(raters, slot, scale, held, int64(policy["detectors_on"]))
        bits = _Bits(bits.opened, bits.watched & ~ALARM_KINDS, bits.critical & (~ALARM_KINDS | held))
        bits = _stand(bits, kind, held, nats, _Levels(policy["alarm"], policy["alarm_critical"], watch, share))
        change = _Levels(policy["change"], policy["change_critical"], policy["change"] - watch, share)
        bits = _stand(bits, _CHANGED, _CHANGED, change_nats(raters.change[slot], scale), change)
    if answers:
        place = closest(raters.partners[slot], hot["alarm_classes"], share * policy["copying"])
        if place >= 0 or bits.opened & _COPYING:
            nats = copying_nats(raters.partners[slot, place]["evidence"]) if place >= 0 else 0.0
            copying = _Levels(policy["copying"], policy["copying_critical"], policy["copying"] - watch, share)
            bits = _stand(bits, _COPYING, _COPYING, nats, copying)
    on = int64(policy["detectors_on"])
    return bits.opened & on, bits.watched & on, bits.critical & on


class _Bits(NamedTuple):
    """A bit per detector."""

    opened: int
    watched: int
    critical: int


class _Levels(NamedTuple):
    """In nats: where a finding opens, where it is critical, where it is worth a look; and the share that closes it."""

    opens: float
    critical: float
    watched: float
    clear_share: float


@compiled
def _stand(bits: _Bits, bit: int, held: int, nats: float, levels: _Levels) -> _Bits:
    """Sets or clears one detector's bits; `held` is the bit under which it may be open already."""
    opened, watched, critical = bits.opened & ~held, bits.watched & ~bit, bits.critical & ~(bit | held)
    was_open, was_critical = bits.opened & held, bits.critical & held
    if nats >= levels.opens or (was_open and stays_open(nats, levels.opens, levels.clear_share)):
        opened |= bit
        if nats >= levels.critical or (was_critical and stays_open(nats, levels.critical, levels.clear_share)):
            critical |= bit
    if nats >= levels.watched:
        watched |= bit
    return _Bits(opened, watched, critical)


@compiled
def _kind(raters: Raters, slot: int, scale: int, held: int, on: int) -> int:
    """The bit of the detector whose name explains the alarm best; `held` is that of the open finding, 0 for none.

    An open finding is renamed only to what is surely likelier or when its name is out of the question, and never to a
    detector that is off.
    """
    shares = shares_of_kinds(raters.alarm[slot], scale)
    kind = likeliest(shares)
    if kind == _IS_CONSTANT:
        seen, right = raters.life[slot, GOLD_SEEN], raters.life[slot, GOLD_RIGHT] / UNIT
        share = _KNOWN_SHARE_KEPT if held == _AGAINST else _KNOWN_SHARE
        named = _AGAINST if seen >= LEAST_KNOWN_ANSWERS and right >= share * seen else _CONSTANT
    elif kind == _IS_INVERTED:
        named = _INVERTED
    else:
        named = _LOW if kind == _IS_LOW else _UNRELATED
    is_sure = shares[kind] >= SURE_OF_KIND or share_of_name(held, shares) < OUT_OF_QUESTION
    return named if not held or (is_sure and named & on) else held


@compiled
def share_of_name(bit: int, shares: tuple[float, float, float, float]) -> float:
    """How much of the alarm's evidence stands behind a detector's name, of the shares that shares_of_kinds tells."""
    if bit & (_CONSTANT | _AGAINST):
        return shares[_IS_CONSTANT]
    if bit & _INVERTED:
        return shares[_IS_INVERTED]
    return shares[_IS_LOW] if bit & _LOW else shares[_IS_UNRELATED]
