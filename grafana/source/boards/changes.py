from grafana.source import links
from grafana.source.choices import AGO, JOB, QUEUE, VENDOR
from grafana.source.colours import NEUTRAL, SKILL
from grafana.source.measures import agreement, known_right, skill
from grafana.source.panels import bars, column, lines, stat, table
from grafana.source.queries import Picking, rate
from grafana.source.spec import Annotation, Board, Choice, Folder, Row, Unit
from stream.telemetry import metrics

_pick = Picking("vendor", "queue")
_WINDOW = "24h"
_BEFORE = " offset $ago"
BY = Choice("by", "Split by", ("vendor", "queue"))


def board() -> Board:
    """A drop, taken apart."""
    return Board(
        uid=links.CHANGES,
        title="What changed",
        question="Agreement moved: is it the same people working worse, or others doing more of the work?",
        folder=Folder.QUALITY,
        variables=(JOB, VENDOR, QUEUE, BY, AGO),
        annotations=(_NEW_VERSION, _NEW_POLICY, _DECISIONS, _FORGIVEN),
        rows=(
            Row("How much did agreement move?", _MOVED),
            Row("Who moved it?", _WHO),
            Row("And each queue, against the week?", _WEEK),
            Row("When, and what happened then?", _WHEN),
        ),
    )


def _scored(at: str, by: str = "$by") -> str:
    group = f" by ({by})" if by else ""
    return f"sum{group} ({_pick(metrics.SCORED, window=_WINDOW)}{at})"


def _rate(at: str, by: str = "$by") -> str:
    """Agreement of each part (or of the whole), now or before."""
    group = f" by ({by})" if by else ""
    return f"(sum{group} ({_pick(metrics.AGREED, window=_WINDOW)}{at}) / ({_scored(at, by)} > 0))"


def _share(at: str) -> str:
    """The part's share of the scored judgments."""
    return f"({_scored(at)} / scalar({_scored(at, '')}))"


def _by_rate() -> str:
    """What each part's own change of agreement did to the whole."""
    return f"({_share('')} + {_share(_BEFORE)}) / 2 * ({_rate('')} - {_rate(_BEFORE)})"


def _by_mix() -> str:
    """What the part's larger or smaller share did: it counts as far as the part differs from the whole."""
    usual = f"scalar(({_rate('', '')} + {_rate(_BEFORE, '')}) / 2)"
    return f"(({_rate('')} + {_rate(_BEFORE)}) / 2 - {usual}) * ({_share('')} - {_share(_BEFORE)})"


def _part(part: str) -> str:
    """A part of a queue's change; each worker tells of its own shards."""
    return f"avg by (queue) ({_pick(metrics.AGREEMENT_CHANGE, part=part)})"


_NEW_VERSION = Annotation(
    "New version",
    f"count by (version) ({Picking()(metrics.BUILD)}) unless count by (version) ({Picking()(metrics.BUILD)} offset 5m)",
    "raterwatch {{version}} began to work",
    "purple",
)
_NEW_POLICY = Annotation(
    "New policy",
    f"count by (digest) ({Picking()(metrics.POLICY)}) unless count by (digest) ({Picking()(metrics.POLICY)} offset 5m)",
    "policy {{digest}} began to decide",
    "orange",
)
_FORGIVEN = Annotation(
    "Known answers corrected",
    f"sum (increase({Picking()(metrics.FINDINGS_FORGIVEN)}[$__rate_interval])) > 0",
    "findings closed because a known answer was corrected",
    "green",
)
_DECISIONS = Annotation(
    "Decisions",
    f"sum (increase({Picking()(metrics.VERDICTS, result='applied')}[$__rate_interval])) > 0",
    "people decided about findings",
    "blue",
)

_MOVED = (
    stat(
        "Change of agreement",
        "Agreement with peers of the 24 hours before now less that of the 24 hours before the moment it is compared "
        "with. Negative is a drop. The parts below add up to it.",
        Unit.SHARE,
        f"{_rate('', '')} - {_rate(_BEFORE, '')}",
        steps=NEUTRAL,
        decimals=2,
        width=6,
    ),
    stat(
        "because people agree more or less",
        "The part of the change that comes from agreement within the parts, at an unchanged split of the work.",
        Unit.SHARE,
        f"sum({_by_rate()})",
        steps=NEUTRAL,
        decimals=2,
        width=6,
    ),
    stat(
        "because the work is split otherwise",
        "The part that comes from parts with high or low agreement doing more or less of the work: nobody works "
        "differently.",
        Unit.SHARE,
        f"sum({_by_mix()})",
        steps=NEUTRAL,
        decimals=2,
        width=6,
    ),
    stat(
        "Judged since then, 24 h windows",
        "Scored judgments of now over those before. Far from 100 % means that the crowd itself changed.",
        Unit.SHARE,
        f"{_scored('', '')} / ({_scored(_BEFORE, '')} > 0)",
        steps=NEUTRAL,
        decimals=0,
        width=6,
    ),
)

_WHO = (
    table(
        "The change by part",
        "A row a vendor or queue, as chosen. Its own change weighs with its share of the work; a changed share counts "
        "as far as the part differs from the whole. A part that is new or gone has no row.",
        "vendor, queue",
        (
            column("agreement", Unit.SHARE, _rate(""), decimals=1),
            column("before", Unit.SHARE, _rate(_BEFORE), decimals=1),
            column("share of work", Unit.SHARE, _share(""), decimals=1),
            column("share before", Unit.SHARE, _share(_BEFORE), decimals=1),
            column("by its own change", Unit.SHARE, _by_rate(), decimals=2),
            column("by its share", Unit.SHARE, _by_mix(), decimals=2),
        ),
        sorted_by="share of work",
        width=15,
        height=8,
    ),
    bars(
        "Moved the whole by its own change",
        "Parts by how much their own change of agreement moved the whole: the most negative pulled it down.",
        Unit.SHARE,
        [("{{vendor}}{{queue}}", f"sort({_by_rate()})")],
        decimals=2,
        width=9,
    ),
)

_WEEK = (
    table(
        "Each queue, 24 hours against the six days before",
        "What the worker itself keeps: the change of agreement, and its parts. `by vendors` is what vendors' own "
        "changes did, `by mix` what others doing the work did. Known once a queue has two days; agreement stands "
        "beside it. `moved` are vendors who came or went.",
        "queue",
        (
            column("agreement, 24 h", Unit.SHARE, agreement(_pick, _WINDOW, "queue"), decimals=1),
            column("change", Unit.SHARE, _part("whole"), decimals=2),
            column("by vendors", Unit.SHARE, _part("within"), decimals=2),
            column("by mix", Unit.SHARE, _part("mix"), decimals=2),
            column("moved", Unit.COUNT, f"max by (queue) ({_pick(metrics.AGREEMENT_CHANGE_VENDORS, part='moved')})"),
        ),
        links=(links.to_queue(),),
        height=9,
    ),
)

_WHEN = (
    lines(
        "Agreement over chance, last hour",
        "A line a part. Marks are new versions of raterwatch, new policies, decisions of people and "
        "corrected known answers. Where all lines step at one "
        "mark, look there first.",
        Unit.RATIO,
        [("{{vendor}}{{queue}}", skill(_pick, "1h", "$by"))],
        steps=SKILL,
        high=1.0,
        width=8,
    ),
    lines(
        "Right on known answers, last hour",
        "When this falls and agreement does not, the known answers are wrong rather than the raters.",
        Unit.SHARE,
        [("{{vendor}}{{queue}}", known_right(_pick, "1h", "$by"))],
        low=0,
        high=1.0,
        width=8,
    ),
    lines(
        "What came in",
        "Records a second by what they did: corrections and retractions change numbers of the past. The whole stream, "
        "whatever is chosen above.",
        Unit.PER_SECOND,
        [("{{result}}", rate(_pick(metrics.RECORDS), "result"))],
        low=0,
        width=8,
    ),
)
