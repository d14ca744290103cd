from grafana.source import links
from grafana.source.boards.pipeline_state import COMMITS, OUT, quantiles
from grafana.source.choices import INSTANCE, JOB
from grafana.source.colours import NEUTRAL, any_is_wrong, high_is_wrong
from grafana.source.panels import heatmap, lines, stat
from grafana.source.queries import Picking, or_none, or_zero, over, quantile, rate, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics

_pick = Picking("instance")
_LATENCY = high_is_wrong("latency_seconds", "latency_seconds_high")


def board() -> Board:
    """The stream itself, from top to bottom in the order of the data's way."""
    return Board(
        uid=links.PIPELINE,
        title="Pipeline",
        question="Does every judgment come through, once and soon?",
        folder=Folder.QUALITY,
        variables=(JOB, INSTANCE),
        since="now-1h",
        rows=(
            Row("Does it come through?", _THROUGH),
            Row("Judgments in: Kafka to stage 1", _IN),
            Row("Stage 1 to stage 2", _STAGES),
            Row("Into Redis: commits and shards", COMMITS),
            Row("Out: metrics, and the process", OUT),
        ),
    )


_THROUGH = (
    stat(
        "Applied a second",
        "Records that changed something at stage 1: judgments, revisions, known answers; duplicates left out.",
        Unit.PER_SECOND,
        rate(_pick(metrics.RECORDS, result="applied")),
        steps=NEUTRAL,
    ),
    stat(
        "Waiting",
        "Readable records of both topics that are not committed yet. Near 0 when all is well; a hill that shrinks is a "
        "worker catching up.",
        Unit.COUNT,
        total(_pick(metrics.LAG)),
        steps=high_is_wrong("lag_records"),
    ),
    stat(
        "End to end, 99 %",
        "99 of 100 judgments are in stage 2's memory within this time of their arrival in Kafka; the next scrape shows "
        "them.",
        Unit.SECONDS,
        quantile(0.99, _pick(metrics.APPLIED_LATENCY, "_bucket", topic="outcomes")),
        steps=_LATENCY,
    ),
    stat(
        "Refused",
        "Share of records that were refused with a named reason. They are kept in judgments.rejected.",
        Unit.SHARE,
        or_zero(over(rate(_pick(metrics.REJECTS)), rate(_pick(metrics.RECORDS)))),
        steps=high_is_wrong("reject_share"),
        decimals=2,
    ),
    stat(
        "Halted shards",
        "Shards that wait for an operator. `raterwatch doctor` and /readyz say why and what to do.",
        Unit.COUNT,
        total(_pick(metrics.HALTED)),
        steps=any_is_wrong(),
    ),
    stat(
        "Workers",
        "Workers that were scraped, with the version that each runs.",
        Unit.COUNT,
        [("{{version}}", f"count by (version) ({_pick(metrics.BUILD)})")],
        steps=NEUTRAL,
    ),
)

_IN = (
    lines(
        "Records by what they did",
        "Stage 1 joins a record with its item: first judgments, revisions, known answers, duplicates that change "
        "nothing.",
        Unit.PER_SECOND,
        [("{{result}}", rate(_pick(metrics.RECORDS), "result"))],
        low=0,
        stacked=True,
        width=9,
    ),
    lines(
        "Refused, by reason",
        "Any lasting rate needs a look: a producer sends what nobody can count. `raterwatch rejects list` shows the "
        "records.",
        Unit.PER_SECOND,
        [("{{reason}}", or_none(rate(_pick(metrics.REJECTS), "reason"), "reason"))],
        low=0,
        width=7,
    ),
    lines(
        "Waiting, by topic",
        "Records not committed yet. One partition that grows while the others do not is a halted or hot one.",
        Unit.COUNT,
        [
            ("{{topic}}, the fullest", f"max by (topic) ({_pick(metrics.LAG)})"),
            ("{{topic}}", total(_pick(metrics.LAG), "topic")),
        ],
        low=0,
        width=8,
    ),
)

_STAGES = (
    heatmap(
        "Arrival in Kafka to stage 2's memory",
        "How many judgments took how long, darker is more. A second band above the usual one is a worker that was "
        "taken over or a batch that waited.",
        Unit.SECONDS,
        rate(_pick(metrics.APPLIED_LATENCY, "_bucket", topic="outcomes"), "le"),
        width=9,
    ),
    lines(
        "Arrival to memory, by stage",
        "Half and 99 of 100 judgments take less. `judgments` is stage 1, `outcomes` is end to end.",
        Unit.SECONDS,
        quantiles(metrics.APPLIED_LATENCY),
        low=0,
        width=8,
    ),
    lines(
        "Outcomes at stage 2",
        "`seen_before` are outcomes sent twice after a restart and dropped: harmless, and rare.",
        Unit.PER_SECOND,
        [("{{result}}", rate(_pick(metrics.OUTCOMES), "result"))],
        low=0,
        width=7,
    ),
)
