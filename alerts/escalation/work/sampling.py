"""Blind re-judging: 20 random items of 5 % of flagged raters and of as many others, judged by who knows neither.

Which findings are sampled follows from a hash of their id and the deployment's own seed, so nobody chooses them, and
drawing again draws the same. The other rater of a pair, and the items, are drawn by chance.
"""

import hashlib
import random
import secrets
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.cases.states import FindingState
from alerts.escalation.errors import NotThere, WrongRole
from alerts.escalation.store.audit import Entry, record
from alerts.escalation.store.tables import FindingRow, SampleItemRow, SampleRow
from alerts.escalation.work.correcting import adjudicate
from alerts.escalation.work.rater_pool import Judged, RaterPool
from stream.events import Adjudication, Label

SHARE = 0.05  # of flagged raters
ITEMS = 20
_WHOLE = 2**64


class BlindItem(NamedTuple):
    """What a person who judges again sees: an item, and nothing of whose it was."""

    sample_id: str
    item_id: str
    queue: str


def draw_samples(session: Session, pool: RaterPool, seed: str, chance: random.Random, now_ms: int) -> list[SampleRow]:
    """Draws for findings that became cases and were not looked at yet; for each also a rater who was not flagged."""
    drawn: list[SampleRow] = []
    for finding in to_sample(session, seed):
        others = [rater for rater in pool.unflagged(finding.queue) if rater != finding.rater_id]
        items = pool.latest(finding.queue, finding.rater_id or "")
        if not others or not items:
            continue  # alone it would say nothing
        other = chance.choice(others)
        drawn.append(_drawn(session, finding.queue, finding.rater_id or "", finding, items, chance, now_ms))
        drawn.append(_drawn(session, finding.queue, other, None, pool.latest(finding.queue, other), chance, now_ms))
    if drawn:
        record(session, Entry(now_ms, SYSTEM, "draw_samples", facts={"samples": len(drawn)}))
    return drawn


def to_sample(session: Session, seed: str) -> list[FindingRow]:
    """Findings that became cases, are among the 5 % and were not sampled yet."""
    known = select(SampleRow.finding_id).where(SampleRow.finding_id.is_not(None))
    asked = select(FindingRow).where(
        FindingRow.case_id.is_not(None),
        FindingRow.rater_id.is_not(None),
        FindingRow.state == FindingState.OPEN,
        FindingRow.id.not_in(known),
    )
    return [row for row in session.scalars(asked.order_by(FindingRow.id)) if is_drawn(row.id, seed)]


def is_drawn(finding_id: str, seed: str) -> bool:
    """Whether a finding is among the 5 %."""
    digest = hashlib.blake2b(f"{seed}\0{finding_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) < SHARE * _WHOLE


def blind_items(session: Session, limit: int = 50) -> list[BlindItem]:
    """Items that wait to be judged again, those of all samples mixed, in an order that says nothing."""
    asked = select(SampleItemRow, SampleRow.queue).join(SampleRow, SampleRow.id == SampleItemRow.sample_id)
    found = session.execute(asked.where(SampleItemRow.judged.is_(None)))
    waiting = [BlindItem(item.sample_id, item.item_id, queue) for item, queue in found]
    return sorted(waiting, key=_scattered)[:limit]


def judge_again(session: Session, by: Person, item: BlindItem, label: Label, now_ms: int) -> None:
    """What the person says, which the stream hears too; raises WrongRole, and NotThere for what is judged already.

    Half of the samples are of flagged raters, so it is no random audit, and enters no vendor's scorecard.
    """
    if by.role is not Role.DECIDER:
        raise WrongRole("to judge an item again is for: decider")
    row = session.get(SampleItemRow, (item.sample_id, item.item_id))
    if row is None or row.judged is not None:
        raise NotThere("this item does not wait to be judged again; load the list anew")
    row.judged, row.by, row.at_ms = msgspec.json.encode(label).decode(), by.id, now_ms
    audit = Adjudication(
        queue=item.queue,
        item_id=item.item_id,
        label=label,
        revision=now_ms // 1_000,  # grows, and stays within 31 bits until 2038
        auditor=by.id,
        sampling="targeted",
        severity="minor",
        at=now_ms,
    )
    adjudicate(session, by, audit, now_ms)
    session.flush()
    left = select(SampleItemRow.item_id).where(
        SampleItemRow.sample_id == item.sample_id, SampleItemRow.judged.is_(None)
    )
    if session.scalar(left.limit(1)) is None:
        session.get_one(SampleRow, item.sample_id).done_ms = now_ms


def _drawn(
    session: Session,
    queue: str,
    rater_id: str,
    finding: FindingRow | None,
    items: Sequence[Judged],
    chance: random.Random,
    now_ms: int,
) -> SampleRow:
    row = SampleRow(
        id=f"sample-{secrets.token_hex(6)}",
        queue=queue,
        rater_id=rater_id,
        flagged=finding is not None,
        finding_id=finding and finding.id,
        detector=finding and finding.detector,
        drawn_ms=now_ms,
    )
    session.add(row)
    session.flush()
    of_item = {item.item_id: item.label for item in items}
    for item_id in chance.sample(sorted(of_item), min(ITEMS, len(of_item))):
        label = msgspec.json.encode(of_item[item_id]).decode()
        session.add(SampleItemRow(sample_id=row.id, item_id=item_id, label=label))
    session.flush()
    return row


def _scattered(item: BlindItem) -> bytes:
    return hashlib.blake2b(f"{item.sample_id}\0{item.item_id}".encode(), digest_size=8).digest()
