"""The table of windows that `rater` and `queue` share: a line a measure, a column a window."""

from collections.abc import Callable, Mapping

from rich import box
from rich.table import Table

from stream.commands.words import UNKNOWN, duration, percent, percent_interval, ratio_interval
from stream.quality.measures import Measures

_TITLES = {"last50": "last 50", "1h": "1 h", "24h": "24 h", "7d": "7 days", "lifetime": "in all"}


def windows_table(windows: Mapping[str, Measures], currency: str | None = None, *, costs: bool = True) -> Table:
    """Shares come with their 95 % interval; a dash is unknown. Lines that no window knows anything of are left out."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", min_width=22)
    for name in windows:
        table.add_column(_TITLES[name], justify="right")
    for heading, cell in [*_LINES, *(_cost_lines(currency) if costs else ())]:
        cells = [cell(measures) for measures in windows.values()]
        if set(cells) != {UNKNOWN}:
            table.add_row(heading, *cells)
    return table


Line = tuple[str, Callable[[Measures], str]]


def _cost_lines(currency: str | None) -> list[Line]:
    unit = f" {currency}" if currency else ""
    return [
        ("cost", lambda m: UNKNOWN if m.cost is None else f"{m.cost:,.2f}{unit}"),
        (
            "cost per correct answer",
            lambda m: UNKNOWN if m.cost_per_correct is None else f"{m.cost_per_correct:.4f}{unit}",
        ),
    ]


_LINES: list[Line] = [
    ("judgments", lambda m: f"{m.judgments:,}"),
    ("skipped, escalated", lambda m: f"{m.skipped:,}, {m.escalated:,}" if m.skipped + m.escalated else UNKNOWN),
    ("agreement with peers", lambda m: percent_interval(m.agreement)),
    ("expected by chance", lambda m: percent(m.expected_agreement)),
    ("agreement over chance", lambda m: ratio_interval(m.chance_corrected)),
    ("right on known answers", lambda m: percent_interval(m.gold_accuracy)),
    ("items with a known answer", lambda m: f"{m.gold_accuracy.n:,}" if m.gold_accuracy else UNKNOWN),
    ("overturned by auditors", lambda m: percent_interval(m.overturned)),
    ("typical time", lambda m: duration(m.typical_duration_ms)),
    ("fast answers", lambda m: percent(m.fast_share)),
    ("judgments an active hour", lambda m: _whole(m.judgments_per_active_hour)),
    ("same answer when asked again", lambda m: percent_interval(m.self_consistency)),
]


def mix_line(mix: Mapping[str, int]) -> str:
    """Labels by how often they were given: "fine 71 %, rude 20 %, threat 9 %"."""
    total = sum(mix.values())
    ordered = sorted(mix.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{label} {percent(count / total)}" for label, count in ordered) or "no answers"


def _whole(number: float | None) -> str:
    return UNKNOWN if number is None else f"{number:,.0f}"
