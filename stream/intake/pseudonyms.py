"""Pseudonyms: what stands for a person everywhere in this system. Only the vendor's key holder can make them.

A pseudonym is "r", the key's two-letter id, "-" and twelve sayable characters (57 bits of an HMAC-SHA256). The same
person with another vendor's key is another rater; there is no way back to the raw id but the vendor's own roster.
"""

import hashlib
import hmac
import os
import re

from stream.errors import InputError, SettingsError
from stream.intake.secret_file import read_secret, write_secret

ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"  # no vowels, so that no words appear; no 0, 1, l, i or o to be misread
KEY_ID_CHARS = 2
DIGEST_CHARS = 12
MIN_SECRET_BYTES = 16

_SHAPE = re.compile(f"r[{ALPHABET}]{{{KEY_ID_CHARS}}}-[{ALPHABET}]{{{DIGEST_CHARS}}}")
_KEY_FILE = re.compile(rf"([{ALPHABET}]{{{KEY_ID_CHARS}}}):([0-9a-f]{{{2 * MIN_SECRET_BYTES},}})")


def looks_like_pseudonym(rater_id: str) -> bool:
    """Whether the id has a pseudonym's shape. The shape is all a worker can check: it holds no vendor's key."""
    return _SHAPE.fullmatch(rater_id) is not None


class PseudonymKey:
    """A vendor's key. It is never changed in place: a new key is a new epoch with new pseudonyms."""

    __slots__ = ("_secret", "key_id")

    def __init__(self, key_id: str, secret: bytes) -> None:
        if len(key_id) != KEY_ID_CHARS or not set(key_id) <= set(ALPHABET):
            raise InputError(f"a key id is {KEY_ID_CHARS} characters of {ALPHABET}, got {key_id!r}")
        if len(secret) < MIN_SECRET_BYTES:
            raise InputError(f"a pseudonym key needs at least {MIN_SECRET_BYTES} secret bytes")
        self.key_id = key_id
        self._secret = secret

    def pseudonym(self, raw_id: str) -> str:
        """The rater's pseudonym. The raw id counts to the letter: " 17" and "17" are two raters."""
        number = int.from_bytes(hmac.digest(self._secret, raw_id.encode(errors="surrogatepass"), hashlib.sha256))
        return f"r{self.key_id}-{_spell(number, DIGEST_CHARS)}"

    @classmethod
    def create(cls, path: str) -> "PseudonymKey":
        """Makes a new key and writes it to a file of mode 600; never replaces a file."""
        key = cls(_spell(int.from_bytes(os.urandom(8)), KEY_ID_CHARS), os.urandom(32))
        write_secret(path, f"{key.key_id}:{key._secret.hex()}".encode(), "pseudonym key")
        return key

    @classmethod
    def load(cls, path: str) -> "PseudonymKey":
        """Reads a key file that only its owner may read."""
        found = _KEY_FILE.fullmatch(read_secret(path, "pseudonym key").decode("ascii", errors="replace"))
        if found is None:
            raise SettingsError(
                f"pseudonym key: {path} is not a key file (id:hex); make one with `raterwatch pseudonym`"
            )
        return cls(found[1], bytes.fromhex(found[2]))

    def __repr__(self) -> str:
        return f"PseudonymKey({self.key_id}, hidden)"


def _spell(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    return "".join(letters)
