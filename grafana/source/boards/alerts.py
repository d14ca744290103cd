from grafana.source import links
from grafana.source.choices import JOB, QUEUES, VENDOR
from grafana.source.colours import NEUTRAL, any_is_wrong, high_is_wrong
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import RATE, Picking, or_none, or_zero, over, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.policy.declared import RATER_WEEKS, BudgetPolicy
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric

_pick = Picking("vendor", "queue")
_BUDGET = BudgetPolicy()
# Wrongly flagged raters that each judgment may cost, by the declared budget.
_A_JUDGMENT = _BUDGET.honest_ticketed_per_10000_rater_weeks / RATER_WEEKS / _BUDGET.judgments_per_rater_week


def board() -> Board:
    """What is firing, and whether the detectors keep their promise."""
    return Board(
        uid=links.ALERTS,
        title="Alerts and detectors",
        question="What is firing, and do the detectors flag as few honest people as they promise?",
        folder=Folder.QUALITY,
        variables=(JOB, VENDOR, QUEUES),
        links=(links.apart(links.CASES, "Cases, and how often detectors are right"),),
        rows=(
            Row("What is firing?", _FIRING),
            Row("Is the budget of wrongly flagged raters kept?", _SPENT),
            Row("Which detectors speak?", _DETECTORS),
        ),
    )


def _firing(severity: str) -> str:
    return or_zero(f'count(ALERTS{{alertstate="firing", severity="{severity}"}})')


def _lately(metric: Metric) -> str:
    """How many shortly before each moment, by detector."""
    return or_none(total(f"increase({_pick(metric)}[{RATE}])", "detector"), "detector")


def _allowed(window: str) -> str:
    return f"{_A_JUDGMENT:.3g} * {total(_pick(metrics.JUDGMENTS, window=window))}"


_FIRING = (
    stat(
        "Pages",
        "Alerts that wake somebody: the stream is at fault, or labels are spoilt faster than can wait.",
        Unit.COUNT,
        _firing("page"),
        steps=any_is_wrong(),
        width=3,
        height=8,
    ),
    stat(
        "Tickets",
        "Alerts for the desk in its hours.",
        Unit.COUNT,
        _firing("ticket"),
        steps=any_is_wrong("orange"),
        width=3,
        height=8,
    ),
    table(
        "Firing now",
        "The number of alerts of each name. The alert's message has the runbook; Watchdog always fires, and its "
        "absence is the alarm.",
        "alertname, severity, vendor, queue",
        (column("alerts", Unit.COUNT, 'count by (alertname, severity, vendor, queue) (ALERTS{alertstate="firing"})'),),
        width=10,
        height=8,
        links=(links.to_queue(), links.to_vendor()),
    ),
    lines(
        "Alerts over time",
        "Firing alerts by name. A comb is an alert that flickers: its rule needs work.",
        Unit.COUNT,
        [("{{alertname}}", 'count by (alertname) (ALERTS{alertstate="firing"})')],
        low=0,
        stacked=True,
        width=8,
    ),
)

_SPENT = (
    stat(
        "Raters who need review",
        "Raters with an open finding, counted by queue.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.FLAGGED_RATERS))),
        steps=NEUTRAL,
        width=5,
        height=8,
    ),
    stat(
        "Honest among them, at most",
        "Raters whom the budget allows to be flagged by chance, for all the judgments made so far: "
        f"{_BUDGET.honest_ticketed_per_10000_rater_weeks:g} in {RATER_WEEKS:,} rater-weeks of "
        f"{_BUDGET.judgments_per_rater_week:,} judgments by the default policy. It is a bound: the tests keep below "
        "it.",
        Unit.RATIO,
        _allowed("lifetime"),
        steps=NEUTRAL,
        decimals=2,
        width=5,
        height=8,
    ),
    stat(
        "Share of honest ones, at most",
        "The bound over the flagged raters. Near 0 nearly all findings have a reason; near 1 they might all be chance. "
        "How right they are is measured on decided cases: board Cases.",
        Unit.SHARE,
        f"clamp_max({over(_allowed('lifetime'), total(_pick(metrics.FLAGGED_RATERS)))}, 1)",
        steps=high_is_wrong("flagged_share"),
        decimals=1,
        width=5,
        height=8,
    ),
    lines(
        "Flagged raters and the bound",
        "The upper line are raters who need review, the lower one those whom the budget allows to be there by chance.",
        Unit.COUNT,
        [
            ("need review", or_zero(total(_pick(metrics.FLAGGED_RATERS)))),
            ("allowed by chance", _allowed("lifetime")),
        ],
        low=0,
        width=9,
    ),
)

_DETECTORS = (
    stat(
        "Switched off",
        "Detectors that the policy switches off in at least one queue. What they would have seen, nobody sees.",
        Unit.COUNT,
        f"sum(max by (detector) ({_pick(metrics.DETECTOR_MUTED)}))",
        steps=any_is_wrong("orange"),
        height=8,
    ),
    bars(
        "Open findings by detector",
        "What each detector says now. One that says much more than the others, in one queue, may not fit that queue: "
        "mute it there and look.",
        Unit.COUNT,
        [("{{detector}}", or_none(f"sort_desc({total(_pick(metrics.FINDINGS_OPEN), 'detector')})", "detector"))],
        low=0,
        width=7,
    ),
    lines(
        "Opened",
        "Findings opened shortly before each moment, by detector. The whole stream, whatever is chosen above.",
        Unit.COUNT,
        [("{{detector}}", _lately(metrics.FINDINGS_OPENED))],
        low=0,
        stacked=True,
        width=7,
    ),
    lines(
        "Closed",
        "Findings that closed shortly before: the evidence went, a known answer was corrected or a person decided. A "
        "detector whose findings close soon after they open is nervous.",
        Unit.COUNT,
        [("{{detector}}", _lately(metrics.FINDINGS_CLOSED))],
        low=0,
        width=6,
    ),
)
