"""A case of promtool: what Prometheus has seen, when it is asked, and the alerts that fire then, word by word."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fired:
    """A firing alert: its own labels, and what it says."""

    summary: str
    description: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """`says` is what it shows. A silent case mostly has a neighbour that fires, so that it is silent for its reason."""

    alert: str
    says: str
    series: Mapping[str, str]
    at: str
    fires: tuple[Fired, ...] = ()
    interval: str = "1m"

    @property
    def silent(self) -> bool:
        """Whether it is about an alert that must not fire."""
        return "silent" in self.says
