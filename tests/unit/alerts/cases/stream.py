from tests.unit.alerts.cases.case import Case, Fired
from tests.unit.alerts.cases.series import OLD, UP, W1, counter, lag, topic


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
