"""What hangs on one rater: the items answered since a moment, whose consensus is another one without the rater, and
what it would cost to have them judged again.

The consensus is that of items.csv (`consensus.py`), once with all answers of an item and once without the rater's.
Nothing here says that the rater's answers are wrong: a consensus that flips is one that rested on them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from stream.report.answer_parts import answered_by, items_of
from stream.report.answers import NO_COST, Answers, Key
from stream.report.consensus import Usual, consensus, vote_weights
from stream.report.items_file import label_text
from stream.report.prices import NO_PRICE, Price
from stream.report.since import Since


class AffectedItem(NamedTuple):
    """Columns of the list, in order; None is an empty cell."""

    item_id: Annotated[str | None, "the item; null where only its key was found"]
    queue: Annotated[str, "the queue it was judged in"]
    answer: Annotated[str, "the rater's answer"]
    submitted_at: Annotated[datetime, "when it was given"]
    consensus: Annotated[str, "of all answers, the rater's included"]
    confidence: Annotated[float, "probability of the consensus, 0 to 1, if raters err as the vote assumes"]
    judgments: Annotated[int, "answers on the item, one a rater"]
    consensus_without: Annotated[str | None, "of the others' answers; null: nobody else answered"]
    flips: Annotated[bool | None, "the consensus is another one without the rater; null: nobody else answered"]
    cost: Annotated[float | None, "of the rater's answer; null: the producer sends none"]
    currency: Annotated[str | None, "ISO 4217, of the cost"]
    item_key: Annotated[str, "the item in Redis, in hex"]


class Redo(msgspec.Struct, frozen=True, kw_only=True):
    """What some of the items cost: as the rater was paid, and for one fresh judgment each at the usual price."""

    items: int
    own_cost: float | None
    own_currency: str | None
    own_unknown: int  # of these answers, those without a cost
    fresh_cost: float | None
    fresh_currency: str | None
    why: str | None  # what is unknown, and why


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A rater on a queue."""

    rater: str
    queue: str
    since_ms: int | None  # None: from the first answer on
    since_why: str
    all: Redo  # items answered since then
    flips: Redo  # of these, the ones whose consensus is another one without the rater
    alone: int  # of these, items that nobody else answered
    price: float | None  # usual cost of a judgment in the queue: the median
    price_judgments: int  # that it rests on
    no_longer_held: int | None  # further answers since then on items that are forgotten for their age; None: unknown
    no_longer_held_why: str | None


class Gone(NamedTuple):
    """Answers on items that are no longer held; None is unknown, and `why` says what is known."""

    answers: int | None
    why: str | None = None


def summed_up(key: Key, items: Sequence[AffectedItem], since: Since, price: Price | None, gone: Gone) -> Affected:
    """What the list amounts to."""
    return Affected(
        rater=key[0],
        queue=key[1],
        since_ms=since.at_ms,
        since_why=since.why,
        all=redo(items, price),
        flips=redo([one for one in items if one.flips], price),
        alone=sum(one.flips is None for one in items),
        price=price.cost if price else None,
        price_judgments=price.judgments if price else 0,
        no_longer_held=gone.answers,
        no_longer_held_why=gone.why,
    )


def affected_items(
    answers: Answers, key: Key, since_ms: int | None, accuracy: Mapping[Key, float], usual: Usual
) -> list[AffectedItem]:
    """By time of the rater's answer; `answers` hold at least every answer on the rater's items."""
    some = items_of(answers, key)
    mine = answered_by(some, key)
    weights = vote_weights(some, accuracy, usual)
    whole = consensus(some, weights, usual=usual)
    others = consensus(some, weights, ~mine, usual)
    without = dict(zip(others.item.tolist(), others.label.tolist(), strict=True))
    own = np.flatnonzero(mine & (some.submitted_ms >= (since_ms or 0)))
    found: list[AffectedItem] = []
    for at in own[np.argsort(some.submitted_ms[own], kind="stable")].tolist():
        item, rater, cost = int(some.item[at]), int(some.rater[at]), int(some.cost_micro[at])
        (queue, item_id), info, other = some.items[item], some.queues[key[1]], without.get(item)
        found.append(
            AffectedItem(
                item_id=item_id or None,
                queue=queue,
                answer=label_text(info, int(some.label[at])),
                submitted_at=datetime.fromtimestamp(int(some.submitted_ms[at]) / 1000, UTC),
                consensus=label_text(info, int(whole.label[item])),
                confidence=float(whole.confidence[item]),
                judgments=int(whole.judgments[item]),
                consensus_without=None if other is None else label_text(info, other),
                flips=None if other is None else other != int(whole.label[item]),
                cost=None if cost == NO_COST else cost / 1e6,
                currency=None if cost == NO_COST else some.currencies[rater],
                item_key=some.keys[item].hex(),
            )
        )
    return found


def redo(items: Sequence[AffectedItem], price: Price | None) -> Redo:
    """The costs of some of the items; an unknown one stays unknown."""
    costs = [one.cost for one in items if one.cost is not None]
    unknown = len(items) - len(costs)
    whys = [
        f"{unknown} of {len(items)} answers came without a cost" if unknown else "",
        NO_PRICE if price is None else "",
    ]
    different = len({one.item_key for one in items})
    return Redo(
        items=different,
        own_cost=round(sum(costs), 6) if costs or not items else None,
        own_currency=next((one.currency for one in items if one.currency is not None), None),
        own_unknown=unknown,
        fresh_cost=None if price is None else round(price.cost * different, 6),
        fresh_currency=price.currency if price else None,
        why="; ".join(filter(None, whys)) or None,
    )
