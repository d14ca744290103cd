from grafana.source import links
from grafana.source.choices import JOB, ONE_VENDOR, QUEUES
from grafana.source.colours import FLAGGED, KNOWN, NEUTRAL, OVERTURNED, SKILL
from grafana.source.measures import flagged_share, known_right, overturned, skill, typical_seconds, wilson
from grafana.source.panels import column, lines, stat, table
from grafana.source.queries import Picking, over, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics
from stream.telemetry.metrics import Metric

_pick = Picking("vendor", "queue")


def _sum(metric: Metric, by: str = "") -> str:
    return total(_pick(metric, window="7d"), by)


def _cost(by: str = "") -> str:
    return over(_sum(metrics.COST, by), _sum(metrics.COSTED, by))


def board() -> Board:
    """One vendor, for our own eyes: its numbers are shown to it at the desk, without anybody else's."""
    return Board(
        uid=links.VENDOR,
        title="Vendor scorecard",
        question="What do we get from this vendor, how sure is that, and what does it cost?",
        folder=Folder.QUALITY,
        variables=(JOB, ONE_VENDOR, QUEUES),
        rows=(
            Row("Is the work as agreed? Random audits and known answers only", _CONTRACT),
            Row("In which queues?", _BY_QUEUE),
            Row("Is it changing?", _TREND),
        ),
    )


_CONTRACT = (
    stat(
        "Overturned, 7 d",
        "Share of this vendor's judgments drawn at random that an auditor decided otherwise. With its interval the "
        "number that a contract may rest on.",
        Unit.SHARE,
        overturned(_pick, "7d"),
        steps=OVERTURNED,
        decimals=1,
    ),
    stat(
        "at least",
        "Lower end of Wilson's 95 % interval of the share overturned: only when it lies above the contract's bound is "
        "the work below it beyond chance.",
        Unit.SHARE,
        wilson(_sum(metrics.OVERTURNED_RANDOM), _sum(metrics.AUDITED_RANDOM), upper=False),
        steps=OVERTURNED,
        decimals=1,
        width=3,
    ),
    stat(
        "at most",
        "Upper end of the same interval. Wide means that too few judgments were audited to say much.",
        Unit.SHARE,
        wilson(_sum(metrics.OVERTURNED_RANDOM), _sum(metrics.AUDITED_RANDOM), upper=True),
        steps=NEUTRAL,
        decimals=1,
        width=3,
    ),
    stat(
        "Audited, 7 d",
        "What the share rests on. Below 200 no conclusion on a contract is drawn.",
        Unit.COUNT,
        _sum(metrics.AUDITED_RANDOM),
        steps=NEUTRAL,
        width=4,
    ),
    stat(
        "Known right, 7 d",
        "Share right on items with a known answer, and how many such answers were given.",
        Unit.SHARE,
        known_right(_pick, "7d"),
        steps=KNOWN,
        decimals=1,
    ),
    stat(
        "Known given, 7 d",
        "What the share on the left rests on.",
        Unit.COUNT,
        _sum(metrics.GOLD),
        steps=NEUTRAL,
        width=3,
    ),
    stat(
        "Flagged",
        "Raters with an open finding over raters active within 24 hours. A finding is no verdict.",
        Unit.SHARE,
        flagged_share(_pick),
        steps=FLAGGED,
        decimals=1,
        width=3,
        links=(links.to_board(links.RATERS, "Who?", vendor="$vendor"),),
    ),
)

_BY_QUEUE = (
    table(
        "By queue, 7 days",
        "A row a queue. `agreed` is the accuracy of the contract. The interval is Wilson's at 95 % of the share right "
        "on known answers. Cost is in the contract's currency; a correct judgment costs the price divided by the share "
        "right. Empty is unknown.",
        "queue",
        (
            column("judged", Unit.COUNT, _sum(metrics.JUDGMENTS, "queue")),
            column("active raters", Unit.COUNT, _sum(metrics.ACTIVE_RATERS, "queue")),
            column("over chance", Unit.RATIO, skill(_pick, "7d", "queue"), steps=SKILL, decimals=2),
            column("agreed", Unit.SHARE, f"max by (queue) ({_pick(metrics.CONTRACT_TARGET)})", decimals=1),
            column("known right", Unit.SHARE, known_right(_pick, "7d", "queue"), steps=KNOWN, decimals=1),
            column(
                "95 % from",
                Unit.SHARE,
                wilson(_sum(metrics.GOLD_RIGHT, "queue"), _sum(metrics.GOLD, "queue"), upper=False),
                decimals=1,
            ),
            column(
                "to",
                Unit.SHARE,
                wilson(_sum(metrics.GOLD_RIGHT, "queue"), _sum(metrics.GOLD, "queue"), upper=True),
                decimals=1,
            ),
            column("flagged", Unit.SHARE, flagged_share(_pick, "queue"), steps=FLAGGED, decimals=1),
            column("typical time", Unit.SECONDS, typical_seconds(_pick, "7d", "queue"), decimals=1),
            column("a judgment costs", Unit.RATIO, _cost("queue"), decimals=4),
            column(
                "a correct one",
                Unit.RATIO,
                over(f"({_cost('queue')})", f"({known_right(_pick, '7d', 'queue')})"),
                decimals=4,
            ),
        ),
        links=(links.to_queue(),),
        sorted_by="judged",
        height=9,
    ),
)

_TREND = (
    lines(
        "Right on known answers, 24 h",
        "Over the day before each moment, a line a queue. A step in one queue points at the queue, one in all of them "
        "at the vendor.",
        Unit.SHARE,
        [("{{queue}}", known_right(_pick, "24h", "queue"))],
        steps=KNOWN,
        high=1.0,
        width=8,
    ),
    lines(
        "Judged in the hour before",
        "Answered judgments of the hour before each moment. Compare with the same hour of another week.",
        Unit.COUNT,
        [("{{queue}}", total(_pick(metrics.JUDGMENTS, window="1h"), "queue"))],
        low=0,
        stacked=True,
        width=8,
    ),
    lines(
        "Cost of a judgment, 7 d",
        "In the contract's currency, over seven days before each moment. It moves with the mix of queues.",
        Unit.RATIO,
        [("{{queue}}", _cost("queue"))],
        low=0,
        width=8,
    ),
)
