from alerts.escalation import metrics
from grafana.source import links
from grafana.source.colours import any_is_wrong, high_is_wrong, low_is_wrong
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, total
from grafana.source.spec import Board, Folder, Row, Unit, Variable
from stream.telemetry.metrics import Metric

_pick = Picking()
# The case service's own: another job than the workers'.
_JOB = Variable("job", "Job", f"label_values({metrics.DATABASE_UP.name}, job)", everything=".+")


def board() -> Board:
    """Whether somebody looks, whether messages arrive, and whether what detectors say stands."""
    return Board(
        uid=links.CASES,
        title="Cases",
        question="Is somebody looking, do messages arrive, and are the detectors right?",
        folder=Folder.QUALITY,
        variables=(_JOB,),
        rows=(
            Row("Does anything wait for us?", _WAITING),
            Row("How far are the conversations?", _STATES),
            Row("Are the detectors right?", _RIGHT),
        ),
    )


def _by_verdict(verdict: str) -> str:
    return total(_pick(metrics.DETECTOR_DECIDED, verdict=verdict), "detector")


def _of(metric: Metric, **matchers: str) -> str:
    """Several services read one database: whoever tells, tells the same."""
    by = ", ".join(label for label in metric.labels if label not in matchers)
    return f"max{f' by ({by})' if by else ''} ({_pick(metric, **matchers)})"


_WAITING = (
    stat(
        "Oldest open case, days",
        "How long the oldest case has waited that nobody has taken yet. 0 while there is none.",
        Unit.RATIO,
        f"{_of(metrics.CASES_OLDEST, state='open')} / 86400",
        steps=high_is_wrong("case_waiting_days"),
        decimals=1,
        width=5,
        height=6,
    ),
    stat(
        "Replies that are late",
        "Cases with an appeal that a person should have replied to by now.",
        Unit.COUNT,
        _of(metrics.CASES_LATE, due="reply"),
        steps=any_is_wrong(),
        width=5,
        height=6,
    ),
    stat(
        "Vendors out of reach",
        "Vendors whom no message reaches. Their deadlines stand still, so nobody is late for it.",
        Unit.COUNT,
        _of(metrics.VENDORS_UNREACHABLE),
        steps=any_is_wrong("orange"),
        width=4,
        height=6,
    ),
    bars(
        "Findings that are no case yet",
        "Why: shadow (not armed), watch (the detector was wrong too often), storm (the queue is looked at first), cap "
        "(the vendor has as many new cases today as can be answered with care).",
        Unit.COUNT,
        [("{{why}}", f"sort_desc({_of(metrics.FINDINGS_WAITING)})")],
        low=0,
        width=5,
    ),
    bars(
        "Messages",
        "By way and state. Dead ones were tried for a day; the desk lists them and sends them again.",
        Unit.COUNT,
        [("{{channel}} {{state}}", f"sort_desc({_of(metrics.DELIVERIES)})")],
        low=0,
        width=5,
    ),
)

_STATES = (
    lines(
        "Cases by state",
        "Open and triaged wait for us, notified and acknowledged for the vendor, answered for a decision. A layer that "
        "only grows is where cases get stuck.",
        Unit.COUNT,
        [("{{state}}", total(_of(metrics.CASES), "state"))],
        low=0,
        stacked=True,
        width=12,
    ),
    bars(
        "Past their deadline",
        "By what is due: acknowledge and answer are the vendor's, reply is ours.",
        Unit.COUNT,
        [("{{due}}", f"sort_desc({_of(metrics.CASES_LATE)})")],
        low=0,
        width=6,
    ),
    stat(
        "Decisions on their way",
        "Verdicts, audits and corrected answers that Kafka has not acknowledged. More than a moment above 0: raters "
        "are not scored again.",
        Unit.COUNT,
        _of(metrics.DECISIONS_OWED),
        steps=any_is_wrong("orange"),
        width=6,
        height=8,
    ),
)

_RIGHT = (
    table(
        "Each detector, by what people decided",
        "Precision is the share of decided findings that were confirmed; at least so much it is with 90 % confidence. "
        "Silence of a vendor and findings that fell with a wrong known answer count for neither. One that only watches "
        "opens no case: of 20 and more decided findings its lower end lies below a half.",
        "detector",
        (
            column("confirmed", Unit.COUNT, _by_verdict("confirmed")),
            column("cleared", Unit.COUNT, _by_verdict("cleared")),
            column("precision", Unit.SHARE, _of(metrics.DETECTOR_PRECISION), decimals=0),
            column(
                "at least",
                Unit.SHARE,
                _of(metrics.DETECTOR_PRECISION_LOW),
                steps=low_is_wrong("precision_low"),
                decimals=0,
            ),
            column("only watches", Unit.COUNT, _of(metrics.DETECTOR_WATCHES), steps=any_is_wrong("orange")),
        ),
        width=14,
        height=8,
    ),
    bars(
        "Judged again, blindly",
        "Share of raters whose answers were unusual to somebody who did not know whose they were: those that a "
        "detector flagged, and others of the same queues. Near each other, the detector finds nothing.",
        Unit.SHARE,
        [("{{detector}} {{crowd}}", f"sort_desc({_of(metrics.DETECTOR_BLIND)})")],
        low=0,
        high=1.0,
        width=10,
    ),
)
