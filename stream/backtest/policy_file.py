"""Reads thresholds to try out from a strict TOML file: a misspelt one must not pass for the default."""

import math
import tomllib
from pathlib import Path

from stream.errors import SettingsError
from stream.quality.policy import DEFAULT_POLICY, Policy

_SHARES = frozenset({"gold_floor", "constant_share", "constant_over", "ratio_ceiling", "constant_ratio"})
_MOST = 1e6


def load_policy(path: str | Path) -> Policy:
    """The first policy with the file's thresholds in place of its own; raises SettingsError that names file and key.

    The file has one `name = number` a line, by the names and units of `quality.policy.Policy`.
    """
    try:
        return parse_policy(Path(path).read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); create it or correct the path") from None


def parse_policy(text: str, name: str = "policy.toml") -> Policy:
    """The policy in a TOML text; `name` is the file that messages name."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from None
    for key in tree:
        if key not in Policy._fields:
            raise SettingsError(f"{name}: {key}: is no threshold; allowed: {', '.join(Policy._fields)}")
    thresholds = {key: _number(name, key, value) for key, value in tree.items()}
    policy = DEFAULT_POLICY._replace(**thresholds)
    if policy.constant_over > policy.constant_share:
        raise SettingsError(f"{name}: constant_over: is at most constant_share, or a finding closes as it opens")
    if policy.gold_watch > policy.gold_alarm:
        raise SettingsError(f"{name}: gold_watch: is at most gold_alarm, or nothing is watched before it is flagged")
    return policy


def _number(name: str, key: str, value: object) -> float:
    most = 1.0 if key in _SHARES else _MOST
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0.0 <= number <= most:
        raise SettingsError(f"{name}: {key}: is a number from 0 to {most:g}, got {value!r}")
    return number
