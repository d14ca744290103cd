"""A batch at the door: every record admitted, and decided as stage 1 will decide it, before anything goes to Kafka."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from stream.intake.decode import decode
from stream.intake.directory import Directory
from stream.intake.http.admit import Sent, Turned, read_record
from stream.intake.http.records import Raw
from stream.intake.http.refusal import Refused
from stream.intake.http.tokens import Token
from stream.intake.reasons import Reason


class Message(NamedTuple):
    """A record for topic `judgments`; its key is the item's id, which alone decides on the partition."""

    key: bytes
    value: bytes


class Batch(NamedTuple):
    """What may go to Kafka, what may not, and what people should know: times by what it was."""

    events: Sequence[Sent]
    messages: Sequence[Message]
    refused: Sequence[Refused]
    notes: Counter[str]


class _Record(NamedTuple):
    """As the decoder of stage 1 takes it."""

    offset: int
    timestamp: int
    value: bytes


def check_records(raws: Sequence[Raw], token: Token, directory: Directory, now_ms: int) -> Batch:
    """Our own records. Raises nothing, whatever they hold."""
    notes: Counter[str] = Counter()
    return check([(raw.place, read_record(raw.value, token, notes)) for raw in raws], directory, now_ms, notes)


def check(read: Sequence[tuple[str, Sent | Turned]], directory: Directory, now_ms: int, notes: Counter[str]) -> Batch:
    """(place, record) pairs. What is sent is written anew, so that fields which nobody knows stay outside; then the
    decoder of stage 1 itself says what it will take of it.
    """
    refused = [
        Refused(index=index, place=place, reason=one.reason, detail=one.detail)
        for index, (place, one) in enumerate(read)
        if isinstance(one, Turned)
    ]
    encode = msgspec.json.Encoder().encode
    events = [(index, one) for index, (_, one) in enumerate(read) if not isinstance(one, Turned)]
    records = [_Record(index, now_ms, encode(event)) for index, event in events]
    rejects = {reject.offset: reject.reason for reject in decode(records, directory, 1).rejects} if records else {}
    refused += [
        Refused(index=index, place=read[index][0], reason=Reason(reason), detail=Reason(reason).advice)
        for index, reason in rejects.items()
    ]
    taken = [(event, record) for (index, event), record in zip(events, records, strict=True) if index not in rejects]
    messages = [Message(event.item_id.encode(), record.value) for event, record in taken]
    refused.sort(key=lambda one: one.index)
    return Batch([event for event, _ in taken], messages, refused, notes)
