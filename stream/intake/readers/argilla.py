"""Argilla's records with their responses, as JSON or as a dataset.

After "rg.Dataset.records" (to_json, to_datasets) and "rg.Response" in Argilla's reference, and its server's API. In
to_json the responses stand by question, in to_datasets as columns question.responses, .users and .status, in the API as
a list of users with their values; only the last has times.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from stream.intake.readers.clock import revision_of
from stream.intake.readers.port import Asked, Record, Row

_RESPONSES = ".responses"
_NOBODY = frozenset({None, "", "None"})


class _Response(NamedTuple):
    user: Any
    value: Any
    status: str
    inserted_at: Any = None
    updated_at: Any = None


class Argilla:
    """One judgment a submitted response; a discarded one is a skip, a draft is none."""

    name: ClassVar[str] = "argilla"
    title: ClassVar[str] = "Argilla, records"
    needs: ClassVar[str] = 'objects with "fields" and "responses", or columns question.responses and .responses.users'
    names: ClassVar[Mapping[str, str]] = {
        "item_id": "id",
        "rater_id": "user_id",
        "label": "value",
        "submitted_at": "updated_at",
    }

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    @staticmethod
    def recognises(fields: Mapping[str, Any]) -> bool:
        if isinstance(fields.get("responses"), dict | list) and isinstance(fields.get("fields"), dict):
            return True
        return any(name.endswith(_RESPONSES) and f"{name}.users" in fields for name in fields)

    def rows(self, record: Record) -> Iterable[Row]:
        """The record's responses to the question."""
        fields = record.fields
        responses = _by_question(fields)
        question = self._asked.questions.choose(list(responses))
        item = next(
            (fields[name] for name in ("external_id", "id", "_server_id") if fields.get(name) is not None), None
        )
        for response in responses[question] if question is not None else ():
            yield from self._row(item, response)

    def _row(self, item: object, response: _Response) -> Iterator[Row]:
        left_out, clock = self._asked.tally.left_out, self._asked.clock
        is_skipped = response.status == "discarded"
        members = None if is_skipped else self._members(response.value)
        if response.user in _NOBODY:
            left_out["responses of nobody"] += 1
        elif response.status == "draft":
            left_out["drafts"] += 1
        elif members is None and not is_skipped:
            left_out["responses without an answer to the question"] += 1
        else:
            inserted, updated = clock.ms(response.inserted_at), clock.ms(response.updated_at)
            revision = revision_of(inserted, updated)
            yield {
                "item_id": item,
                "judgment_id": f"{item}:{self._asked.named(str(response.user))}",
                "rater_id": response.user,
                "label": members,
                "outcome": "skipped" if is_skipped else "answered",
                "submitted_at": updated if revision else inserted,
                "revision": revision,
            }

    def _members(self, value: Any) -> list[str] | None:
        if isinstance(value, str | int | float) and value != "":
            return [str(value)]
        if not isinstance(value, list):
            return None
        if all(isinstance(part, str | int) for part in value):
            return [str(part) for part in value]
        labels = [str(part["label"]) for part in value if isinstance(part, dict) and "label" in part]
        if not labels:
            return None  # a ranking: its parts have no labels
        self._asked.tally.noted["answers that mark spans: compared by their labels, not by where they lie"] += 1
        return labels


def _by_question(fields: Mapping[str, Any]) -> dict[str, list[_Response]]:
    responses = fields.get("responses") if "fields" in fields else None
    if isinstance(responses, dict):
        return {question: [_response(one) for one in given or ()] for question, given in responses.items()}
    if isinstance(responses, list):
        found: dict[str, list[_Response]] = {}
        for one in responses:
            for question, given in (one.get("values") or {}).items():
                value = given.get("value") if isinstance(given, dict) else given
                found.setdefault(question, []).append(_response({**one, "value": value}))
        return found
    return {
        name.removesuffix(_RESPONSES): _columns(fields, name)
        for name in fields
        if name.endswith(_RESPONSES) and f"{name}.users" in fields
    }


def _response(one: Mapping[str, Any]) -> _Response:
    status = one.get("status") or "submitted"
    return _Response(one.get("user_id"), one.get("value"), status, one.get("inserted_at"), one.get("updated_at"))


def _columns(fields: Mapping[str, Any], name: str) -> list[_Response]:
    values, users = fields[name] or (), fields[f"{name}.users"] or ()
    statuses = fields.get(f"{name}.status") or ["submitted"] * len(users)
    return [_Response(user, value, status) for user, value, status in zip(users, values, statuses, strict=False)]
