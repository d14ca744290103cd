from grafana.source import links
from grafana.source.choices import JOB, ONE_QUEUE
from grafana.source.colours import FLAGGED, KNOWN, NEUTRAL, OVERTURNED, SKILL, high_is_wrong
from grafana.source.measures import (
    agreement,
    consistent,
    fast,
    flagged_share,
    known_right,
    overturned,
    peers,
    skill,
    typical_seconds,
)
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, or_none, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics

_pick = Picking("queue")
_WINDOWS = ("1h", "24h", "7d")


def board() -> Board:
    """One queue: its agreement, its vendors side by side, its speed."""
    return Board(
        uid=links.QUEUE,
        title="Queue",
        question="How is this queue doing, and is it its raters or the queue itself?",
        folder=Folder.QUALITY,
        variables=(JOB, ONE_QUEUE),
        links=(links.beside(links.RATERS, "Raters of this queue", queue="$queue"),),
        rows=(
            Row("How is it doing?", _STATE),
            Row("Since when?", (*_SINCE, *_LEVEL)),
            Row("Is it one vendor?", _VENDORS),
            Row("How do people work here?", _WORK),
        ),
    )


_STATE = (
    stat(
        "Over chance, 24 h",
        "Chance-corrected agreement: 1 perfect, 0 what the label mix alone gives. From 0.80 on labels can be relied "
        "on; below 0.667 the guideline needs work before any rater does.",
        Unit.RATIO,
        skill(_pick, "24h"),
        steps=SKILL,
        decimals=2,
    ),
    stat(
        "Known right, 24 h",
        "Share right on items with a known answer. When it is low for everybody, look at the known answers first.",
        Unit.SHARE,
        known_right(_pick, "24h"),
        steps=KNOWN,
        decimals=1,
    ),
    stat(
        "Overturned, 7 d",
        "Share of judgments that auditors drew at random and decided otherwise. The only share here that does not "
        "depend on peers or known answers.",
        Unit.SHARE,
        overturned(_pick, "7d"),
        steps=OVERTURNED,
        decimals=1,
    ),
    stat(
        "Flagged, of the active",
        "Raters with an open finding over raters active within 24 hours. From the bound on, the queue is at fault "
        "rather than its raters.",
        Unit.SHARE,
        flagged_share(_pick),
        steps=FLAGGED,
        decimals=1,
    ),
    stat(
        "Active raters, 24 h",
        "Raters whose latest judgment here lies within 24 hours.",
        Unit.COUNT,
        total(_pick(metrics.ACTIVE_RATERS, window="24h")),
        steps=NEUTRAL,
    ),
    stat(
        "Judged, 24 h",
        "Answered judgments that stand: retracted ones are gone, corrected ones count once.",
        Unit.COUNT,
        total(_pick(metrics.JUDGMENTS, window="24h")),
        steps=NEUTRAL,
    ),
)

_SINCE = (
    lines(
        "Agreement over chance",
        "The same measure over three windows. The hour leads, the week follows: where the hour leaves the week, "
        "something changed at that time. With few judgments the hour jumps.",
        Unit.RATIO,
        [(window, skill(_pick, window)) for window in _WINDOWS],
        steps=SKILL,
        high=1.0,
    ),
    lines(
        "Right on known answers, overturned at audits",
        "Both over the day before each moment. A fall of the first without a rise of the second points at the known "
        "answers.",
        Unit.SHARE,
        [("known answers right", known_right(_pick, "24h")), ("overturned at random audits", overturned(_pick, "24h"))],
        low=0,
        high=1.0,
    ),
)

_LEVEL = (
    lines(
        "Level of the queue",
        "Mean belief in the answers, as the change detector of queues follows it: what is usual, and where it stands "
        "now. Both are known after some hours of work; until then only agreement is drawn. A queue at rest leaves its "
        "usual level as far as an alarm asks for once in a year.",
        Unit.SHARE,
        [
            ("usual", f"avg ({_pick(metrics.QUEUE_LEVEL)})"),
            ("now", f"avg ({_pick(metrics.QUEUE_LEVEL)}) + avg ({_pick(metrics.QUEUE_SHIFT)})"),
            ("agreement, last hour", agreement(_pick, "1h")),
        ],
        low=0,
        high=1.0,
        width=24,
    ),
)

_VENDORS = (
    table(
        "Vendors side by side, 7 days",
        "The same queue and guideline for all: here vendors can be held against each other. A vendor that alone is low "
        "needs a look; when all are low, it is the queue. Empty is unknown.",
        "vendor",
        (
            column("judged", Unit.COUNT, total(_pick(metrics.JUDGMENTS, window="7d"), "vendor")),
            column("active raters", Unit.COUNT, total(_pick(metrics.ACTIVE_RATERS, window="7d"), "vendor")),
            column("flagged", Unit.SHARE, flagged_share(_pick, "vendor"), steps=FLAGGED, decimals=1),
            column("agreement", Unit.SHARE, agreement(_pick, "7d", "vendor"), decimals=1),
            column("over chance", Unit.RATIO, skill(_pick, "7d", "vendor"), steps=SKILL, decimals=2),
            column("known right", Unit.SHARE, known_right(_pick, "7d", "vendor"), steps=KNOWN, decimals=1),
            column("overturned", Unit.SHARE, overturned(_pick, "7d", "vendor"), steps=OVERTURNED, decimals=1),
            column("typical time", Unit.SECONDS, typical_seconds(_pick, "7d", "vendor"), decimals=1),
        ),
        links=(links.to_vendor(),),
        sorted_by="over chance",
        width=14,
        height=8,
    ),
    bars(
        "Open findings by vendor and pattern",
        "One vendor with many of one pattern, while the others agree on the same items, is a matter for that vendor's "
        "lead.",
        Unit.COUNT,
        [
            (
                "{{vendor}} {{detector}}",
                or_none(f"sort_desc({total(_pick(metrics.FINDINGS_OPEN), 'vendor, detector')})", "detector"),
            )
        ],
        low=0,
        width=10,
    ),
)

_WORK = (
    stat(
        "Fast work, 24 h",
        "Share of answers faster than a third of the item kind's median. Honest experts reach it too.",
        Unit.SHARE,
        fast(_pick, "24h"),
        steps=high_is_wrong("fast_share"),
        decimals=1,
        width=6,
    ),
    stat(
        "Same answer again, 7 d",
        "How far answers agree with the same rater's own earlier answer on the same item. Low means that the question "
        "is hard to answer, also for one person.",
        Unit.SHARE,
        consistent(_pick, "7d"),
        steps=NEUTRAL,
        decimals=1,
        width=6,
    ),
    stat(
        "Peers a judgment, 24 h",
        "Others' labels that a judgment was held against. It grows as items fill up.",
        Unit.RATIO,
        peers(_pick, "24h"),
        steps=NEUTRAL,
        decimals=2,
        width=6,
    ),
    stat(
        "Skipped, 24 h",
        "Share of assignments that were skipped or escalated: never dissent, but many say that the guideline lacks a "
        "case.",
        Unit.SHARE,
        "("
        + total(_pick(metrics.SKIPPED, window="24h"))
        + " + "
        + total(_pick(metrics.ESCALATED, window="24h"))
        + ") / ("
        + total(_pick(metrics.JUDGMENTS, window="24h"))
        + " > 0)",
        steps=NEUTRAL,
        decimals=2,
        width=6,
    ),
    lines(
        "Typical time on an item, last hour",
        "Geometric mean of the time on an item, by vendor. Speed is never a reason by itself: practised people are "
        "fast.",
        Unit.SECONDS,
        [("{{vendor}}", typical_seconds(_pick, "1h", "vendor"))],
        low=0,
        width=12,
    ),
    bars(
        "Answers given, 24 h",
        "How often each label was given. A label that nearly all answers are makes agreement cheap and says little "
        "about raters.",
        Unit.COUNT,
        [("{{label}}", f"sort_desc({total(_pick(metrics.ANSWERS, window='24h'), 'label')})")],
        low=0,
        width=12,
    ),
)
