"""The pipeline board's further half: what is stored, what is shown, and the process that does it."""

from grafana.source.colours import NEUTRAL, any_is_wrong, high_is_wrong, low_is_wrong
from grafana.source.panels import lines, stat
from grafana.source.queries import Picking, one_each, or_none, over, quantile, rate, total
from grafana.source.spec import Unit
from stream.telemetry import metrics
from stream.telemetry.metrics import Kind, Metric

_pick = Picking("instance")
# The process's own, from prometheus-client's process collector.
_CPU = Metric("process_cpu_seconds_total", Kind.COUNTER, (), "seconds", "Processor time of the worker.")
_MEMORY = Metric("process_resident_memory_bytes", Kind.GAUGE, (), "bytes", "Memory of the worker.")


def quantiles(metric: Metric) -> list[tuple[str, str]]:
    """Half and 99 of 100 observations, by topic."""
    return [
        (f"{{{{topic}}}}, {100 * share:g} %", quantile(share, _pick(metric, "_bucket"), "topic"))
        for share in (0.5, 0.99)
    ]


COMMITS = (
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
        quantiles(metrics.STORED_LATENCY),
        low=0,
        width=6,
    ),
    lines(
        "Time of a commit",
        "From its first try until Redis and Kafka have acknowledged all of it.",
        Unit.SECONDS,
        quantiles(metrics.COMMIT_TIME),
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

OUT = (
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
        width=6,
    ),
    lines(
        "Processor",
        "Cores that a worker uses; 1 is what one worker can have.",
        Unit.RATIO,
        [("{{instance}}", rate(_pick(_CPU), "instance"))],
        low=0,
        width=6,
    ),
    lines(
        "Memory",
        "Resident memory of each worker. It grows with the rows in its caches up to their bounds.",
        Unit.BYTES,
        [("{{instance}}", one_each(_pick(_MEMORY), "instance"))],
        low=0,
        width=6,
    ),
    lines(
        "Memory of Redis",
        "What Redis uses, and the most it may use: at the limit it refuses every commit and the stream stands.",
        Unit.BYTES,
        [
            ("{{server}}", one_each(_pick(metrics.REDIS_USED), "server")),
            ("{{server}}, limit", f"{one_each(_pick(metrics.REDIS_LIMIT), 'server')} > 0"),
        ],
        low=0,
        width=6,
    ),
)
