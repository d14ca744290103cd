"""Control records: written by the deployment itself into every `judgments` partition, hence signed."""

import hashlib
import hmac
from typing import Any

import msgspec

from stream.errors import InputError
from stream.events import Control
from stream.intake.secret_file import read_secret

MIN_KEY_BYTES = 16


class ControlKey:
    """The deployment's key for control records; repr and str hide it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_KEY_BYTES:
            raise InputError(
                f"a control key needs at least {MIN_KEY_BYTES} bytes; make one with `openssl rand -hex 32`"
            )
        self._secret = secret

    @classmethod
    def load(cls, path: str) -> "ControlKey":
        """Reads the key from a file that only its owner may read; raises SettingsError otherwise."""
        return cls(read_secret(path, "control key"))

    def mac(self, message: bytes) -> str:
        """HMAC-SHA256 of the message, in hex."""
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "ControlKey(hidden)"


def sign(key: ControlKey, *, source: str, version: int, at: int, payload: Any) -> bytes:
    """A control record's JSON. `version` counts up per source; `at` is in milliseconds since the epoch."""
    raw = msgspec.Raw(msgspec.json.encode(payload))
    mac = key.mac(_canonical(source, version, at, raw))
    return msgspec.json.encode(Control(source=source, version=version, at=at, payload=raw, mac=mac))


def verify(key: ControlKey | None, control: Control) -> bool:
    """Whether the record was signed with this key; without a key nothing is trusted. Takes constant time."""
    if key is None or not control.mac.isascii():
        return False
    try:
        message = _canonical(control.source, control.version, control.at, control.payload)
    except ValueError:
        return False
    return hmac.compare_digest(key.mac(message), control.mac)


def _canonical(source: str, version: int, at: int, payload: msgspec.Raw) -> bytes:
    """The signed bytes: re-encoded with sorted keys, so that spaces and key order on the wire do not matter."""
    return msgspec.json.encode([source, version, at, msgspec.json.decode(payload)], order="deterministic")
