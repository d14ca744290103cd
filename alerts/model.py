"""What a rule file is made of, before it is text."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["page", "ticket", "info"]
Kind = Literal["rater", "queue", "vendor", "labels", "care", "pipeline", "watchdog"]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule. Links to its runbook and board are added when it is written, never typed.

    `summary` is what leaves the team: pseudonym, queue, vendor and nothing more. `description` holds the numbers and
    goes out only where a deployment says so. Both may use the alert's labels as {{ $labels.NAME }}.
    """

    name: str
    severity: Severity
    kind: Kind
    expr: str
    summary: str
    description: str
    hold: str = "0s"  # so long the condition has to last: Prometheus's `for`
    keep: str = "0s"  # so long it fires on after the condition went: Prometheus's `keep_firing_for`
    board: str = ""  # the board's name where it is not that of the kind
    about: tuple[str, ...] = ()  # labels that the links carry on: what the board is opened for


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule: a name of the form level:metric:operation, and what it stands for."""

    name: str
    expr: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after another, written to a file of the group's name."""

    name: str
    why: str  # a comment at the top of the file
    rules: tuple[Recording | Alert, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Its alerting rules."""
        return tuple(rule for rule in self.rules if isinstance(rule, Alert))
