"""The audit: rows that are only ever added, each holding the hash of the one before.

    hash = SHA-256(previous, at_ms, case, actor, role, action, states, facts, commitment)
    commitment = SHA-256(salt, personal part)

So changing, dropping or inserting a row breaks every hash behind it. The personal part stands in a table of its own:
erasing it leaves the commitment, hence the chain, as it was, and without the salt nobody can try which text it was of.
Whoever can rewrite the whole table can rewrite the chain too: keep the last hash (`raterwatch audit verify` prints it)
outside, and it must be found again.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, event, select
from sqlalchemy.orm import Mapper, Session

from alerts.escalation.cases.roles import Person
from alerts.escalation.errors import BrokenChain
from alerts.escalation.store.tables import AuditPart, AuditRow

ZERO = "0" * 64


class Entry(NamedTuple):
    """What is to be written: `facts` without anything personal, `personal` what may one day be erased."""

    at_ms: int
    who: Person
    action: str
    case_id: str | None = None
    state_before: str | None = None
    state_after: str | None = None
    facts: Mapping[str, str | int | float | bool | None] = {}
    personal: Mapping[str, object] = {}


class Verified(NamedTuple):
    """An intact chain: how many rows, its last hash, and how many personal parts were erased."""

    rows: int
    head: str
    erased: int


def record(session: Session, entry: Entry) -> AuditRow:
    """Adds a row at the end of the chain, in the transaction of what it tells of: a session of `Store.writing`."""
    session.flush()
    last = session.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    part = msgspec.json.encode(entry.personal, order="sorted").decode() if entry.personal else ""
    salt = secrets.token_hex(16) if part else ""
    row = AuditRow(
        seq=(last.seq if last else 0) + 1,
        at_ms=entry.at_ms,
        case_id=entry.case_id,
        actor=entry.who.id,
        role=entry.who.role.value,
        action=entry.action,
        state_before=entry.state_before,
        state_after=entry.state_after,
        facts=msgspec.json.encode(entry.facts, order="sorted").decode(),
        commitment=commitment(salt, part) if part else "",
        previous=last.hash if last else ZERO,
        hash="",
    )
    row.hash = hash_of(row)
    session.add(row)
    session.flush()
    if part:
        session.add(AuditPart(seq=row.seq, salt=salt, part=part))
    return row


def verify(session: Session, expected_head: str | None = None) -> Verified:
    """Walks the whole chain. Raises BrokenChain, which names the first row that does not fit.

    `expected_head` is a hash that was kept outside: it has to be somewhere in the chain.
    """
    previous, rows, erased, seen = ZERO, 0, 0, expected_head in (None, ZERO)
    asked = select(AuditRow, AuditPart).outerjoin(AuditPart, AuditPart.seq == AuditRow.seq).order_by(AuditRow.seq)
    with session.execute(asked.execution_options(yield_per=1_000)) as chain:
        for row, part in chain:
            rows += 1
            _check(row, part, rows, previous)
            erased += bool(row.commitment) and part is None
            previous = row.hash
            seen = seen or previous == expected_head
    stray = session.scalar(select(AuditPart.seq).where(AuditPart.seq > rows).limit(1))
    if stray is not None:
        raise BrokenChain(f"audit row {stray} is missing, its personal part is there; the end was cut off")
    if not seen:
        raise BrokenChain(f"no audit row has the hash {expected_head}; rows at the end were cut off or rewritten")
    return Verified(rows, previous, erased)


def erase_parts(session: Session, case_id: str) -> int:
    """Erases the personal parts of a case's rows; returns how many. The chain stays valid."""
    rows = select(AuditRow.seq).where(AuditRow.case_id == case_id)
    gone = session.execute(delete(AuditPart).where(AuditPart.seq.in_(rows)).returning(AuditPart.seq))
    return len(gone.all())


def hash_of(row: AuditRow) -> str:
    """The hash that a row must have: over JSON, so that no two rows are the same text."""
    fields = (
        *(row.seq, row.at_ms, row.case_id, row.actor, row.role, row.action),
        *(row.state_before, row.state_after, row.facts, row.commitment, row.previous),
    )
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def commitment(salt: str, part: str) -> str:
    """What the chain keeps of a personal part."""
    return hashlib.sha256(f"{salt}\0{part}".encode()).hexdigest()


def _check(row: AuditRow, part: AuditPart | None, seq: int, previous: str) -> None:
    if row.seq != seq:
        raise BrokenChain(f"audit row {seq} is missing; the next one there is {row.seq}")
    if row.previous != previous or row.hash != hash_of(row):
        raise BrokenChain(f"audit row {seq} was altered, or the one before it")
    if part is not None and commitment(part.salt, part.part) != row.commitment:
        raise BrokenChain(f"the personal part of audit row {seq} was altered")


@event.listens_for(AuditRow, "before_update")
@event.listens_for(AuditRow, "before_delete")
def _refuse(_mapper: Mapper[AuditRow], _connection: Connection, row: AuditRow) -> None:
    raise BrokenChain(f"audit rows are only ever added; row {row.seq} stays as it is")
