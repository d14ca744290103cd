"""The OpenAPI 3.1 document, made from the very types that decode and encode."""

from typing import Any, Final

import msgspec

from stream import __version__
from stream.events import Adjudication, Gold, Judgment, Retraction
from stream.intake.http.answers import PROBLEM, Taken, Trouble
from stream.intake.http.refusal import EdgeReason
from stream.intake.readers.recognise import FORMATS, ROWS
from stream.intake.reasons import Reason

_EVENTS: Final = (Judgment, Gold, Adjudication, Retraction)
_TROUBLES: Final = {
    "400": "The body or a parameter cannot be read.",
    "401": "No token, or one that does not hold.",
    "408": "The body came too slowly.",
    "413": "More bytes or records than are taken at once.",
    "415": "Another content type or coding than these.",
    "422": "Records are refused, each listed with its place; nothing was taken.",
    "429": "More than the token may send, or than is taken at once: again after Retry-After.",
    "503": "Kafka did not acknowledge: send the same again after Retry-After.",
}
_QUEUE: Final[tuple[str, str, dict[str, Any]]] = (
    "queue",
    "Queue of what the export holds; the token's own when it is for one only.",
    {"type": "string"},
)
_QUESTION: Final[tuple[str, str, dict[str, Any]]] = ("question", "Whose answer is the label.", {"type": "string"})


def document() -> dict[str, Any]:
    """The whole document."""
    _, schemas = msgspec.json.schema_components([*_EVENTS, Taken, Trouble], ref_template="#/components/schemas/{name}")
    # A judgment is the one event that may leave out what it is.
    schemas["Judgment"]["required"].remove("type")
    schemas["Refused"]["properties"]["reason"] = {"enum": [*Reason, *EdgeReason]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "raterwatch intake",
            "version": __version__,
            "description": "Judgments into Kafka: answered once all replicas have them. Whoever is not told so sends "
            "the same again: a judgment is known by its judgment_id and counts once.",
        },
        "paths": {
            "/v1/judgments": {"post": _judgments()},
            "/v1/webhooks/label-studio": {"post": _label_studio()},
            "/v1/openapi.json": {"get": _plain("openapi", "This document.", "200")},
            "/healthz": {"get": _plain("healthz", "The process answers.", "200")},
            "/readyz": {"get": _plain("readyz", "Whether it takes judgments, and why not.", "200", "503")},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _judgments() -> dict[str, Any]:
    record = {"anyOf": [_ref(kind.__name__) for kind in _EVENTS]}
    batch = {"anyOf": [{"type": "array", "items": record, "minItems": 1}, record]}
    formats = [name for name in FORMATS if name != ROWS]
    content = {
        "application/json": {"schema": batch},
        "application/x-ndjson": {"schema": {"type": "string", "description": "A record a line."}},
        "application/octet-stream": {
            "schema": {"type": "string", "description": "A tool's export as it is, with ?format=."}
        },
    }
    parameters: list[tuple[str, str, dict[str, Any]]] = [
        ("partial", "1: take the good records and list the others.", {"enum": ["0", "1", "true", "false"]}),
        ("format", "The body is this tool's export.", {"enum": formats}),
        _QUEUE,
        _QUESTION,
    ]
    return _operation(
        "sendJudgments", "Send a batch of judgments, golds, adjudications, retractions.", content, parameters
    )


def _label_studio() -> dict[str, Any]:
    event = {
        "type": "object",
        "required": ["action"],
        "properties": {"action": {"type": "string"}},
        "description": "An event as Label Studio sends it; one about no annotation is taken and left out.",
    }
    content = {"application/json": {"schema": event}}
    return _operation("labelStudio", "Receive a webhook of Label Studio's.", content, [_QUEUE, _QUESTION])


def _operation(
    name: str, summary: str, content: dict[str, Any], parameters: list[tuple[str, str, dict[str, Any]]]
) -> dict[str, Any]:
    troubles = {status: _response(what, PROBLEM, _ref("Trouble")) for status, what in _TROUBLES.items()}
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "parameters": [
            *(
                {"name": name, "in": "query", "description": what, "schema": schema}
                for name, what, schema in parameters
            ),
            {"name": "Content-Encoding", "in": "header", "schema": {"enum": ["gzip", "identity"]}},
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": _response("Kafka has them.", "application/json", _ref("Taken")), **troubles},
    }


def _plain(name: str, summary: str, *statuses: str) -> dict[str, Any]:
    answers = {status: _response(summary, "application/json", {"type": "object"}) for status in statuses}
    return {"operationId": name, "summary": summary, "responses": answers}


def _response(description: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
