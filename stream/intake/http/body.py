"""A request's body: read with a bound and a deadline, and inflated with the same bound."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from stream.intake.http.gate import Place
from stream.intake.http.refusal import Problem

_GZIP = 16 + zlib.MAX_WBITS
PLAIN: Final = frozenset({"", "identity"})
GZIP: Final = frozenset({"gzip", "x-gzip"})


async def read_body(pieces: AsyncIterator[bytes], encoding: str, place: Place, most: int, seconds: float) -> bytes:
    """The body, inflated. Raises Problem (400, 408, 413, 415), and Busy where there is no room for it."""
    coding = encoding.strip().lower()
    if coding not in PLAIN | GZIP:
        raise Problem(415, "Content-Encoding is gzip, or left out; send the body in one of these ways")
    inflater = _Inflater(most) if coding in GZIP else None
    whole, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds), aclosing(pieces) as coming:  # type: ignore[type-var]
            async for piece in coming:
                size += len(piece)
                if size > most:
                    raise _too_large(most)
                plain = inflater.add(piece) if inflater else piece
                if len(whole) + len(plain) > most:
                    raise _too_large(most)
                place.grow(len(plain))
                whole += plain
    except TimeoutError:
        raise Problem(408, f"the body did not come within {seconds:g} s; send smaller batches") from None
    if inflater is not None:
        inflater.end()
    return bytes(whole)


class _Inflater:
    """Inflates piece by piece and never beyond the bound, whatever the body claims."""

    def __init__(self, most: int) -> None:
        self._inflate, self._room = zlib.decompressobj(_GZIP), most

    def add(self, piece: bytes) -> bytes:
        found = bytearray()
        while piece:
            if self._inflate.eof:  # gzip files may follow each other
                self._inflate = zlib.decompressobj(_GZIP)
            try:
                found += self._inflate.decompress(piece, self._room - len(found) + 1)
            except zlib.error:
                raise Problem(400, "the body is not gzip, as Content-Encoding says; check the client") from None
            if len(found) > self._room:
                return bytes(found)  # the caller sees that it is too large
            piece = self._inflate.unused_data or self._inflate.unconsumed_tail
        self._room -= len(found)
        return bytes(found)

    def end(self) -> None:
        if not self._inflate.eof:
            raise Problem(400, "the gzip body ends in the middle; send it again")


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body is larger than {most:,} bytes, inflated; send less at once")
