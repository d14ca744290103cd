import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import InputError, SettingsError
from stream.events import Control
from stream.intake.control import ControlKey, sign, verify

KEY = ControlKey(b"k" * 32)
PAYLOAD: dict[str, Any] = {"b": [1, 2.5, "ä"], "a": None, "c": {"z": True, "y": "x"}}
JSON_TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def signed(payload: Any = PAYLOAD) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(sign(KEY, source="settings", version=3, at=5, payload=payload))
    return tree


def read(tree: dict[str, Any]) -> Control:
    return msgspec.json.decode(json.dumps(tree), type=Control)


@given(JSON_TREES)
def test_what_was_signed_verifies(payload: Any) -> None:
    assert verify(KEY, msgspec.json.decode(sign(KEY, source="s", version=1, at=1, payload=payload), type=Control))


def test_spaces_and_key_order_do_not_matter() -> None:
    tree = signed()
    tree["payload"] = dict(reversed(tree["payload"].items()))
    assert verify(KEY, msgspec.json.decode(json.dumps(tree, indent=2), type=Control))


@pytest.mark.parametrize(
    "change",
    [
        {"source": "settings2"},
        {"version": 4},
        {"at": 6},
        {"payload": PAYLOAD | {"a": 0}},
        {"payload": PAYLOAD | {"d": None}},
        {"payload": [PAYLOAD]},
        {"mac": "0" * 64},
        {"mac": "ä" * 64},
    ],
)
def test_any_change_is_a_forgery(change: dict[str, Any]) -> None:
    assert not verify(KEY, read(signed() | change))


def test_another_key_or_none_trusts_nothing() -> None:
    assert not verify(ControlKey(b"x" * 32), read(signed()))
    assert not verify(None, read(signed()))


def test_where_one_field_ends_and_the_next_begins_is_signed_too() -> None:
    one = json.loads(sign(KEY, source="a", version=11, at=1, payload=1))
    assert not verify(KEY, read(one | {"version": 1, "at": 11}))


def test_the_key_is_hidden() -> None:
    assert "kkkk" not in f"{KEY!r} {KEY}"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InputError, match="16 bytes"):
        ControlKey(b"short")


def test_a_key_is_loaded_from_a_file_of_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"k" * 32 + b"\n")
    file.chmod(0o600)
    assert verify(ControlKey.load(str(file)), read(signed()))
    file.chmod(0o604)
    with pytest.raises(SettingsError, match="chmod"):
        ControlKey.load(str(file))
