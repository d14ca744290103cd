"""What erasing a rater makes of rows: daily facts lose the name, findings go.

The numbers stay, summed up with those of everybody forgotten on the same day: a queue's and a vendor's sums are what
was paid for and reported, and must not change because a person left. A finding is about the person and nothing else.
"""

import hashlib

import xxhash

from stream.facts.port import Names

_RATER_BYTES = 8


def row_key(rater: int, queue: int, guideline: int, terms: int) -> bytes:
    """Of a daily row: hashes of the rater, queue and stage, guideline, and terms (see schema.py)."""
    return (
        key_begin(rater) + queue.to_bytes(8, "little") + guideline.to_bytes(4, "little") + terms.to_bytes(2, "little")
    )


def key_begin(rater: int) -> bytes:
    """How the keys of all rows of a rater begin."""
    return rater.to_bytes(_RATER_BYTES, "little")


def nameless(names: Names) -> tuple[bytes, Names]:
    """The row that takes a forgotten rater's numbers of the same day."""
    left = names._replace(rater_id=None)
    said = "\0".join(text or "" for text in left)
    return b"\0" * _RATER_BYTES + xxhash.xxh3_128_digest(said.encode()), left


def rater_hash(rater_id: str) -> int:
    """As outcomes name the rater."""
    return xxhash.xxh3_64_intdigest(rater_id.encode())


def token(key: str, rater_id_hash: int) -> str:
    """What is kept of a forgotten rater, so that a finding that comes late is recognised."""
    data = key_begin(rater_id_hash)
    return hashlib.blake2b(data, key=bytes.fromhex(key), digest_size=8).hexdigest()
