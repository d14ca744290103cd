"""Where Redis is and how to log in: what may be written in the settings, and what may be shown of it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from stream.errors import SettingsError
from stream.state.keys import DEFAULT_PREFIX

_SCHEMES = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


@dataclass(frozen=True, slots=True)
class RedisAccess:
    """How to reach Redis. The URL and what comes from the password file never show in `repr` or in errors.

    `url` is `scheme://[user[:password]@]host[:port][/database]`, the scheme redis, rediss (TLS), redis+cluster or
    rediss+cluster; or unix:///path.
    """

    url: str = field(repr=False)
    prefix: str = DEFAULT_PREFIX  # of every key; the ACL rule is `~PREFIX*`
    password_file: Path | None = None  # read at every new connection, so that a rotated password needs no restart
    ca_file: Path | None = None  # PEM, as the next two; without it the system's authorities count
    certificate_file: Path | None = None
    key_file: Path | None = None
    timeout_seconds: float = 5.0  # to connect, and for each answer

    @property
    def address(self) -> str:
        """The URL without user, password and options: fit for errors and logs."""
        scheme, mark, rest = self.url.partition("://")
        # Cut by hand: in a mistyped URL (an unescaped sign) urlsplit finds pieces of the password in other places.
        place = rest.rpartition("@")[2].partition("?")[0].partition("#")[0]
        return f"{scheme}{mark}{place}" if mark else "an address without a scheme"


def checked_url(access: RedisAccess) -> SplitResult:
    """The URL's parts. Raises SettingsError for a URL or prefix that cannot be meant."""
    if "{" in access.prefix or "}" in access.prefix:
        raise SettingsError("the Redis key prefix may not contain braces: they mark the part that names the shard")
    parts = _split(access.url)
    if parts.scheme not in _SCHEMES:
        raise SettingsError(f"the Redis URL must begin with one of {', '.join(f'{scheme}://' for scheme in _SCHEMES)}")
    if parts.query or parts.fragment:
        raise SettingsError(
            "the Redis URL may not carry options: use the settings for TLS and passwords; write ? and # in a password "
            "as %3F and %23"
        )
    if parts.scheme != "unix":
        _check_place(parts)
    return parts


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SettingsError("the Redis URL cannot be read: write it as redis://user@host:6379/0") from None


def _check_place(parts: SplitResult) -> None:
    database = parts.path.strip("/")
    if database and not database.isdigit():
        raise SettingsError(
            "after the Redis URL's host only /NUMBER, a database, may stand; write a slash in a password as %2F"
        )
    if database not in ("", "0") and parts.scheme.endswith("+cluster"):
        raise SettingsError("Redis Cluster has only database 0: remove the number from the URL")
    try:
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable:
        raise SettingsError("the Redis URL needs a host and a port between 1 and 65535, as in redis://redis:6379")
