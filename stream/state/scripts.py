"""The Lua scripts beside this file, read once, with the digest that EVALSHA names them by."""

from dataclasses import dataclass, field
from hashlib import sha1
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and SHA-1 digest, as bytes for the wire."""

    text: bytes = field(repr=False)
    digest: bytes


def _read(name: str) -> Script:
    text = (files("stream.state") / name).read_bytes()
    return Script(text, sha1(text, usedforsecurity=False).hexdigest().encode())


COMMIT = _read("commit.lua")
CLAIM = _read("claim.lua")
