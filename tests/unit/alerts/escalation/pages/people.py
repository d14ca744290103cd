"""Who looks at the pages, for which vendors, and when."""

from datetime import UTC, datetime

from alerts.escalation.cases.contract import Calendar, Contract, Contracts
from alerts.escalation.cases.roles import Person, Role

NOW_MS = int(datetime(2026, 3, 12, 10, 0, tzinfo=UTC).timestamp()) * 1_000  # a Thursday
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
DECIDER = Person("dana@example.org", Role.DECIDER)
SECOND = Person("sam@example.org", Role.DECIDER)
ANALYST = Person("ana@example.org", Role.ANALYST)
LEAD = {name: Person(f"lead@{name}.example", Role.VENDOR_LEAD, name) for name in ("alba", "borea")}
OTHERS = {
    Role.ENGINEER: Person("erin@example.org", Role.ENGINEER),
    Role.AUDITOR: Person("audrey@example.org", Role.AUDITOR),
    Role.PRIVACY: Person("priya@example.org", Role.PRIVACY),
    Role.ADMIN: Person("adam@example.org", Role.ADMIN),
    Role.VENDOR_WELLNESS: Person("care@alba.example", Role.VENDOR_WELLNESS, "alba"),
}
CONTRACTS = Contracts(
    vendors={
        "alba": Contract(
            name="alba",
            display_name="Alba Data",
            calendar=Calendar(time_zone="Europe/Berlin"),
            lead_email="quality@alba.example",
        ),
        "borea": Contract(name="borea", display_name="Borea Labelling", lead_email="quality@borea.example"),
    }
)
WORDS = "The labels on these items are plainly the same one again and again."  # a decision's
