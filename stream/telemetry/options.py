"""How much of the raters /metrics shows, and how long."""

from dataclasses import dataclass
from typing import Literal, Protocol

from stream.quality.windows import Window

RaterSeries = Literal["findings", "all", "none"]


class TelemetrySettings(Protocol):
    """What telemetry takes from the deployment's settings."""

    @property
    def metrics_host(self) -> str: ...
    @property
    def metrics_port(self) -> int: ...
    @property
    def rater_series(self) -> RaterSeries: ...
    @property
    def rater_series_cap(self) -> int: ...


@dataclass(frozen=True, slots=True)
class BoardOptions:
    """The rest of the board's choices, with their reasons."""

    worst_per_queue: int = 20  # in mode "findings": so many get series without a finding
    windows: tuple[Window, ...] = (Window.LAST_50, Window.WEEK)  # of a rater's measures: the recent and the steady one
    counted: tuple[Window, ...] = (
        Window.HOUR,
        Window.DAY,
    )  # of a rater's judgments only
    cleared_for_s: int = 7_200  # a closed finding exports 0 for so long: the rules look back this far
    handover_s: int = 60  # a finding of a shard that left is exported as it was, until its new owner is scraped
    exposure_near_s: int = 3 * 3600  # of sensitive content in 24 h: product.md's warning; a physician sets it anew
    exposure_over_s: int = 4 * 3600  # a company's public promise, not a health limit
    rest: float = 99.0  # after a rendering the board rests this many times as long: it takes some 1 % of a core
    rest_least_s: float = 1.0
    rest_most_s: float = 15.0
