"""Whom a rater shares items with: the sixteen partners that are worth watching, of however many.

A partner is met when an item that both judged is weighed for the rater. To agree on a minority answer opens an entry;
that meeting drew the attention and is not counted as evidence. An entry's hold on its place is the evidence for copying
since then, against the plain honest model. When all places are taken, the entry with the least hold gives way if that
is 0 or less, the oldest first: a partner who was refuted, or met once and not again. If every hold is above 0, the new
agreement only weakens the least (Misra and Gries's rule, with evidence for counts). So thousands of chance partners go
round in a few places, while the partner who is copied has one from the second shared answer on.

Totals over all partners are kept too: how often the rater agrees with everybody but this partner is the measure of what
to expect of the two.

Reference: Misra and Gries (1982), Finding repeated elements; Metwally, Agrawal and El Abbadi (2005), Space-Saving.
"""

from typing import Any

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.copying import LEAST_LATER, MODELS, PARTNERS, Pair, add_meeting, copying_nats, gain, stands_out
from stream.quality.predictive import share_of

LIKELIEST, MINORITY = 0, 1  # kinds of meetings: what the partner's answer is among the peers'

# An empty place is all zero. `evidence` and `hold` in units of 1 / NAT; `expected` agreements in 1 / EXPECTED.
PARTNER = np.dtype(
    [
        ("key", "u8"),
        ("evidence", "i4", (MODELS,)),
        ("hold", "i4"),
        ("meetings", "i4", (2,)),
        ("agreements", "i4", (2,)),
        ("expected", "i4", (2,)),
        ("opened", "i4"),  # running number among the rater's openings
        ("later", "i4"),  # of the agreements, how many came after the partner's answer
    ]
)
EXPECTED = 1024.0
# int64[TOTALS]: meetings, agreements and expected of both kinds, over all partners; then the entries opened so far.
TOTALS = 7
OPENED = 6
SHARE_BINS = 16
MEETINGS = 2 * SHARE_BINS  # int64[MEETINGS]: a queue's meetings by kind and expected share, see copying_power.py

_PSEUDO = 20.0  # meetings
_LEAST = 0.005  # no share counts as less, nor its complement
_SLIP = 98_304  # 1.5 nats: no disagreement costs a hold more, since copiers too slip now and then
_MOST_HOLD = 1 << 30


@compiled
def meet(
    key: Any,
    partner_label: int,
    label: int,
    before: Any,
    said: Any,
    mix: np.ndarray,
    scale: int,
    partners: np.ndarray,
    totals: np.ndarray,
    by_share: np.ndarray,
) -> int:
    """Counts one peer of a weighed judgment; the place of its entry, or -1 if it has none.

    key: the partner, never 0; before: 1 where the partner answered first; said: the judgment's predictive; mix: the
    rater's label counts, int64[>= scale]; partners: PARTNER[PARTNERS]; totals, by_share: the rater's and the queue's
    rows. A peer whose label is not among the declared ones is passed over: nothing predicts it.
    """
    if partner_label >= scale:
        return -1
    kind = LIKELIEST if partner_label == int64(said["labels"][0]) else MINORITY
    agreed = label == partner_label
    predicted = _inside(share_of(partner_label, said, scale))
    place = _place_of(key, partners)
    share = _usual(predicted, kind, place, partners, totals)
    by_share[kind * SHARE_BINS + int64(share * SHARE_BINS)] += 1
    if place >= 0:
        entry = partners[place]
        habit = _inside((mix[partner_label] + 0.5) / (mix[:scale].sum() + 0.5 * scale))
        says = add_meeting(agreed, share, habit, entry["evidence"])
        entry["hold"] = min(max(int64(entry["hold"]) + max(says, -_SLIP), -_MOST_HOLD), _MOST_HOLD)
    elif agreed and kind == MINORITY:
        place = _open(key, gain(agreed, share, share), partners, totals)
    expected = int64(np.rint(EXPECTED * predicted))
    _count(totals, kind, agreed, expected)
    if place >= 0:
        entry = partners[place]
        entry["meetings"][kind] += 1
        entry["agreements"][kind] += agreed
        entry["later"] += 1 if agreed and before != 0 else 0
        entry["expected"][kind] += expected
    return place


@compiled
def is_named(entry: Any, scale: int, threshold: float) -> bool:
    """Whether the pair stands out by so many nats, see copying.py; cheap enough to ask after each meeting."""
    agreements = int64(entry["agreements"][LIKELIEST]) + int64(entry["agreements"][MINORITY])
    if int64(entry["later"]) < LEAST_LATER * agreements:
        return False
    meetings = int64(entry["meetings"][LIKELIEST]) + int64(entry["meetings"][MINORITY])
    return stands_out(entry["evidence"], meetings, scale, threshold)


@compiled
def closest(partners: np.ndarray, scale: int, threshold: float) -> int:
    """The place of the partner with the most evidence of those that stand out by so many nats, -1 for none."""
    best, most = -1, 0.0
    for place in range(PARTNERS):
        entry = partners[place]
        if is_named(entry, scale, threshold):
            nats = copying_nats(entry["evidence"])
            if best < 0 or nats > most:
                best, most = place, nats
    return best


@compiled
def pair_of(entry: Any) -> Pair:
    """What an entry says, since its opening."""
    meetings, agreements, expected = entry["meetings"], entry["agreements"], entry["expected"]
    return Pair(
        copying_nats(entry["evidence"]),
        int64(meetings[0]) + int64(meetings[1]),
        int64(agreements[0]) + int64(agreements[1]),
        int64(agreements[MINORITY]),
        (int64(expected[0]) + int64(expected[1])) / EXPECTED,
    )


def drop_partner(key: int, partners: np.ndarray) -> list[int]:
    """Empties the places of a partner who is to be forgotten, in PARTNER[raters, PARTNERS]; answers whose they were.

    What the meetings were is no longer known of anybody; the totals over all partners stay, for they name none.
    """
    raters, places = np.nonzero(partners["key"] == np.uint64(key))
    partners[raters, places] = np.zeros((), PARTNER)
    return sorted(set(raters.tolist()))


@compiled
def _place_of(key: Any, partners: np.ndarray) -> int:
    for place in range(PARTNERS):
        if partners[place]["key"] == key:
            return place
    return -1


@compiled
def _usual(predicted: float, kind: int, place: int, partners: np.ndarray, totals: np.ndarray) -> float:
    """The predicted share, raised by how much more often than predicted the rater agrees with all the others."""
    meetings, agreements, expected = totals[3 * kind], totals[3 * kind + 1], totals[3 * kind + 2]
    if place >= 0:
        entry = partners[place]
        meetings -= int64(entry["meetings"][kind])
        agreements -= int64(entry["agreements"][kind])
        expected -= int64(entry["expected"][kind])
    if meetings <= 0:
        return predicted
    usual = _inside(expected / EXPECTED / meetings)
    own = _inside((agreements + _PSEUDO * usual) / (meetings + _PSEUDO))
    raised = predicted * max(own / (1.0 - own) * (1.0 - usual) / usual, 1.0)
    return _inside(raised / (raised + 1.0 - predicted))


@compiled
def _open(key: Any, says: int, partners: np.ndarray, totals: np.ndarray) -> int:
    weakest = 0
    for place in range(1, PARTNERS):
        entry, least = partners[place], partners[weakest]
        hold, other = int64(entry["hold"]), int64(least["hold"])
        if hold < other or (hold == other and int64(entry["opened"]) < int64(least["opened"])):
            weakest = place
    entry = partners[weakest]
    if int64(entry["hold"]) > 0:
        entry["hold"] = max(int64(entry["hold"]) - says, 0)
        return -1
    _clear(entry)
    totals[OPENED] += 1
    entry["key"], entry["hold"], entry["opened"], entry["later"] = key, 0, totals[OPENED], 0
    return weakest


@compiled
def _clear(entry: Any) -> None:
    for model in range(MODELS):
        entry["evidence"][model] = 0
    for kind in range(2):
        entry["meetings"][kind] = 0
        entry["agreements"][kind] = 0
        entry["expected"][kind] = 0


@compiled
def _count(totals: np.ndarray, kind: int, agreed: bool, expected: int) -> None:
    totals[3 * kind] += 1
    totals[3 * kind + 1] += agreed
    totals[3 * kind + 2] += expected


@compiled
def _inside(share: float) -> float:
    return min(max(share, _LEAST), 1.0 - _LEAST)
