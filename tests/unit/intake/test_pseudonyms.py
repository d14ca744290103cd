import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import InputError, SettingsError
from stream.intake.pseudonyms import ALPHABET, PseudonymKey, looks_like_pseudonym

KEY = PseudonymKey("bc", b"s" * 32)


@given(st.text())
def test_a_pseudonym_has_the_shape_and_is_always_the_same(raw_id: str) -> None:
    assert looks_like_pseudonym(KEY.pseudonym(raw_id))
    assert KEY.pseudonym(raw_id) == PseudonymKey("bc", b"s" * 32).pseudonym(raw_id)


def test_a_pseudonym_spells_the_hmac() -> None:
    digest = int.from_bytes(hmac.digest(b"s" * 32, "Zoë".encode(), hashlib.sha256))
    spelt = "".join(ALPHABET[digest // 28**at % 28] for at in range(12))
    assert KEY.pseudonym("Zoë") == f"rbc-{spelt}"


def test_persons_and_keys_are_told_apart() -> None:
    names = {KEY.pseudonym(str(number)) for number in range(10_000)}
    assert len(names) == 10_000
    assert PseudonymKey("bc", b"t" * 32).pseudonym("1") not in names
    assert KEY.pseudonym(" 1") not in names


@pytest.mark.parametrize(
    "raw_id",
    [
        "",
        "17",
        "maria@example.com",
        "rbc-23456789bcd",
        "rbc-23456789bcdfg",
        "rBC-23456789bcdf",
        "rba-23456789bcdf",
        "rbc-23456789bcdf\n",
    ],
)
def test_other_ids_do_not_look_like_pseudonyms(raw_id: str) -> None:
    assert not looks_like_pseudonym(raw_id)


def test_a_key_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = str(tmp_path / "vendor.key")
    made = PseudonymKey.create(path)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert PseudonymKey.load(path).pseudonym("17") == made.pseudonym("17")


def test_a_key_file_is_never_replaced(tmp_path: Path) -> None:
    path = str(tmp_path / "vendor.key")
    made = PseudonymKey.create(path)
    with pytest.raises(SettingsError, match="exists already"):
        PseudonymKey.create(path)
    assert PseudonymKey.load(path).pseudonym("1") == made.pseudonym("1")


@pytest.mark.parametrize("content", [b"", b"hello", b"bc:1234", b"ba:" + b"0" * 64, b"\xff" * 70])
def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "vendor.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError, match=r"vendor\.key") as caught:
        PseudonymKey.load(str(file))
    assert "1234" not in str(caught.value)


def test_a_missing_or_open_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read"):
        PseudonymKey.load(str(tmp_path / "none"))
    path = tmp_path / "vendor.key"
    PseudonymKey.create(str(path))
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="open to others"):
        PseudonymKey.load(str(path))


def test_the_secret_is_hidden() -> None:
    assert "ssss" not in f"{KEY!r} {KEY}"
    assert repr(KEY) == "PseudonymKey(bc, hidden)"


@pytest.mark.parametrize(
    ("key_id", "secret"), [("b", b"s" * 32), ("ab", b"s" * 32), ("bcd", b"s" * 32), ("bc", b"short")]
)
def test_an_unusable_key_is_refused(key_id: str, secret: bytes) -> None:
    with pytest.raises(InputError):
        PseudonymKey(key_id, secret)
