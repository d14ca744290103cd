import fnmatch

import pytest

from stream.state import keys


def test_a_key_has_its_prefix_before_the_hash_tag() -> None:
    assert keys.full_key("rw:", "outcomes:12", keys.items(3)) == b"rw:{outcomes:12}:items:3"


def test_every_name_is_declared_once_with_its_reason() -> None:
    constants = {value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)}
    names = [key.name for key in keys.DECLARED]
    assert sorted(names) == sorted(constants - {keys.DEFAULT_PREFIX, keys.PROBE_SHARD})
    assert len(set(names)) == len(names)
    assert all(key.reason and key.type in {"hash", "list"} for key in keys.DECLARED)


def test_only_items_come_in_generations() -> None:
    assert [key.name for key in keys.DECLARED if key.generations] == [keys.ITEMS]


@pytest.mark.parametrize("prefix", ["rw:", "team*:", "a?b[c]d^e:", "back\\slash:", ""])
def test_the_pattern_of_a_shard_finds_its_keys_and_no_others(prefix: str) -> None:
    pattern = keys.all_keys_pattern(prefix, "judgments:1")
    # Python's patterns have no backslash: a class of one sign says the same.
    translated, escaped = "", False
    for sign in pattern:
        if escaped:
            translated, escaped = translated + (f"[{sign}]" if sign != "^" else sign), False
        elif sign == "\\":
            escaped = True
        else:
            translated += sign
    assert fnmatch.fnmatchcase(keys.full_key(prefix, "judgments:1", "items:7").decode(), translated)
    for prefix_and_shard in [(prefix, "judgments:10"), (prefix, "judgments:2"), (prefix + "x", "judgments:1")]:
        assert not fnmatch.fnmatchcase(keys.full_key(*prefix_and_shard, "head").decode(), translated)
