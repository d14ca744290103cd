"""Every error as application/problem+json (RFC 9457): `detail` says what to do next, and nothing of the inside."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from alerts.escalation.errors import BrokenChain, NotThere, Unmet, WrongRole, WrongState
from stream.errors import RaterwatchError, Unavailable

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[RaterwatchError], int], ...] = (
    (NotThere, 404),
    (WrongRole, 403),
    (WrongState, 409),
    (BrokenChain, 409),
    (Unmet, 422),
    (Unavailable, 503),
)


class SignInFirst(RaterwatchError):
    """Nobody is signed in, or the token is unknown, over or revoked: all look the same (HTTP 401)."""


class TooMany(RaterwatchError):
    """The caller asks too often (HTTP 429)."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many requests; try again in {wait_s:.1f} s")
        self.wait_s = wait_s


class BadRequest(RaterwatchError):
    """What was sent cannot be read; the message names the field (HTTP 422)."""


def status_of(error: RaterwatchError) -> int:
    """The HTTP status of an error that was raised on purpose."""
    if isinstance(error, SignInFirst):
        return 401
    if isinstance(error, TooMany):
        return 429
    if isinstance(error, BadRequest):
        return 422
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def headers_of(error: RaterwatchError) -> dict[str, str]:
    """What HTTP wants to be said beside the status."""
    if isinstance(error, SignInFirst):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooMany):
        return {"Retry-After": str(max(1, round(error.wait_s + 0.5)))}
    return {}


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """The response."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)
