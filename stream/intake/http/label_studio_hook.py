"""Label Studio's webhooks: what an event means, in the rows that its export would give.

After "Webhook event format reference" in Label Studio's guide. An annotation is put back into the task that an export
would show it in and read by the export's reader; there is no second mapping. An update that says less than before (no
answer any more) comes as a skip, which a later answer may replace; a retraction would be final.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from stream.events import Gold, Judgment, Retraction
from stream.intake.http.admit import Sent, Turned
from stream.intake.http.annotations import Annotation, Annotations
from stream.intake.http.export_body import read_export
from stream.intake.http.refusal import Problem
from stream.intake.http.tokens import Token
from stream.intake.readers.label_studio import LabelStudio
from stream.intake.table import Reading

FORMAT: Final = LabelStudio.name
GIVEN: Final = ("ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED")
DELETED: Final = ("ANNOTATIONS_DELETED", "ANNOTATION_DELETED")
_NO_ANSWER: Final = "left out: annotations without an answer to the question"
_AT_ONCE: Final = 10_000


class Read(NamedTuple):
    """What to send, and what to remember of it."""

    records: list[tuple[str, Sent | Turned]]
    remembered: list[Annotation]


class Asked(NamedTuple):
    """Under which token, how, and when a webhook came."""

    token: Token
    reading: Reading
    now_ms: int


def read_event(body: bytes, asked: Asked, known: Annotations, notes: Counter[str]) -> Read:
    """The event's records. Raises Problem (400, 413, 422); an event that is about no annotation gives none."""
    try:
        event = msgspec.json.decode(body, type=dict[str, Any])
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON object, as Label Studio sends it") from None
    action = event.get("action")
    try:
        if action in GIVEN:
            return _given(event, asked, known, notes)
        if action in DELETED:
            return _deleted(event, asked, known, notes)
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
        raise Problem(422, "not as Label Studio writes it; let the webhook send its payload") from None
    notes["events about no annotation, left out"] += 1
    return Read([], [])


def sent_annotations(events: Sequence[Sent], token: Token) -> list[Annotation]:
    """What to remember of the judgments of an export."""
    return [_remembered(event, token) for event in events if isinstance(event, Judgment)]


def _given(event: dict[str, Any], asked: Asked, known: Annotations, notes: Counter[str]) -> Read:
    annotations = _listed(event["annotation"])
    tasks = _listed(event.get("task") or [None])
    if len(annotations) > _AT_ONCE:
        raise Problem(413, f"more than {_AT_ONCE:,} annotations at once")
    read = Read([], [])
    for number, annotation in enumerate(annotations):
        task = _task(annotation, tasks[number] if number < len(tasks) else None)
        _read_one(task, annotation, asked, known, notes, read)
    return read


def _read_one(
    task: dict[str, Any],
    annotation: dict[str, Any],
    asked: Asked,
    known: Annotations,
    notes: Counter[str],
    into: Read,
) -> None:
    number = str(annotation["id"])
    before = known.find(asked.token.name, number)
    own: Counter[str] = Counter()
    found = _read(task, annotation, asked, own)
    if not found and before is not None and before.rater_id is not None and own[_NO_ANSWER]:
        del own[_NO_ANSWER]
        own["answers that were taken back, counted as skips"] += 1
        found = _read(task, annotation | {"was_cancelled": True}, asked, own)
    notes.update(own)
    for place, one in found:
        if isinstance(one, Judgment) and before is not None and before.rater_id not in (None, one.rater_id):
            notes["answers changed by another than their rater, left out"] += 1
            continue
        into.records.extend((place, other) for other in _gone(before, one, asked.now_ms))
        into.records.append((place, one))
        if isinstance(one, Judgment):
            into.remembered.append(_remembered(one, asked.token))
        elif isinstance(one, Gold):
            into.remembered.append(Annotation(asked.token.name, number, one.queue, one.item_id, None, one.revision))


def _read(
    task: dict[str, Any], annotation: dict[str, Any], asked: Asked, notes: Counter[str]
) -> list[tuple[str, Sent | Turned]]:
    body = msgspec.json.encode([task | {"annotations": [annotation]}])
    return read_export(body, asked.reading, asked.token, _AT_ONCE, notes)


def _gone(before: Annotation | None, now: Sent | Turned, now_ms: int) -> list[Sent]:
    """What the annotation was and no longer is: a judgment that became a known answer, or the other way round."""
    if before is None or not isinstance(now, Judgment | Gold):
        return []
    if (before.rater_id is None) == isinstance(now, Gold):
        return []
    return [_withdrawal(before, now_ms, now.revision)]


def _deleted(event: dict[str, Any], asked: Asked, known: Annotations, notes: Counter[str]) -> Read:
    numbers = [str(one["id"]) for one in _listed(event.get("annotations") or event)]
    if len(numbers) > _AT_ONCE:
        raise Problem(413, f"more than {_AT_ONCE:,} annotations at once")
    records: list[tuple[str, Sent | Turned]] = []
    for place, number in enumerate(numbers, 1):
        before = known.find(asked.token.name, number)
        if before is None:
            notes["deleted annotations that did not come through this intake, left out"] += 1
        else:
            records.append((f"annotation {place}", _withdrawal(before, asked.now_ms, before.revision)))
    return Read(records, [])


def _withdrawal(before: Annotation, now_ms: int, revision: int) -> Retraction | Gold:
    if before.rater_id is None:
        above = max(before.revision, revision) + 1
        return Gold(queue=before.queue, item_id=before.item_id, label=None, revision=above, at=now_ms)
    return Retraction(
        queue=before.queue,
        item_id=before.item_id,
        judgment_id=before.annotation_id,
        rater_id=before.rater_id,
        reason="deleted, or no longer a judgment, in Label Studio",
        at=now_ms,
    )


def _remembered(judgment: Judgment, token: Token) -> Annotation:
    return Annotation(
        token.name, judgment.judgment_id, judgment.queue, judgment.item_id, judgment.rater_id, judgment.revision
    )


def _task(annotation: dict[str, Any], task: Any) -> dict[str, Any]:
    """The task as an export has it; older versions say its number only, in the annotation."""
    if isinstance(task, dict) and "id" in task:
        return {"id": task["id"], "data": task.get("data") or {}}
    return {"id": annotation["task"], "data": {}}


def _listed(one: Any) -> list[Any]:
    return one if isinstance(one, list) else [one]
