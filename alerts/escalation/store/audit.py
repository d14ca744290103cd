"""The audit: rows that are only ever added, each holding the hash of the one before.

    hash = SHA-256(previous, at_ms, case, actor, role, action, states, facts, commitment)
    commitment = SHA-256(salt, personal part)

So changing, dropping or inserting a row breaks every hash behind it. The personal part stands in a table of its own:
erasing it leaves the commitment, hence the chain, as it was, and without the salt nobody can try which text it was of.
Whoever can rewrite the whole table can rewrite the chain too: keep the last hash (`raterwatch audit verify` prints it)
outside, and it must be found again.

Old rows go from the front (`prune`). The row that then is added, the checkpoint, says how many went and the hash of the
last of them: the first row that is left has to name that hash as the one before it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, event, select
from sqlalchemy.orm import Mapper, Session

from alerts.escalation.cases.roles import Person
from alerts.escalation.errors import BrokenChain
from alerts.escalation.store.tables import AuditPart, AuditRow

ZERO = "0" * 64
CHECKPOINT = "prune_audit"


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
    """An intact chain: its rows, last hash, erased personal parts; rows that went for their age, when its first was."""

    rows: int
    head: str
    erased: int
    pruned: int = 0
    since_ms: int | None = None  # None for a chain without rows


class Checkpoint(NamedTuple):
    """What a checkpoint says of the rows before: the number and hash of the last of them."""

    pruned: int
    last_hash: str


_NOTHING_PRUNED = Checkpoint(0, ZERO)


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
    first, checkpoint = session.scalar(select(AuditRow).order_by(AuditRow.seq).limit(1)), _NOTHING_PRUNED
    begin, previous = (1, ZERO) if first is None or first.seq == 1 else (first.seq, first.previous)
    rows, erased, seen = 0, 0, expected_head in (None, ZERO)
    asked = select(AuditRow, AuditPart).outerjoin(AuditPart, AuditPart.seq == AuditRow.seq).order_by(AuditRow.seq)
    with session.execute(asked.execution_options(yield_per=1_000)) as chain:
        for row, part in chain:
            _check(row, part, begin + rows, previous)
            rows += 1
            checkpoint = _checkpoint(row) or checkpoint
            erased += bool(row.commitment) and part is None
            previous = row.hash
            seen = seen or previous == expected_head
    if first is not None:
        _check_begin(first, checkpoint)
    ours = (AuditPart.seq >= begin) & (AuditPart.seq < begin + rows)
    stray = session.scalar(select(AuditPart.seq).where(~ours).limit(1))
    if stray is not None:
        raise BrokenChain(f"audit row {stray} is missing, its personal part is there; the end was cut off")
    if not seen and expected_head != checkpoint.last_hash:
        older = "; or it is of a row that went for its age: keep a newer one" if checkpoint.pruned else ""
        raise BrokenChain(
            f"no audit row has the hash {expected_head}; rows at the end were cut off or rewritten{older}"
        )
    return Verified(rows, previous, erased, checkpoint.pruned, first.at_ms if first is not None else None)


def prune(session: Session, last: AuditRow, who: Person, now_ms: int) -> int:
    """Drops `last` and all rows before it, after a checkpoint was added; returns how many."""
    facts: dict[str, str | int | float | bool | None] = {"pruned": last.seq, "last_hash": last.hash}
    record(session, Entry(now_ms, who, CHECKPOINT, facts=facts))
    session.execute(delete(AuditPart).where(AuditPart.seq <= last.seq))
    gone = session.execute(delete(AuditRow).where(AuditRow.seq <= last.seq).returning(AuditRow.seq))
    return len(gone.all())


def erase_parts(session: Session, case_id: str) -> int:
    """Erases the personal parts of a case's rows; returns how many. The chain stays valid."""
    return _erase(session, AuditPart.seq.in_(select(AuditRow.seq).where(AuditRow.case_id == case_id)))


def erase_parts_naming(session: Session, rater_id: str) -> int:
    """Erases the personal parts that name a rater, of whatever case or none; returns how many."""
    return _erase(session, AuditPart.part.contains(rater_id, autoescape=True))


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


def _erase(session: Session, which: ColumnElement[bool]) -> int:
    return len(session.execute(delete(AuditPart).where(which).returning(AuditPart.seq)).all())


def _checkpoint(row: AuditRow) -> Checkpoint | None:
    if row.action != CHECKPOINT:
        return None
    facts = msgspec.json.decode(row.facts)
    return Checkpoint(facts["pruned"], facts["last_hash"])


def _check_begin(first: AuditRow, checkpoint: Checkpoint) -> None:
    """The chain begins where its last checkpoint says, or with the first row of all."""
    if first.seq != checkpoint.pruned + 1:
        raise BrokenChain(f"audit row {checkpoint.pruned + 1} is missing; the next one there is {first.seq}")
    if first.previous != checkpoint.last_hash:
        raise BrokenChain(f"audit row {first.seq} was altered: it does not follow what the checkpoint says went")


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
