from pathlib import Path

import pytest

from stream.errors import SettingsError
from stream.state.access import RedisAccess, checked_url
from stream.state.connect import open_store

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://redis:6379/2", "redis://redis:6379/2"),
        (f"rediss://worker:{SECRET}@redis:6380", "rediss://redis:6380"),
        (f"redis://:{SECRET}@[::1]:6379", "redis://[::1]:6379"),
        (f"redis+cluster://worker:{SECRET}@one:7000", "redis+cluster://one:7000"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
        # Mistyped: signs in the password that should have been escaped.
        (f"redis://worker:{SECRET}/x@redis:6379", "redis://redis:6379"),
        (f"redis://worker:a@{SECRET}@redis:6379", "redis://redis:6379"),
        (f"redis://worker:a#{SECRET}@redis:6379", "redis://redis:6379"),
        (f"redis://worker:a?{SECRET}@redis:6379", "redis://redis:6379"),
        (f"redis://redis:6379/0?password={SECRET}", "redis://redis:6379/0"),
        (f"worker:{SECRET}", "an address without a scheme"),
    ],
)
def test_what_is_shown_of_a_url_has_no_secret(url: str, address: str) -> None:
    access = RedisAccess(url)
    assert access.address == address
    assert SECRET not in repr(access)


@pytest.mark.parametrize(
    ("url", "fix"),
    [
        (f"http://worker:{SECRET}@redis:6379", "must begin with"),
        ("redis:6379", "as in redis://"),
        ("localhost/0", "must begin with"),
        (f"redis://redis:6379/0?password={SECRET}", "use the settings"),
        (f"redis://worker:a#{SECRET}@redis", "%23"),
        (f"redis://worker:a/{SECRET}@redis", "%2F"),
        ("redis:///0", "needs a host"),
        (f"redis://worker:{SECRET}@redis:66000", "port between"),
        (f"redis://worker:{SECRET}@redis:port", "port between"),
        (f"redis://[{SECRET}", "write it as"),
        ("redis+cluster://redis:7000/1", "only database 0"),
    ],
)
def test_an_unusable_url_is_refused_with_its_fix_and_without_its_secret(url: str, fix: str) -> None:
    with pytest.raises(SettingsError, match=fix) as caught:
        checked_url(RedisAccess(url))
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize("prefix", ["rw{", "}rw:", "{rw}:"])
def test_a_prefix_may_not_hold_braces(prefix: str) -> None:
    with pytest.raises(SettingsError, match="braces"):
        open_store(RedisAccess("redis://redis", prefix))


def test_a_password_in_two_places_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("word")
    with pytest.raises(SettingsError, match="remove it from the URL") as caught:
        open_store(RedisAccess(f"redis://worker:{SECRET}@redis", password_file=file))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "fix"), [(None, "cannot be read"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff", "encoding")]
)
def test_an_unusable_password_file_is_refused_at_once(tmp_path: Path, content: bytes | None, fix: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=fix):
        open_store(RedisAccess("redis://redis", password_file=file))


def test_tls_files_must_exist_and_come_in_pairs(tmp_path: Path) -> None:
    there = tmp_path / "cert.pem"
    there.touch()
    with pytest.raises(SettingsError, match="does not exist"):
        open_store(RedisAccess("rediss://redis", ca_file=tmp_path / "none.pem"))
    with pytest.raises(SettingsError, match="both"):
        open_store(RedisAccess("rediss://redis", certificate_file=there))


def test_a_store_shows_its_address_only() -> None:
    store = open_store(RedisAccess(f"redis://worker:{SECRET}@redis:6379"))
    assert repr(store) == "RedisStore(redis://redis:6379, prefix='rw:')"
