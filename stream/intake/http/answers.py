"""What is answered: what was taken, or every error as application/problem+json (RFC 9457)."""

import math
from http import HTTPStatus
from typing import Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from stream.errors import RaterwatchError, Unavailable
from stream.intake.http.batch import Batch
from stream.intake.http.gate import Busy
from stream.intake.http.refusal import Problem, Refused

PROBLEM: Final = "application/problem+json"
_AGAIN_S = 2.0  # Kafka is asked about as often


class Taken(Struct, frozen=True, kw_only=True):
    """Kafka has acknowledged `accepted` records; with ?partial=1 the others are listed."""

    accepted: int
    refused: list[Refused]
    notes: dict[str, int]  # what was taken or left out otherwise than it stood, and how often


class Trouble(Struct, frozen=True, kw_only=True):
    """Nothing was acknowledged. `detail` says what to do next; `refused` lists every record that is wrong."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    refused: list[Refused] = []
    notes: dict[str, int] = {}


class NoToken(RaterwatchError):
    """No token, or one that is unknown or over; they look the same (HTTP 401)."""


def taken(batch: Batch) -> Response:
    """All of the batch's messages are in Kafka."""
    body = Taken(accepted=len(batch.messages), refused=list(batch.refused), notes=dict(batch.notes))
    return Response(msgspec.json.encode(body), media_type="application/json")


def all_refused(batch: Batch, *, partial: bool) -> Response:
    """Nothing of the batch was sent."""
    records = len(batch.messages) + len(batch.refused)
    what = "nothing was taken; correct them" if partial else "nothing was taken; correct them, or send with ?partial=1"
    return trouble(422, f"{len(batch.refused):,} of {records:,} records are refused and {what}", batch=batch)


def trouble(status: int, detail: str, wait_s: float = 0.0, batch: Batch | None = None) -> Response:
    """The response; `wait_s` says when to try again."""
    body = Trouble(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        refused=list(batch.refused) if batch else [],
        notes=dict(batch.notes) if batch else {},
    )
    headers = {"Retry-After": str(max(1, math.ceil(wait_s)))} if wait_s else {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), status, headers, PROBLEM)


def of_error(error: RaterwatchError) -> Response:
    """What is answered to an error that was raised on purpose."""
    if isinstance(error, Problem):
        return trouble(error.status, str(error))
    if isinstance(error, NoToken):
        return trouble(401, str(error))
    if isinstance(error, Busy):
        return trouble(429, str(error), error.wait_s)
    if isinstance(error, Unavailable):
        return trouble(503, f"{error}. Nothing was acknowledged: send the same again", _AGAIN_S)
    # Kafka refuses us, which only the operator can mend; our log says why.
    return trouble(503, "judgments cannot be stored now. Nothing was acknowledged: send the same again", _AGAIN_S)
