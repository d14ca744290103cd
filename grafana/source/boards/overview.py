from grafana.source import links
from grafana.source.choices import JOB, QUEUE, VENDOR
from grafana.source.colours import FLAGGED, KNOWN, OVERTURNED, SKILL, any_is_wrong, high_is_wrong
from grafana.source.measures import flagged, flagged_share, known_right, overturned, skill
from grafana.source.panels import column, lines, stat, table
from grafana.source.queries import Picking, or_none, or_zero, over, quantile, rate, total
from grafana.source.spec import Board, Folder, Row, Unit
from grafana.source.thresholds import threshold
from stream.telemetry import metrics

_pick = Picking("vendor", "queue")
_LOW = f"{skill(_pick, '24h', 'queue')} < {threshold('skill_tentative')}"
_MUTE = f"sum ({_pick(metrics.UNKNOWN_RATERS, reason='no_peers_no_gold')})"


def board() -> Board:
    """The first look of the day."""
    return Board(
        uid=links.OVERVIEW,
        title="Overview",
        question="Is anything wrong now, and where?",
        folder=Folder.QUALITY,
        variables=(JOB, VENDOR, QUEUE),
        rows=(
            Row("Is anything wrong now?", _NOW),
            Row("Where?", _WHERE),
            Row("Since when?", _SINCE),
        ),
    )


_NOW = (
    stat(
        "Raters who need review",
        "Raters with at least one open finding, counted by queue. A finding is a statement about answers, not about a "
        "person's motives; click to see who and why.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.FLAGGED_RATERS))),
        steps=any_is_wrong("orange"),
        links=(links.to_board(links.RATERS, "Who, and why"),),
    ),
    stat(
        "Flagged, of the active",
        "Raters with an open finding over raters active within 24 hours. From the storm guard's bound on, suspect the "
        "guideline or the known answers of a queue before its raters.",
        Unit.SHARE,
        flagged_share(_pick),
        steps=FLAGGED,
        decimals=1,
    ),
    stat(
        "Queues that disagree",
        "Queues whose chance-corrected agreement of the last 24 hours lies below the bound for tentative conclusions: "
        "their guideline needs work first.",
        Unit.COUNT,
        or_zero(f"count({_LOW})"),
        steps=any_is_wrong(),
        links=(links.to_board(links.DATASET, "Can the labels be trusted?"),),
    ),
    stat(
        "Known right, 24 h",
        "Share of answers that were right on items with a known answer, all raters together. It falls for wrong known "
        "answers as well as for careless raters.",
        Unit.SHARE,
        known_right(_pick, "24h"),
        steps=KNOWN,
        decimals=1,
    ),
    stat(
        "Cannot be judged",
        "Share of raters without any peer and any known answer: nothing can be said about them, good or bad.",
        Unit.SHARE,
        or_zero(over(_MUTE, total(_pick(metrics.RATERS)))),
        steps=high_is_wrong("unjudgeable_share"),
        decimals=1,
        links=(links.to_board(links.COVERAGE, "How many can be judged?"),),
    ),
    stat(
        "Latency, 99 %",
        "99 of 100 judgments show in these numbers within this time of their arrival in Kafka. The vendor and queue "
        "above do not restrict it.",
        Unit.SECONDS,
        quantile(0.99, _pick(metrics.APPLIED_LATENCY, "_bucket", topic="outcomes")),
        steps=high_is_wrong("latency_seconds", "latency_seconds_high"),
        links=(links.to_board(links.PIPELINE, "The stream itself"),),
    ),
)

_WHERE = (
    table(
        "Queues",
        "A row a queue, the lowest agreement last. Agreement is chance-corrected: 1 perfect, 0 what the label mix "
        "alone gives. An empty cell is unknown, not 0. Click a queue for all about it.",
        "queue",
        (
            column("judged, 24 h", Unit.COUNT, total(_pick(metrics.JUDGMENTS, window="24h"), "queue")),
            column("active raters", Unit.COUNT, total(_pick(metrics.ACTIVE_RATERS, window="24h"), "queue")),
            column("need review", Unit.COUNT, flagged(_pick, "queue")),
            column("flagged", Unit.SHARE, flagged_share(_pick, "queue"), steps=FLAGGED, decimals=1),
            column("over chance", Unit.RATIO, skill(_pick, "24h", "queue"), steps=SKILL, decimals=2),
            column("known right", Unit.SHARE, known_right(_pick, "24h", "queue"), steps=KNOWN, decimals=1),
            column("overturned, 7 d", Unit.SHARE, overturned(_pick, "7d", "queue"), steps=OVERTURNED, decimals=1),
        ),
        links=(links.to_queue(),),
        sorted_by="over chance",
        width=13,
        height=9,
    ),
    table(
        "Vendors",
        "The same by vendor, over the chosen queues. Vendors work on different queues: hold them against each other "
        "on the board of one queue only.",
        "vendor",
        (
            column("judged, 24 h", Unit.COUNT, total(_pick(metrics.JUDGMENTS, window="24h"), "vendor")),
            column("need review", Unit.COUNT, flagged(_pick, "vendor")),
            column("flagged", Unit.SHARE, flagged_share(_pick, "vendor"), steps=FLAGGED, decimals=1),
            column("over chance", Unit.RATIO, skill(_pick, "24h", "vendor"), steps=SKILL, decimals=2),
            column("known right", Unit.SHARE, known_right(_pick, "24h", "vendor"), steps=KNOWN, decimals=1),
        ),
        links=(links.to_vendor(),),
        sorted_by="over chance",
        width=11,
        height=9,
    ),
)

_SINCE = (
    lines(
        "Agreement over chance, last hour",
        "Chance-corrected agreement of each queue over the hour before each moment. The dashed bounds are those for "
        "conclusions and for tentative ones. A drop in one queue points at its items or guideline.",
        Unit.RATIO,
        [("{{queue}}", skill(_pick, "1h", "queue"))],
        steps=SKILL,
        high=1.0,
        width=9,
        links=(links.to_board(links.CHANGES, "What changed?"),),
    ),
    lines(
        "Open findings by pattern",
        "Findings open at each moment, by what was seen. Many at once in one queue are rarely all raters' fault.",
        Unit.COUNT,
        [("{{detector}}", or_none(total(_pick(metrics.FINDINGS_OPEN), "detector"), "detector"))],
        low=0,
        stacked=True,
        width=8,
        links=(links.to_board(links.ALERTS, "Alerts and budget"),),
    ),
    lines(
        "Judgments a second",
        "Judgments applied, the whole stream whatever is chosen above. A fall to 0 is either a pause of the crowd or a "
        "stream that stands: the pipeline's board tells which.",
        Unit.PER_SECOND,
        [("applied", rate(_pick(metrics.RECORDS, result="applied")))],
        low=0,
        width=7,
        links=(links.to_board(links.PIPELINE, "The stream itself"),),
    ),
)
