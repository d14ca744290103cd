"""What both adapters agree on about a head."""

from collections.abc import Mapping

from stream.state.keys import COMMIT, OFFSET, OWNER, RESERVED
from stream.state.port import Head


def head_of(stored: Mapping[bytes, bytes]) -> Head | None:
    """The head that its hash holds; None without an offset, which is how an unborn or emptied shard looks."""
    if OFFSET not in stored:
        return None
    fields = {name: value for name, value in stored.items() if name not in RESERVED}
    return Head(stored.get(OWNER, b""), int(stored[OFFSET]), stored.get(COMMIT, b""), fields)


def check_field_names(fields: Mapping[bytes, bytes]) -> None:
    """Raises ValueError for a stage's head field that would overwrite the store's own."""
    if clash := RESERVED.intersection(fields):
        names = ", ".join(sorted(name.decode() for name in clash))
        raise ValueError(f"the head fields {names} belong to the store: give the stage's own fields other names")
