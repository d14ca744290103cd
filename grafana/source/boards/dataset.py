from grafana.source import links
from grafana.source.choices import JOB, QUEUES, VENDOR
from grafana.source.colours import NEUTRAL, OVERTURNED, SKILL, any_is_wrong, high_is_wrong, low_is_wrong
from grafana.source.measures import known_right, overturned, peers, skill, wilson
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, counted, or_zero, over, quotient, total
from grafana.source.spec import Board, Folder, Row, Unit
from grafana.source.thresholds import threshold
from stream.telemetry import metrics

_pick = Picking("vendor", "queue")
_MAJORITY = low_is_wrong("majority_accuracy_low")


def _majority(by: str = "") -> str:
    """The chance that two of three independent answers, each right with the share of known answers, are right."""
    right = known_right(_pick, "7d", by)
    return f"3 * ({right}) ^ 2 - 2 * ({right}) ^ 3"


def _lonely(by: str = "") -> str:
    return f"1 - ({quotient(_pick(metrics.SCORED, window='7d'), _pick(metrics.JUDGMENTS, window='7d'), by)})"


def _at_stake(by: str = "", window: str = "7d") -> str:
    everything = _pick(metrics.JUDGMENTS, window=window)
    return over(counted(_pick(metrics.FLAGGED, window=window), everything, by), total(everything, by))


def _audit_end(*, upper: bool) -> str:
    part, whole = (
        total(_pick(metric, window="7d"), "queue") for metric in (metrics.OVERTURNED_RANDOM, metrics.AUDITED_RANDOM)
    )
    return wilson(part, whole, upper=upper)


def board() -> Board:
    """Whether the labels can be trusted, whoever made them."""
    return Board(
        uid=links.DATASET,
        title="Dataset",
        question="Can the labels be trusted, and what do they rest on?",
        folder=Folder.QUALITY,
        variables=(JOB, VENDOR, QUEUES),
        rows=(
            Row("Can the labels be trusted?", _TRUST),
            Row("Which queues?", _QUEUES),
            Row("Is it getting better?", _TREND),
        ),
    )


_TRUST = (
    stat(
        "Over chance, 7 d",
        "Reads like Krippendorff's alpha: from 0.80 on conclusions can rest on the labels, from 0.667 on tentative "
        "ones, below the guideline needs work. All chosen queues together; the table below has each.",
        Unit.RATIO,
        skill(_pick, "7d"),
        steps=SKILL,
        decimals=2,
    ),
    stat(
        "Queues below bound",
        "Queues whose agreement over chance does not even allow tentative conclusions.",
        Unit.COUNT,
        or_zero(f"count({skill(_pick, '7d', 'queue')} < {threshold('skill_tentative')})"),
        steps=any_is_wrong(),
    ),
    stat(
        "Majority of 3 right",
        "Expected accuracy of the majority of three answers, from the accuracy on known answers, if people erred "
        "independently and only two labels competed. Shared misreadings make it worse, more labels better.",
        Unit.SHARE,
        _majority(),
        steps=_MAJORITY,
        decimals=1,
    ),
    stat(
        "Overturned, 7 d",
        "Share of judgments drawn at random that an auditor decided otherwise: the plainest measure of error, with few "
        "judgments behind it.",
        Unit.SHARE,
        overturned(_pick, "7d"),
        steps=OVERTURNED,
        decimals=1,
    ),
    stat(
        "By flagged, 7 d",
        "Share of judgments made by raters who have an open finding now. Their labels count in every consensus until "
        "someone decides.",
        Unit.SHARE,
        _at_stake(),
        steps=high_is_wrong("flagged_judgments_share"),
        decimals=1,
        links=(links.to_board(links.RATERS, "Who?"),),
    ),
    stat(
        "One person only, 7 d",
        "Share of judgments without any peer: these labels rest on one person.",
        Unit.SHARE,
        _lonely(),
        steps=NEUTRAL,
        decimals=1,
    ),
)

_QUEUES = (
    table(
        "What the labels of each queue rest on, 7 days",
        "A row a queue. `audited` is the number of judgments that auditors drew at random; the interval beside it is "
        "Wilson's at 95 % of the share overturned. Empty is unknown.",
        "queue",
        (
            column("judged", Unit.COUNT, total(_pick(metrics.JUDGMENTS, window="7d"), "queue")),
            column("over chance", Unit.RATIO, skill(_pick, "7d", "queue"), steps=SKILL, decimals=2),
            column("peers", Unit.RATIO, peers(_pick, "7d", "queue"), decimals=1),
            column("one person", Unit.SHARE, _lonely("queue"), decimals=1),
            column("majority of 3", Unit.SHARE, _majority("queue"), steps=_MAJORITY, decimals=1),
            column(
                "by flagged", Unit.SHARE, _at_stake("queue"), steps=high_is_wrong("flagged_judgments_share"), decimals=1
            ),
            column("audited", Unit.COUNT, total(_pick(metrics.AUDITED_RANDOM, window="7d"), "queue")),
            column("overturned", Unit.SHARE, overturned(_pick, "7d", "queue"), steps=OVERTURNED, decimals=1),
            column("95 % from", Unit.SHARE, _audit_end(upper=False), decimals=1),
            column("to", Unit.SHARE, _audit_end(upper=True), decimals=1),
        ),
        links=(links.to_queue(),),
        sorted_by="judged",
        height=9,
    ),
)

_TREND = (
    lines(
        "Agreement over chance, 24 h",
        "Over the day before each moment, a line a queue, with the bounds for conclusions and for tentative ones.",
        Unit.RATIO,
        [("{{queue}}", skill(_pick, "24h", "queue"))],
        steps=SKILL,
        high=1.0,
        width=9,
    ),
    lines(
        "Made by flagged raters, 24 h",
        "Share of the day's judgments made by raters who had an open finding at that moment.",
        Unit.SHARE,
        [("{{queue}}", _at_stake("queue", "24h"))],
        steps=high_is_wrong("flagged_judgments_share"),
        low=0,
        width=8,
    ),
    bars(
        "Answers given, 24 h",
        "How often each label was given. A label that nobody gives, or that nearly all answers are, makes agreement "
        "cheap and says little about raters.",
        Unit.COUNT,
        [
            (
                "{{queue}}: {{label}}",
                f"sort_desc(topk(20, {total(_pick(metrics.ANSWERS, window='24h'), 'queue, label')}))",
            )
        ],
        low=0,
        width=7,
    ),
)
