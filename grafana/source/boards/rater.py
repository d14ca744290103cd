from grafana.source import links
from grafana.source.choices import JOB, ONE_RATER
from grafana.source.colours import GOOD, LOOK, SUSPICION, WRONG
from grafana.source.measures import skill, typical_seconds
from grafana.source.panels import column, lines, stat, table
from grafana.source.queries import Picking, one_each, or_zero
from grafana.source.spec import Board, Folder, Link, Row, Target, Unit
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric

_pick = Picking("rater")
_everybody = Picking()
_PLACE = "queue, vendor"
_STATES = ((1.0, "in good standing", GOOD), (2.0, "on watch", LOOK), (3.0, "needs review", WRONG))


def board() -> Board:
    """One pseudonym in all its queues."""
    return Board(
        uid=links.RATER,
        title="Rater",
        question="What is known of this rater, how sure is it, and since when?",
        folder=Folder.RATERS,
        variables=(JOB, ONE_RATER),
        links=(
            Link("Cases at the desk", "${desk}/cases?rater=$rater"),
            links.beside(links.RATERS, "All raters"),
        ),
        rows=(
            Row("What is known?", _STATE),
            Row("Since when?", _SINCE),
            Row("What stands beside it, and is never a reason by itself?", _BESIDE),
        ),
    )


def _last(metric: Metric, window: str) -> str:
    return one_each(_pick(metric, window=window), _PLACE)


def _here() -> str:
    """The queues that this rater works in."""
    return one_each(_pick(metrics.RATER_SUSPICION), "queue")


def _columns(window: str) -> tuple[Target, ...]:
    return (
        column("judgments", Unit.COUNT, _last(metrics.RATER_JUDGMENTS, window)),
        column("agreement", Unit.SHARE, _last(metrics.RATER_AGREEMENT, window), decimals=0),
        column("over chance", Unit.RATIO, _last(metrics.RATER_SKILL, window), decimals=2),
        column("95 % from", Unit.RATIO, _last(metrics.RATER_SKILL_LOW, window), decimals=2),
        column("to", Unit.RATIO, _last(metrics.RATER_SKILL_HIGH, window), decimals=2),
        column("known right", Unit.SHARE, _last(metrics.RATER_GOLD, window), decimals=0),
        column("from", Unit.SHARE, _last(metrics.RATER_GOLD_LOW, window), decimals=0),
        column("up to", Unit.SHARE, _last(metrics.RATER_GOLD_HIGH, window), decimals=0),
    )


_STATE = (
    stat(
        "Standing",
        "Per queue: in good standing, on watch (nothing follows), or needs review. Absent while too little is known.",
        Unit.RATIO,
        [("{{queue}}", one_each(_pick(metrics.RATER_STATE), "queue"))],
        words=_STATES,
        width=6,
    ),
    stat(
        "Suspicion",
        "Probability, per queue, that the accuracy lies below the midpoint of chance and what is usual there. It ranks "
        "and decides nothing.",
        Unit.RATIO,
        [("{{queue}}", one_each(_pick(metrics.RATER_SUSPICION), "queue"))],
        steps=SUSPICION,
        decimals=2,
        width=6,
    ),
    table(
        "Findings, open and lately closed",
        "1 is open, 0 was closed within the last two hours. Shadow means that no case follows. The finding itself, "
        "with its evidence, is at the case desk.",
        "queue, detector, mode",
        (
            column(
                "open",
                Unit.COUNT,
                or_zero(f"max by (queue, detector, mode) ({_pick(metrics.RATER_SUSPECT)})"),
            ),
        ),
        links=(links.to_queue(), links.to_board(links.ALERTS, "Alerts and budget", "detector")),
        width=12,
        height=4,
    ),
    table(
        "The latest 50 judgments",
        "A row a queue. Agreement with peers, the same over chance with its 95 % interval, and known answers with "
        "theirs. An interval that reaches what is usual says: nothing shown.",
        "queue, vendor",
        _columns("last50"),
        links=(links.to_queue(), links.to_vendor()),
        width=12,
        height=5,
    ),
    table(
        "Seven days",
        "The same over seven days: steadier and slower.",
        "queue, vendor",
        _columns("7d"),
        links=(links.to_queue(), links.to_vendor()),
        width=12,
        height=5,
    ),
)

_SINCE = (
    lines(
        "Agreement over chance of the latest 50, with its interval",
        "The rater's line between the ends of its 95 % interval, and dashed what everybody has in that queue. Only "
        "where the whole band stays below the dashed line is there something to look at.",
        Unit.RATIO,
        [
            ("{{queue}}", one_each(_pick(metrics.RATER_SKILL, window="last50"), "queue")),
            ("{{queue}}, at least", one_each(_pick(metrics.RATER_SKILL_LOW, window="last50"), "queue")),
            ("{{queue}}, at most", one_each(_pick(metrics.RATER_SKILL_HIGH, window="last50"), "queue")),
            ("{{queue}}, everybody", f"({skill(_everybody, '24h', 'queue')}) and on (queue) {_here()}"),
        ],
        high=1.0,
    ),
    lines(
        "Right on known answers, 7 days",
        "Share right with the ends of its 95 % interval. With few known answers the band is wide and says little.",
        Unit.SHARE,
        [
            ("{{queue}}", one_each(_pick(metrics.RATER_GOLD, window="7d"), "queue")),
            ("{{queue}}, at least", one_each(_pick(metrics.RATER_GOLD_LOW, window="7d"), "queue")),
            ("{{queue}}, at most", one_each(_pick(metrics.RATER_GOLD_HIGH, window="7d"), "queue")),
        ],
        low=0,
        high=1.0,
    ),
)

_BESIDE = (
    lines(
        "Suspicion over time",
        "When it rose. A jump after few judgments is mostly chance; a slow rise over hundreds is not.",
        Unit.RATIO,
        [("{{queue}}", one_each(_pick(metrics.RATER_SUSPICION), "queue"))],
        steps=SUSPICION,
        low=0,
        high=1.0,
        width=8,
    ),
    lines(
        "Typical time on an item",
        "The rater's latest 50 beside everybody's last 24 hours in that queue. Fast is not wrong.",
        Unit.SECONDS,
        [
            ("{{queue}}", one_each(_pick(metrics.RATER_DURATION, window="last50"), "queue")),
            ("{{queue}}, everybody", f"({typical_seconds(_everybody, '24h', 'queue')}) and on (queue) {_here()}"),
        ],
        low=0,
        width=8,
    ),
    lines(
        "Judgments of seven days",
        "How much work the numbers rest on.",
        Unit.COUNT,
        [("{{queue}}", one_each(_pick(metrics.RATER_JUDGMENTS, window="7d"), "queue"))],
        low=0,
        width=8,
    ),
)
