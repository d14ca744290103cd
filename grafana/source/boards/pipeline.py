from grafana.source import links
from grafana.source.choices import INSTANCE, JOB
from grafana.source.colours import NEUTRAL, any_is_wrong, high_is_wrong, low_is_wrong
from grafana.source.panels import heatmap, lines, stat
from grafana.source.queries import Picking, one_each, or_none, or_zero, over, quantile, rate, total
from grafana.source.spec import Board, Folder, Row, Unit
from stream.telemetry import metrics
from stream.telemetry.metrics import Kind, Metric

_pick = Picking("instance")
# The process's own, from prometheus-client's process collector.
_CPU = Metric("process_cpu_seconds_total", Kind.COUNTER, (), "seconds", "Processor time of the worker.")
_MEMORY = Metric("process_resident_memory_bytes", Kind.GAUGE, (), "bytes", "Memory of the worker.")
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
            Row("Into Redis: commits and shards", _COMMITS),
            Row("Out: metrics, and the process", _OUT),
        ),
    )


def _quantiles(metric: Metric) -> list[tuple[str, str]]:
    return [
        (f"{{{{topic}}}}, {100 * share:g} %", quantile(share, _pick(metric, "_bucket"), "topic"))
        for share in (0.5, 0.99)
    ]


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
        _quantiles(metrics.APPLIED_LATENCY),
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

_COMMITS = (
    lines(
        "Commits by result",
        "ok is well. fenced: the shard is another worker's. rewound: Redis went back and the log is read again. "
        "unavailable: a try that is repeated.",
        Unit.PER_SECOND,
        [("{{topic}}, {{result}}", rate(_pick(metrics.COMMITS), "topic, result"))],
        low=0,
        width=6,
    ),
    lines(
        "Arrival to durable commit",
        "Half and 99 of 100 records are stored within this time of their arrival.",
        Unit.SECONDS,
        _quantiles(metrics.STORED_LATENCY),
        low=0,
        width=6,
    ),
    lines(
        "Time of a commit",
        "From its first try until Redis and Kafka have acknowledged all of it.",
        Unit.SECONDS,
        _quantiles(metrics.COMMIT_TIME),
        low=0,
        width=6,
    ),
    lines(
        "Shards by state",
        "claiming is short after a restart; halted waits for an operator.",
        Unit.COUNT,
        [("{{topic}}, {{state}}", total(_pick(metrics.SHARDS), "topic, state"))],
        low=0,
        width=6,
    ),
    lines(
        "Rows found in memory",
        "Share of rows that needed no load from Redis. It falls after a restart, and stays low when more raters or "
        "items are active than the cache holds.",
        Unit.SHARE,
        [
            (
                "{{topic}}",
                over(
                    rate(_pick(metrics.CACHE_LOOKUPS, result="hit"), "topic"),
                    rate(_pick(metrics.CACHE_LOOKUPS), "topic"),
                ),
            )
        ],
        steps=low_is_wrong("cache_hit_share_low"),
        low=0,
        high=1.0,
        width=8,
    ),
    lines(
        "Unanswered calls",
        "Tries that Kafka or Redis did not answer; each is repeated, so none is lost.",
        Unit.PER_SECOND,
        [("{{what}}", or_none(rate(_pick(metrics.UNAVAILABLE), "what"), "what"))],
        low=0,
        width=8,
    ),
    lines(
        "Redis went back",
        "Times the stored state was older than what was committed: 0 unless Redis lost data. The log is then read "
        "again, and nothing is lost or counted twice.",
        Unit.COUNT,
        [("{{topic}}", or_none(f"sum by (topic) (increase({_pick(metrics.REGRESSIONS)}[$__rate_interval]))", "topic"))],
        low=0,
        width=8,
    ),
)

_OUT = (
    stat(
        "Age of the quality numbers",
        "Time since the series of raters, queues and vendors were last rendered, of the slowest worker.",
        Unit.SECONDS,
        f"max(time() - {_pick(metrics.BOARD_AT)})",
        steps=high_is_wrong("board_age_seconds"),
        decimals=1,
        width=6,
    ),
    stat(
        "Time of a rendering, 99 %",
        "How long the rendering of those numbers took, pauses for the stream included.",
        Unit.SECONDS,
        quantile(0.99, _pick(metrics.BOARD_TIME, "_bucket")),
        steps=NEUTRAL,
        width=6,
    ),
    stat(
        "Raters with series of their own",
        "Raters, counted by queue, that the Raters board can show: those with a finding or on watch, and the most "
        "suspicious of each queue.",
        Unit.COUNT,
        total(_pick(metrics.RATERS_SHOWN)),
        steps=NEUTRAL,
        width=6,
    ),
    stat(
        "Raters left out",
        "Raters without series of their own because of the cap. Above 0 the Raters board is incomplete.",
        Unit.COUNT,
        total(_pick(metrics.RATERS_CUT)),
        steps=any_is_wrong("orange"),
        width=6,
    ),
    lines(
        "Stalls of the stream",
        "How late the event loop woke a timer: 99 of 100 times less. Above a quarter of a second the promise from "
        "arrival to metric fails.",
        Unit.SECONDS,
        [("{{instance}}", quantile(0.99, _pick(metrics.LOOP_DELAY, "_bucket"), "instance"))],
        steps=high_is_wrong("loop_delay_seconds"),
        low=0,
        width=8,
    ),
    lines(
        "Processor",
        "Cores that a worker uses; 1 is what one worker can have.",
        Unit.RATIO,
        [("{{instance}}", rate(_pick(_CPU), "instance"))],
        low=0,
        width=8,
    ),
    lines(
        "Memory",
        "Resident memory of each worker. It grows with the rows in its caches up to their bounds.",
        Unit.BYTES,
        [("{{instance}}", one_each(_pick(_MEMORY), "instance"))],
        low=0,
        width=8,
    ),
)
