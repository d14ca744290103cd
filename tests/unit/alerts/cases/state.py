from tests.unit.alerts.cases.case import Case, Fired
from tests.unit.alerts.cases.series import OLD, UP, W1, W2, counter, lag, topic

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
