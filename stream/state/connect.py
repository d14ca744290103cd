"""From settings to a store: connections, passwords from files, TLS."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.exceptions import AuthenticationError

from stream.errors import SettingsError
from stream.state.access import RedisAccess, checked_url
from stream.state.redis_store import Client, RedisStore
from stream.state.wire import FastConnection, FastSocketConnection, FastTlsConnection

_CONNECTIONS = 256  # one a shard in flight; a worker holds fewer partitions than this
_READ_BYTES = 1 << 18


def open_store(access: RedisAccess) -> RedisStore:
    """A store that connects at its first call. Raises SettingsError when address, prefix or a file is unusable."""
    return RedisStore(open_client(access), access.prefix, access.address)


def open_client(access: RedisAccess) -> Client:
    """A redis-py client without retries of its own: the caller knows what may be repeated."""
    parts = checked_url(access)
    arguments = {
        "socket_timeout": access.timeout_seconds,
        "socket_connect_timeout": access.timeout_seconds,
        "socket_read_size": _READ_BYTES,
        "protocol": 2,
        "driver_info": None,
        "max_connections": _CONNECTIONS,
        **_login(access, parts),
        **(_tls(access) if parts.scheme.startswith("rediss") else {}),
    }
    if parts.scheme.endswith("+cluster"):
        return _cluster(parts, arguments)
    if parts.scheme == "unix":
        pool = ConnectionPool(FastSocketConnection, path=unquote(parts.path), **arguments)
    else:
        connection = FastTlsConnection if parts.scheme == "rediss" else FastConnection
        database = parts.path.strip("/") or "0"
        pool = ConnectionPool(connection, host=parts.hostname, port=parts.port or 6379, db=database, **arguments)
    return Redis.from_pool(pool)


def _cluster(parts: SplitResult, arguments: dict[str, Any]) -> RedisCluster:
    tls = parts.scheme.startswith("rediss")
    client = RedisCluster(
        host=parts.hostname, port=parts.port or 6379, ssl=tls, retry=Retry(NoBackoff(), 3), **arguments
    )
    # RedisCluster has no argument for the class of its connections; its nodes take it from these two places.
    connection = FastTlsConnection if tls else FastConnection
    client.connection_kwargs["connection_class"] = connection
    for node in client.startup_nodes:
        node.connection_class = connection
    return client


class _PasswordFile(CredentialProvider):
    """User and password for a new connection, read from the file each time."""

    def __init__(self, user: str | None, path: Path) -> None:
        self._user, self._path = user, path

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        try:
            password = _password(self._path)
        except SettingsError as error:
            # Only redis-py's own errors make it close the half-made connection.
            raise AuthenticationError(str(error)) from error
        return (self._user, password) if self._user else (password,)

    async def get_credentials_async(self) -> tuple[str] | tuple[str, str]:
        return self.get_credentials()


def _login(access: RedisAccess, parts: SplitResult) -> dict[str, Any]:
    user = unquote(parts.username) if parts.username else None
    if access.password_file is None:
        return {"username": user, "password": unquote(parts.password) if parts.password else None}
    if parts.password:
        raise SettingsError("the Redis password stands in the URL and in a password file: remove it from the URL")
    _password(access.password_file)
    return {"credential_provider": _PasswordFile(user, access.password_file)}


def _password(path: Path) -> str:
    try:
        password = path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the Redis password file {path} cannot be read: check its path, rights and encoding"
        ) from error
    if not password:
        raise SettingsError(f"the Redis password file {path} is empty: write the password into its first line")
    return password


def _tls(access: RedisAccess) -> dict[str, Any]:
    for path in (access.ca_file, access.certificate_file, access.key_file):
        if path is not None and not path.is_file():
            raise SettingsError(f"the TLS file {path} for Redis does not exist: correct its path")
    if (access.certificate_file is None) != (access.key_file is None):
        raise SettingsError("a TLS client certificate for Redis needs both the certificate file and the key file")
    files = {"ca_certs": access.ca_file, "certfile": access.certificate_file, "keyfile": access.key_file}
    return {
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": True,
        "ssl_min_version": ssl.TLSVersion.TLSv1_2,
        **{f"ssl_{name}": str(path) for name, path in files.items() if path is not None},
    }
