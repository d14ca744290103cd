"""JSON bodies by msgspec, with errors that name the field."""

from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, Request

from alerts.escalation.web.problem import BadRequest

Body = TypeVar("Body")


def decoded(body: bytes, kind: type[Body]) -> Body:
    """The body as a value of the type; raises BadRequest."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest(f"body: {error}") from None


async def _raw_body(request: Request) -> bytes:
    return await request.body()


# So that the handler itself needs no event loop: it waits for the database in a thread.
RawBody = Annotated[bytes, Depends(_raw_body)]
