from grafana.source import links
from grafana.source.choices import JOB, QUEUES, VENDOR
from grafana.source.colours import NEUTRAL, any_is_wrong, high_is_wrong, low_is_wrong
from grafana.source.measures import peers
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, counted, one_each, or_none, or_zero, over, quotient, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics

_pick = Picking("vendor", "queue")
_MUTE = _pick(metrics.UNKNOWN_RATERS, reason="no_peers_no_gold")
_KNOWN_SHARE = low_is_wrong("known_share_low")
_PEERS = low_is_wrong("peers_low")


def _known_share(by: str = "") -> str:
    return quotient(_pick(metrics.GOLD, window="7d"), _pick(metrics.JUDGMENTS, window="7d"), by)


def _unknown_share(by: str = "") -> str:
    everybody = _pick(metrics.RATERS)
    return over(counted(_pick(metrics.RATERS, state="unknown"), everybody, by), total(everybody, by))


def _until_found() -> str:
    """What the alarm needs over what a judgment tells in the mean."""
    needed = one_each(_pick(metrics.NEEDED), "queue, kind")
    told, judgments = total(_pick(metrics.TOLD), "queue, kind"), total(_pick(metrics.TOLD_JUDGMENTS), "queue")
    return f"{needed} / (({told} > 0) / on (queue) group_left () {judgments})"


def board() -> Board:
    """How many raters can be judged at all."""
    return Board(
        uid=links.COVERAGE,
        title="Coverage",
        question="How many raters can be judged at all, and what is missing for the others?",
        folder=Folder.QUALITY,
        variables=(JOB, VENDOR, QUEUES),
        rows=(
            Row("How many can be judged?", _STATE),
            Row("What is missing, and where?", _MISSING),
            Row("What are they judged by?", _MEANS),
        ),
    )


_STATE = (
    stat(
        "Known well enough",
        "Share of raters about whom something can be said, good or bad. A new crowd starts at 0 and rises with its "
        "first judgments.",
        Unit.SHARE,
        f"1 - ({_unknown_share()})",
        steps=NEUTRAL,
        decimals=1,
    ),
    stat(
        "Cannot be judged",
        "Share of raters with neither peers nor known answers: more judgments alone change nothing. Overlap items, or "
        "mix known answers in.",
        Unit.SHARE,
        or_zero(over(total(_MUTE), total(_pick(metrics.RATERS)))),
        steps=high_is_wrong("unjudgeable_share"),
        decimals=1,
    ),
    stat(
        "Peers a judgment, 7 d",
        "Others' labels that a judgment was held against, in the mean. With fewer than two a disagreement says as much "
        "about the peer as about the rater.",
        Unit.RATIO,
        peers(_pick, "7d"),
        steps=_PEERS,
        decimals=2,
    ),
    stat(
        "Without a peer, 24 h",
        "Share of judgments that nobody else has answered yet. It is high while items are still filling up.",
        Unit.SHARE,
        f"1 - ({quotient(_pick(metrics.SCORED, window='24h'), _pick(metrics.JUDGMENTS, window='24h'))})",
        steps=NEUTRAL,
        decimals=1,
    ),
    stat(
        "On known answers, 7 d",
        "Share of judgments on items with a known answer. About a tenth is what platforms recommend; with less, the "
        "test of known answers needs longer.",
        Unit.SHARE,
        _known_share(),
        steps=_KNOWN_SHARE,
        decimals=1,
    ),
    stat(
        "In training",
        "Raters in training: measured, never flagged.",
        Unit.COUNT,
        or_zero(total(_pick(metrics.TRAINING_RATERS))),
        steps=NEUTRAL,
    ),
)

_MISSING = (
    bars(
        "Why raters are unknown",
        "few_judgments: wait. no_peers: nobody else answers the same items. no_peers_no_gold: the rater cannot be "
        "judged at all.",
        Unit.COUNT,
        [("{{reason}}", or_none(f"sort_desc({total(_pick(metrics.UNKNOWN_RATERS), 'reason')})", "reason"))],
        low=0,
        width=8,
    ),
    table(
        "By queue and vendor",
        "Where coverage is missing: the least known first. Peers and known answers are of seven days.",
        "queue, vendor",
        (
            column("raters", Unit.COUNT, total(_pick(metrics.RATERS), "queue, vendor")),
            column("unknown", Unit.SHARE, _unknown_share("queue, vendor"), decimals=0),
            column("peers a judgment", Unit.RATIO, peers(_pick, "7d", "queue, vendor"), steps=_PEERS, decimals=2),
            column("on known answers", Unit.SHARE, _known_share("queue, vendor"), steps=_KNOWN_SHARE, decimals=1),
        ),
        links=(links.to_queue(), links.to_vendor()),
        sorted_by="unknown",
        width=16,
        height=8,
    ),
)

_MEANS = (
    table(
        "Items with a known answer",
        "How many there are in each queue, and against how many of them raters speak who are right elsewhere: look at "
        "those before at the raters who missed them. Queues whose answers are sets have no row.",
        "queue",
        (
            column("known items", Unit.COUNT, total(_pick(metrics.KNOWN_ITEMS), "queue")),
            column(
                "suspect", Unit.COUNT, total(_pick(metrics.SUSPECT_KNOWN_ITEMS), "queue"), steps=any_is_wrong("orange")
            ),
            column(
                "suspect share",
                Unit.SHARE,
                quotient(_pick(metrics.SUSPECT_KNOWN_ITEMS), _pick(metrics.KNOWN_ITEMS), "queue"),
                decimals=1,
            ),
        ),
        links=(links.to_queue(),),
        width=12,
        height=8,
    ),
    bars(
        "Judgments until peers find it",
        "Judgments with peers until the alarm opens, in the mean, for a rater of each kind: random clicks, one "
        "constant answer, swapped labels. Above a working week (2,500) the queue is blind to that kind and needs "
        "known answers.",
        Unit.COUNT,
        [("{{queue}}, {{kind}}", f"sort_desc({_until_found()})")],
        steps=high_is_wrong("judgments_until_found", "judgments_until_found_high"),
        decimals=0,
        low=0,
        width=12,
    ),
    lines(
        "Known well enough",
        "Share of raters about whom something can be said, by queue. It falls when many new people start.",
        Unit.SHARE,
        [("{{queue}}", f"1 - ({_unknown_share('queue')})")],
        low=0,
        high=1.0,
        width=8,
    ),
    lines(
        "On known answers, last hour",
        "Share of judgments on items with a known answer, by queue, over the hour before each moment. A line that "
        "falls to 0 has run out of known answers.",
        Unit.SHARE,
        [("{{queue}}", quotient(_pick(metrics.GOLD, window="1h"), _pick(metrics.JUDGMENTS, window="1h"), "queue"))],
        steps=_KNOWN_SHARE,
        low=0,
        width=8,
    ),
    bars(
        "Known answers a rater, 7 d",
        "Judgments on known answers for each active rater, by queue. About twenty are needed before an accuracy on "
        "them says much.",
        Unit.COUNT,
        [
            (
                "{{queue}}",
                "sort("
                + quotient(_pick(metrics.GOLD, window="7d"), _pick(metrics.ACTIVE_RATERS, window="7d"), "queue")
                + ")",
            )
        ],
        decimals=0,
        low=0,
        width=8,
    ),
)
