"""Secrets live in files that only their owner, or a group chosen for it, can read."""

import os
import stat
from pathlib import Path

from stream.errors import SettingsError

_MOUNTED = Path("/run/secrets")


def read_secret(path: str, what: str) -> bytes:
    """The file's bytes without surrounding white space; SettingsError when it is missing, empty or open to others."""
    file = Path(path)
    try:
        mode = file.stat().st_mode
        secret = file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            f"{what}: cannot read {path} ({error.strerror}); create the file or correct the path"
        ) from None
    # An orchestrator's secret mount is private to the container; its modes are not ours to choose.
    if mode & (stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO) and _MOUNTED not in file.absolute().parents:
        raise SettingsError(f"{what}: {path} is open to others; run `chmod 640 {path}` or stricter")
    if not secret:
        raise SettingsError(f"{what}: {path} is empty; write the secret into it")
    return secret


def write_secret(path: str, secret: bytes, what: str) -> None:
    """Creates the file with mode 600; SettingsError when it exists, for replacing a key would orphan its pseudonyms."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(f"{what}: {path} exists already and is not replaced; choose another path") from None
    except OSError as error:
        raise SettingsError(
            f"{what}: cannot create {path} ({error.strerror}); create its folder or choose another"
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
