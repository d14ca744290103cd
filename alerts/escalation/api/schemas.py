"""Bodies that msgspec reads, told to OpenAPI: the same types say what is taken and what is documented."""

from typing import Any, get_args

import msgspec

from alerts.escalation.cases.actions import WORDS_CHARS, Action, AnyAction, Delivered, Lapse, Withdraw
from alerts.escalation.work.perform import BULK_MOST

_SYSTEMS = (Delivered, Lapse, Withdraw)  # happen by themselves; nobody says them
PERSON_ACTIONS: tuple[type[Action], ...] = tuple(kind for kind in get_args(AnyAction) if kind not in _SYSTEMS)
PersonAction: Any = PERSON_ACTIONS[0]
for _kind in PERSON_ACTIONS[1:]:
    PersonAction |= _kind


def action_body() -> dict[str, Any]:
    """The body of an action: an object whose `action` says which one it is."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(PersonAction)}}}}


def clearing_body() -> dict[str, Any]:
    """The body that clears many cases."""
    schema = {
        "type": "object",
        "required": ["cases", "words"],
        "additionalProperties": False,
        "properties": {
            "cases": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": BULK_MOST},
            "words": {"type": "string", "maxLength": WORDS_CHARS},
        },
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def struct_body(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The body of any struct."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(kind)}}}}


def _inlined(kind: Any) -> dict[str, Any]:
    (schema,), parts = msgspec.json.schema_components((kind,), ref_template="#/parts/{name}")
    found: dict[str, Any] = _resolved(schema, parts)
    found.pop("discriminator", None)  # it may only name schemas by reference; each action's `enum` says the same
    return found


def _resolved(schema: Any, parts: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_resolved(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    return {key: _resolved(value, parts) for key, value in schema.items()}
