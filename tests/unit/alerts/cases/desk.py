from tests.unit.alerts.cases.case import Case, Fired

SERVICE = 'job="escalation",instance="e1"'
DOWN = Fired(
    "The case service does not work",
    "It does not answer, or its database does not. Findings wait in Kafka and nothing is lost, but nobody is told, "
    "and no appeal is taken.",
)
OWED = Fired(
    "Decisions do not reach the stream",
    "3 verdicts, audits or corrected answers wait for Kafka: raters are not scored again.",
)
FAILED = Fired(
    "Messages by webhook were sent in vain",
    "2 messages were given up after a day of trying. The deadlines behind them stand still; the desk lists them and "
    "sends them again.",
    {"channel": "webhook"},
)
BACKLOG = Fired(
    "Cases wait for somebody to look",
    "The oldest has waited for 4d 0h 0m 0s. A rater's finding that nobody looks at helps nobody.",
)
LATE = Fired(
    "Appeals wait for a reply longer than was promised",
    "2 cases. Somebody stands by an answer and waits for a person to say something.",
)
WATCHES = Fired(
    "Detector copying opens no cases any more",
    "People cleared too many of its findings. They still stand on the boards; review the detector before the raters.",
    {"detector": "copying"},
)


def told(name: str, values: str, labels: str = "") -> dict[str, str]:
    return {f"raterwatch_{name}{{{labels and labels + ','}{SERVICE}}}": values}


def late(reply: int) -> dict[str, str]:
    return told("cases_late", f"{reply}x60", 'due="reply"') | told("cases_late", "5x60", 'due="answer"')


def oldest(open_s: int) -> dict[str, str]:
    return told("cases_oldest_seconds", f"{open_s}x60", 'state="open"') | told(
        "cases_oldest_seconds", "900000x60", 'state="notified"'
    )


DESK = (
    Case("CaseServiceDown", "fires when nobody answers", {f"up{{{SERVICE}}}": "1x5 0x60"}, "20m", (DOWN,)),
    Case(
        "CaseServiceDown",
        "fires when its database is away",
        {f"up{{{SERVICE}}}": "1x60"} | told("escalation_database_up", "1x5 0x60"),
        "20m",
        (DOWN,),
    ),
    Case(
        "CaseServiceDown",
        "stays silent over a restart, with a second one, and where none was ever set up",
        {f"up{{{SERVICE}}}": "1x5 0x3 1x60", 'up{job="escalation",instance="e2"}': "0x60"}
        | told("escalation_database_up", "1x60"),
        "20m",
    ),
    Case("DecisionsNotSent", "fires when Kafka takes none", told("decisions_owed", "0x5 3x60"), "20m", (OWED,)),
    Case("DecisionsNotSent", "stays silent for those on their way", told("decisions_owed", "3x2 0x3 2x2 0x60"), "20m"),
    Case(
        "DeliveriesFailed",
        "fires for each way",
        told("deliveries", "2x60", 'channel="webhook",state="dead"'),
        "10m",
        (FAILED,),
    ),
    Case(
        "DeliveriesFailed",
        "stays silent while they are tried again",
        told("deliveries", "40x60", 'channel="email",state="queued"')
        | told("deliveries", "2x60", 'channel="webhook",state="dead"'),
        "10m",
        (FAILED,),
    ),
    Case("CaseBacklog", "fires when one waits for days", oldest(345_600), "10m", (BACKLOG,)),
    Case("CaseBacklog", "stays silent over a weekend, and while a vendor is asked", oldest(216_000), "10m"),
    Case("AppealLate", "fires when ours is overdue", late(2), "10m", (LATE,)),
    Case("AppealLate", "stays silent when the vendor's is", late(0), "10m"),
    Case("DetectorOnlyWatches", "fires", told("detector_watches", "1x60", 'detector="copying"'), "20m", (WATCHES,)),
    Case(
        "DetectorOnlyWatches",
        "stays silent for one that opens cases",
        told("detector_watches", "0x60", 'detector="inverted"')
        | told("detector_watches", "1x60", 'detector="copying"'),
        "20m",
        (WATCHES,),
    ),
)
