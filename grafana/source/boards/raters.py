from collections.abc import Callable

from grafana.source import links
from grafana.source.choices import JOB, QUEUES, VENDOR
from grafana.source.colours import KNOWN, NEUTRAL, SUSPICION, any_is_wrong
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import RATE, Picking, one_each, or_none, or_zero, total
from grafana.source.spec import Board, Folder, Row, Target, Unit
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric

_pick = Picking("vendor", "queue")
_RATER = "rater, queue, vendor"
_SHOWN = 25  # raters without a finding
_SUSPICION = one_each(_pick(metrics.RATER_SUSPICION), _RATER)
_FOUND = f"max by ({_RATER}, detector, mode) ({_pick(metrics.RATER_SUSPECT)}) == 1"


def board() -> Board:
    """Triage: ranked, each with why."""
    return Board(
        uid=links.RATERS,
        title="Raters",
        question="Whose judgments can I not trust today, why, and how sure are we?",
        folder=Folder.RATERS,
        variables=(JOB, VENDOR, QUEUES),
        rows=(
            Row("How many?", _COUNTS),
            Row("Who needs review, and why?", _REVIEW),
            Row("Who comes next?", _NEXT),
        ),
    )


_COUNTS = (
    stat(
        "Need review",
        "Raters with an open finding, counted by queue. People decide; the finding only says what was seen.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.RATERS, state="suspect"))),
        steps=any_is_wrong("orange"),
        width=6,
    ),
    stat(
        "On watch",
        "Evidence that is worth a look and below the threshold that the declared budget asks for. Nothing follows.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.RATERS, state="watch"))),
        steps=NEUTRAL,
        width=6,
    ),
    stat(
        "In good standing",
        "Raters about whom enough is known and nothing is to be said.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.RATERS, state="ok"))),
        steps=NEUTRAL,
        width=6,
    ),
    stat(
        "Unknown",
        "Raters about whom too little is known yet. Unknown is neither good nor bad; Coverage says what is missing.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.RATERS, state="unknown"))),
        steps=NEUTRAL,
        width=6,
        links=(links.to_board(links.COVERAGE, "What is missing?"),),
    ),
)


def _columns(of: Callable[[str], str]) -> tuple[Target, ...]:
    """A rater's numbers of seven days; `of` restricts an expression to the raters of a table."""

    def measured(metric: Metric) -> str:
        return of(one_each(_pick(metric, window="7d"), _RATER))

    return (
        column("suspicion", Unit.RATIO, of(_SUSPICION), steps=SUSPICION, decimals=2),
        column("judgments", Unit.COUNT, measured(metrics.RATER_JUDGMENTS)),
        column("agreement", Unit.SHARE, measured(metrics.RATER_AGREEMENT), decimals=0),
        column("over chance", Unit.RATIO, measured(metrics.RATER_SKILL), decimals=2),
        column("95 % from", Unit.RATIO, measured(metrics.RATER_SKILL_LOW), decimals=2),
        column("to", Unit.RATIO, measured(metrics.RATER_SKILL_HIGH), decimals=2),
        column("known right", Unit.SHARE, measured(metrics.RATER_GOLD), steps=KNOWN, decimals=0),
        column("typical time", Unit.SECONDS, measured(metrics.RATER_DURATION), decimals=1),
    )


def _with_finding(expr: str) -> str:
    return f"({_FOUND}) * on ({_RATER}) group_left () {expr}"


def _without_finding(expr: str) -> str:
    return f"{expr} and on ({_RATER}) topk({_SHOWN}, {_SUSPICION} unless on ({_RATER}) ({_FOUND}))"


_REVIEW = (
    table(
        "Open findings",
        "A row a finding, the most suspicious rater first. `detector` says what was seen, `mode` whether a case "
        "follows (armed) or not (shadow). Suspicion is the probability that the accuracy lies below the midpoint of "
        "chance and usual: it ranks and decides nothing. Numbers are of seven days; agreement over chance with its "
        "95 % interval. Time is there to complete the picture, never a reason. Click a rater for all of it.",
        "rater, queue, vendor, detector, mode",
        _columns(_with_finding),
        links=(links.to_rater(), links.to_case(), links.to_queue(), links.to_vendor()),
        height=12,
    ),
    bars(
        "What was seen",
        "Open findings by what was seen, shadow and armed together.",
        Unit.COUNT,
        [("{{detector}}", or_none(f"sort_desc({total(_pick(metrics.FINDINGS_OPEN), 'detector')})", "detector"))],
        low=0,
        width=8,
    ),
    bars(
        "Where",
        "Raters who need review, by queue. A queue that stands out is looked at first: guideline, known answers, "
        "items.",
        Unit.COUNT,
        [("{{queue}}", or_none(f"sort_desc({total(_pick(metrics.FLAGGED_RATERS), 'queue')})", "queue"))],
        low=0,
        width=8,
    ),
    lines(
        "Findings opened",
        "Findings opened shortly before each moment, by what was seen. A burst in one queue points at the queue.",
        Unit.COUNT,
        [
            (
                "{{detector}}",
                or_none(total(f"increase({_pick(metrics.FINDINGS_OPENED)}[{RATE}])", "detector"), "detector"),
            )
        ],
        low=0,
        stacked=True,
        width=8,
    ),
)

_NEXT = (
    table(
        "Without a finding, the most suspicious first",
        "Raters whose evidence stays below the threshold. High suspicion here is a reason to look at some answers, not "
        "to act: among many careful raters some look unlucky. Raters who are still unknown are not listed.",
        "rater, queue, vendor",
        _columns(_without_finding),
        links=(links.to_rater(), links.to_queue(), links.to_vendor()),
        height=12,
    ),
)
