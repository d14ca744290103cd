from tests.unit.alerts.cases.case import Case, Fired

W1, W2 = 'job="raterwatch",instance="w1"', 'job="raterwatch",instance="w2"'
UP = {f"up{{{W1}}}": "1x200", f"up{{{W2}}}": "1x200"}
OLD = {f"process_start_time_seconds{{{w}}}": "0x900" for w in (W1, W2)}


def topic(name: str) -> dict[str, str]:
    return {"topic": name}


def lagging(name: str, waiting: str) -> Fired:
    return Fired(
        f"Numbers of raters are late: {name} is behind", f"{waiting} records of {name} wait to be counted.", topic(name)
    )


def stalled(name: str, waiting: str) -> Fired:
    return Fired(
        f"Numbers of raters stand still: {name} is not committed any more",
        f"{waiting} records of {name} wait, and no commit succeeds.",
        topic(name),
    )


def lag(name: str, values: str, partition: int = 0, worker: str = W1) -> dict[str, str]:
    return {f'raterwatch_lag_records{{topic="{name}",partition="{partition}",{worker}}}': values}


def counter(name: str, values: str, labels: str, worker: str = W1) -> dict[str, str]:
    return {f"raterwatch_{name}_total{{{labels},{worker}}}": values}


DOWN = Fired(
    "No raterwatch worker answers",
    "Judgments wait in Kafka and nothing is lost; findings and alerts stand still until a worker is back.",
)
MISSING = Fired(
    "Some raterwatch workers do not answer", "1 workers do not answer; the others have taken over their partitions."
)
SILENT = Fired(
    "No judgments arrive any more",
    "Nothing came for 15m, while a week ago there was work at this hour. The workers answer: look at the producers.",
)
REFUSED = Fired(
    "Many records are refused",
    "9.091% of the records are refused. Nothing is lost: they wait in judgments.rejected with their reason.",
)
HALTED = Fired(
    "Partition 2 of judgments waits for a person",
    "It stopped on purpose, so that nothing is counted wrongly; /readyz of its worker says why and what to do.",
    {"topic": "judgments", "partition": "2"},
)


def halted(partition: int, values: str) -> dict[str, str]:
    return {f'raterwatch_shard_halted{{topic="judgments",partition="{partition}",{W1}}}': values}


STREAM = (
    Case("WorkerDown", "fires when every worker is gone", {f"up{{{W1}}}": "1x5 0x60"}, "10m", (DOWN,)),
    Case("WorkerDown", "fires when nothing is scraped at all", {"other": "1x60"}, "10m", (DOWN,)),
    Case("WorkerDown", "stays silent while one answers", {**UP, f"up{{{W1}}}": "0x200"}, "10m"),
    Case("WorkerMissing", "fires when one of two is gone", {**UP, f"up{{{W1}}}": "1x5 0x60"}, "20m", (MISSING,)),
    Case("WorkerMissing", "stays silent when it comes back soon", {**UP, f"up{{{W1}}}": "1x5 0x5 1x60"}, "20m"),
    Case(
        "IntakeSilent",
        "fires when nothing comes at an hour that was busy a week ago",
        counter("records", "0+200x1008 201600x20", 'topic="judgments",result="new"'),
        f"{10080 + 60}m",
        (SILENT,),
        "10m",
    ),
    Case(
        "IntakeSilent",
        "stays silent when a week ago was quiet too",
        counter("records", "0x1100", 'topic="judgments",result="new"'),
        f"{10080 + 60}m",
        (),
        "10m",
    ),
    Case(
        "RejectedEventsHigh",
        "fires for the first refusals of a kind too",
        {
            **UP,
            **OLD,
            **counter("records", "0+100x60", 'topic="judgments",result="new"'),
            **counter("rejects", "_x20 150x40", 'topic="judgments",reason="unknown_queue"'),
        },
        "25m",
        (REFUSED,),
    ),
    Case(
        "RejectedEventsHigh",
        "stays silent for a share that is low, and for a handful",
        {
            **UP,
            **OLD,
            **counter("records", "0+100x60", 'topic="judgments",result="new"'),
            **counter("rejects", "0x20 10x40", 'topic="judgments",reason="unknown_queue"'),
        },
        "25m",
    ),
    Case(
        "StreamLagging",
        "fires when records pile up",
        lag("judgments", "9000x60") | lag("judgments", "9000x60", 1),
        "10m",
        (lagging("judgments", "18k"),),
    ),
    Case(
        "StreamLagging",
        "stays silent while it catches up at once",
        lag("outcomes", "0x5 50000x2 0x60") | lag("judgments", "18000x60"),
        "10m",
        (lagging("judgments", "18k"),),
    ),
    Case(
        "StreamStalled",
        "fires when records wait and nothing is committed",
        lag("judgments", "50x60") | counter("committed_records", "0+100x5 500x60", 'topic="judgments"'),
        "20m",
        (stalled("judgments", "50"),),
    ),
    Case(
        "StreamStalled",
        "stays silent while commits go on, or nothing waits",
        {
            **lag("outcomes", "50x60"),
            **counter("committed_records", "0+100x60", 'topic="outcomes"'),
            **lag("judgments", "50x60"),
            **lag("findings", "0x60"),
        },
        "20m",
        (stalled("judgments", "50"),),
    ),
    Case("PartitionHalted", "fires for the shard that waits", halted(1, "0x60") | halted(2, "1x60"), "10m", (HALTED,)),
    Case(
        "PartitionHalted", "stays silent when it went on", halted(1, "1x1 0x60") | halted(2, "1x60"), "10m", (HALTED,)
    ),
)

WENT_BACK = Fired(
    "Redis lost some of the state of judgments",
    "What it lost is read again from Kafka and counted once. Find out why Redis went back before it does again.",
    topic("judgments"),
)
FULL = Fired(
    "Redis is running full",
    "90% of its maxmemory is used. At 100 % it refuses commits and the stream waits.",
    {"server": "r1"},
)
FENCED = Fired(
    "Workers take partitions of judgments from each other",
    "4 commits were refused because another worker held the shard. Nothing is counted twice; it costs time.",
    topic("judgments"),
)
RUNWAY = Fired(
    "Unread judgments of judgments will expire in Kafka",
    "16.67% of the topic's retention is left to the oldest unread record. What expires unread is lost: lengthen "
    "retention.ms now, then find out why the stream is behind.",
    topic("judgments"),
)
SKEW = Fired(
    "The clocks of Kafka and the workers differ",
    "Kafka's clock ran 20s ahead. Latencies are wrong by as much; counts are not.",
)


def redis(server: str, used: int, limit: int) -> dict[str, str]:
    return {
        f'raterwatch_redis_used_bytes{{server="{server}",{W1}}}': f"{used}x60",
        f'raterwatch_redis_limit_bytes{{server="{server}",{W1}}}': f"{limit}x60",
        f'raterwatch_redis_limit_bytes{{server="{server}",{W2}}}': f"{limit}x60",
    }


def runway(name: str, waiting: int) -> dict[str, str]:
    return {
        **lag(name, f"{waiting}x60"),
        f'raterwatch_last_arrival_timestamp_seconds{{topic="{name}",partition="0",{W1}}}': "600x60",
        f'raterwatch_retention_seconds{{topic="{name}",{W1}}}': "3600x60",
    }


STATE = (
    Case(
        "RedisWentBack",
        "fires for the first time it happens",
        {**UP, **OLD, **counter("regressions", "_x10 1x60", 'topic="judgments"')},
        "15m",
        (WENT_BACK,),
    ),
    Case(
        "RedisWentBack",
        "stays silent about what happened long ago",
        {
            **UP,
            **OLD,
            **counter("regressions", "_x10 1x60", 'topic="outcomes"'),
            **counter("regressions", "2x29 3x60", 'topic="judgments"', W2),
        },
        "40m",
        (WENT_BACK,),
    ),
    Case("RedisMemoryHigh", "fires when little is left", redis("r1", 90, 100), "15m", (FULL,)),
    Case(
        "RedisMemoryHigh",
        "stays silent with room, and without a limit",
        redis("r2", 70, 100) | redis("r3", 90, 0) | redis("r1", 90, 100),
        "15m",
        (FULL,),
    ),
    Case(
        "CommitsFenced",
        "fires when workers fight",
        {**UP, **OLD, **counter("commits", "_x10 4x60", 'topic="judgments",result="fenced"')},
        "15m",
        (FENCED,),
    ),
    Case(
        "CommitsFenced",
        "stays silent for an ordinary takeover and for other results",
        {
            **UP,
            **OLD,
            **counter("commits", "_x10 1x60", 'topic="outcomes",result="fenced"'),
            **counter("commits", "0+50x60", 'topic="outcomes",result="ok"'),
            **counter("commits", "_x10 4x60", 'topic="judgments",result="fenced"'),
        },
        "15m",
        (FENCED,),
    ),
    Case("RetentionRunwayShort", "fires when unread records grow old", runway("judgments", 10), "60m", (RUNWAY,)),
    Case(
        "RetentionRunwayShort",
        "stays silent when all is read, however long nothing came",
        runway("outcomes", 0) | runway("judgments", 10),
        "60m",
        (RUNWAY,),
    ),
    Case(
        "ClockSkewHigh",
        "fires when the clocks stay apart",
        {f'raterwatch_clock_ahead_seconds{{topic="judgments",{W1}}}': "20x60"},
        "10m",
        (SKEW,),
    ),
    Case(
        "ClockSkewHigh",
        "stays silent for a moment's jump",
        {f'raterwatch_clock_ahead_seconds{{topic="judgments",{W1}}}': "0x5 20x1 0x60"},
        "10m",
    ),
)

FAILING = Fired(
    "Messages do not reach pagerduty",
    "Alertmanager cannot deliver, or Prometheus cannot reach it. Other ways still work, or you would not read this.",
    {"integration": "pagerduty"},
)
RULES = Fired(
    "Some rules cannot be evaluated",
    "15 evaluations failed: an alert may be blind. Prometheus shows the error on /rules.",
)
CUT = Fired(
    "Some raters are missing from boards and alerts",
    "7 raters or findings were left out by the cap on series; findings are kept. "
    "Raise RATERWATCH_RATER_SERIES_CAP or add workers.",
)
BUDGET = Fired(
    "More raters were flagged wrongly than the policy allows",
    "In 7 days people cleared 4.0 times as many raters as the budget expects. Review the detectors before the raters.",
)
MUTED = Fired(
    "Detector copying is switched off",
    "The policy file switches it off, at least in one queue: raters it would find are not found.",
    {"detector": "copying"},
)
ALIVE = Fired("Alerts are alive", "This fires always. When it stops, rules or messages do not work any more.")


def failed(integration: str, values: str) -> dict[str, str]:
    return {f'alertmanager_notifications_failed_total{{integration="{integration}",job="alertmanager"}}': values}


def cleared(number: int, raters: int) -> dict[str, str]:
    return {
        **UP,
        **OLD,
        **counter("findings_decided", f"_x10 {number}x60", 'detector="changed",verdict="cleared"'),
        **counter("findings_decided", "_x10 90x60", 'detector="changed",verdict="confirmed"'),
        'raterwatch_active_raters{vendor="acme",queue="q",window="7d"}': f"{raters}x60",
    }


def muted(detector: str, values: str) -> dict[str, str]:
    return {f'raterwatch_detector_muted{{detector="{detector}",{W1}}}': values}


WATCH = (
    Case("NotificationsFailing", "fires when a way is blocked", failed("pagerduty", "0+5x60"), "20m", (FAILING,)),
    Case(
        "NotificationsFailing",
        "stays silent for a way that works again",
        failed("slack", "0x5 3x60") | failed("pagerduty", "0+5x60"),
        "20m",
        (FAILING,),
    ),
    Case("PrometheusRuleFailing", "fires", {"prometheus_rule_evaluation_failures_total": "0+1x60"}, "20m", (RULES,)),
    Case("PrometheusRuleFailing", "stays silent", {"prometheus_rule_evaluation_failures_total": "3x60"}, "20m"),
    Case("RaterSeriesTruncated", "fires", {f"raterwatch_rater_series_cut_raters{{{W1}}}": "7x60"}, "20m", (CUT,)),
    Case("RaterSeriesTruncated", "stays silent", {f"raterwatch_rater_series_cut_raters{{{W1}}}": "0x60"}, "20m"),
    Case("FalseFlagBudgetBurn", "fires when many are cleared", cleared(4, 1000), "20m", (BUDGET,)),
    Case("FalseFlagBudgetBurn", "stays silent within the budget", cleared(4, 10_000), "20m"),
    Case("FalseFlagBudgetBurn", "stays silent for one or two", cleared(2, 100), "20m"),
    Case("DetectorMuted", "fires for the one that is off", muted("copying", "1x90"), "80m", (MUTED,)),
    Case(
        "DetectorMuted",
        "stays silent for one that is on",
        muted("changed", "0x90") | muted("copying", "1x90"),
        "80m",
        (MUTED,),
    ),
    Case("Watchdog", "fires always", {"other": "1x9"}, "5m", (ALIVE,)),
)
