"""What a command asks of whoever keeps cases about raters: the port, and two that need no server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol


class Hold(NamedTuple):
    """Why nothing about a rater may be erased for now, in a sentence for a terminal."""

    why: str


class CaseHolder(Protocol):
    """The case service, as far as a person's own rights go. All methods may raise `Unavailable`."""

    def hold_on(self, rater_id: str) -> Hold | None:
        """An open case or a legal hold about the rater."""

    def erase(self, rater_id: str, *, by: str, reason: str) -> list[str]:
        """Erases what it holds, its audit chain staying valid; answers, in sentences, what has to stay."""

    def tell(self, rater_id: str) -> dict[str, Any]:
        """All that it holds of the rater, as values fit for JSON."""


class NoCases:
    """Of a deployment without a case service."""

    def hold_on(self, rater_id: str) -> Hold | None:  # noqa: ARG002 (the port's argument)
        """Nothing is ever held."""
        return None

    def erase(self, rater_id: str, *, by: str, reason: str) -> list[str]:  # noqa: ARG002 (the port's arguments)
        """There is nothing to erase."""
        return []

    def tell(self, rater_id: str) -> dict[str, Any]:  # noqa: ARG002 (the port's argument)
        """There is nothing to tell."""
        return {}


@dataclass
class CasesInMemory:
    """Cases and holds by pseudonym, for tests of what asks them; `stays` is what erasing leaves behind."""

    holds: dict[str, Hold] = field(default_factory=dict)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    stays: list[str] = field(default_factory=list)
    erased: list[Mapping[str, str]] = field(default_factory=list)

    def hold_on(self, rater_id: str) -> Hold | None:
        """The hold that was put in."""
        return self.holds.get(rater_id)

    def erase(self, rater_id: str, *, by: str, reason: str) -> list[str]:
        """Drops the rater's cases, and remembers that it was asked to."""
        self.cases.pop(rater_id, None)
        self.erased.append({"rater_id": rater_id, "by": by, "reason": reason})
        return self.stays

    def tell(self, rater_id: str) -> dict[str, Any]:
        """The rater's cases."""
        return self.cases.get(rater_id, {})
