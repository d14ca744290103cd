"""Where a page of a list ended, as text for links."""

import base64
import binascii

import msgspec

from alerts.escalation.store.reading import Cursor
from alerts.escalation.web.problem import BadRequest


def to_text(cursor: Cursor | None) -> str | None:
    """For `after=`; None at the end of the list."""
    return None if cursor is None else base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def from_text(text: str | None) -> Cursor | None:
    """Back again; raises BadRequest for anything that `to_text` did not make."""
    if not text:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (binascii.Error, ValueError):  # both of base64's and msgspec's errors
        found = None
    if found is None or not 0 <= found.due_ms <= 2**62:
        raise BadRequest("after: is no cursor of this list; take `next` of the page before")
    return found
