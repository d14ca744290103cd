"""The thresholds of rules and boards, read from the one file that names each with its unit and its reason."""

from pathlib import Path

import msgspec
from msgspec import Struct

from stream.toml_file import fault, parse_toml, read_text

FILE = Path(__file__).with_name("thresholds.toml")
_CLOCK_UNITS = {"seconds": "s", "minutes": "m", "hours": "h", "days": "d"}
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Threshold(Struct, frozen=True, forbid_unknown_fields=True):
    """One number: in which unit, and why it is that and no other."""

    value: int | float
    unit: str
    why: str

    def __str__(self) -> str:
        """As PromQL writes it."""
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)

    @property
    def duration(self) -> str:
        """As Prometheus writes a duration. Raises KeyError for a number that is none."""
        return f"{self.value}{_CLOCK_UNITS[self.unit]}"

    @property
    def seconds(self) -> float:
        """A duration as a series in seconds is held against. Raises KeyError for a number that is none."""
        return self.value * _SECONDS[_CLOCK_UNITS[self.unit]]


class Thresholds:
    """All of them by name; remembers which were asked for, so that a check finds those that nobody uses."""

    def __init__(self, known: dict[str, Threshold]) -> None:
        self._known = known
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Threshold:
        """Raises KeyError for a name that the file does not have."""
        self.used.add(name)
        return self._known[name]

    @property
    def names(self) -> frozenset[str]:
        """What the file names."""
        return frozenset(self._known)

    def with_values(self, **values: float) -> "Thresholds":
        """The same with other numbers, for a demo or a test."""
        changed = {name: msgspec.structs.replace(self._known[name], value=value) for name, value in values.items()}
        return Thresholds(self._known | changed)


def load_thresholds(path: Path = FILE) -> Thresholds:
    """Reads the file; raises SettingsError that names file and key."""
    found: dict[str, Threshold] = {}
    for name, table in parse_toml(read_text(path), str(path)).items():
        try:
            found[name] = msgspec.convert(table, Threshold)
        except msgspec.ValidationError as error:
            raise fault(str(path), name, f"{error}; write {{ value = …, unit = …, why = … }}") from None
        if not found[name].why.strip():
            raise fault(str(path), name, "has no reason: say why it is this number")
    return Thresholds(found)
