"""A small world for tests of the escalation service: a store of either kind, a clock that is set, people, findings."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.escalation.cases.actions import (
    Acknowledge,
    Answer,
    AnyAction,
    Confirm,
    Delivered,
    Notify,
    OpenEvidence,
    Triage,
)
from alerts.escalation.cases.contract import Calendar, Contract, Contracts, Webhook
from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.store.reading import find_case
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import CaseRow, FindingRow
from alerts.escalation.work.perform import perform
from alerts.escalation.work.sending import Desk
from alerts.escalation.work.take_finding import take_finding
from alerts.escalation.work.tick import Ticked, tick
from stream.events import Evidence, Finding, Sentence
from stream.policy.declared import DeclaredPolicy

ZONE = ZoneInfo("Europe/Berlin")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
ALBA = Contract(
    name="alba",
    calendar=Calendar(time_zone="Europe/Berlin"),
    webhook=Webhook(url="https://hooks.alba.example/in", secret_files=("alba_secret",)),
    lead_email="lead@alba.example",
    manager_email="head@alba.example",
)
BOREA = Contract(name="borea", calendar=ALBA.calendar, lead_email="lead@borea.example")
CONTRACTS = Contracts(vendors={"alba": ALBA, "borea": BOREA})

DORA, EMIL = Person("dora", Role.DECIDER), Person("emil", Role.DECIDER)
ANA = Person("ana", Role.ANALYST)
LEE, BO = Person("lee", Role.VENDOR_LEAD, "alba"), Person("bo", Role.VENDOR_LEAD, "borea")
RATER_ID = "rkx-7hq2m9t4vwzc"
RATER = Person("link-1", Role.RATER, "alba", RATER_ID)

WHY = "All fifteen answers fit the old guideline, I think"
ITEMS = ("item-1", "item-2", "item-3")


def at(text: str) -> int:
    """A moment in Berlin."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1_000)


def finding(number: int = 1, version: int = 1, event: str = "opened", **other: object) -> Finding:
    """A finding about a rater of alba."""
    now_ms = at("2026-03-02T09:00")
    given = {
        "id": f"{number:032x}",
        "version": version,
        "event": event,
        "queue": "toxicity",
        "detector": "constant_answer",
        "state": "suspect",
        "sentence": Sentence(key="constant_answer", params={}, text=f"93 % of 150 answers are “fine” ({number})."),
        "opened_at": now_ms + number,
        "at": now_ms + number,
        "rater_id": RATER_ID if number == 1 else f"rkx-{number:012d}",
        "vendor": "alba",
        "measure": 0.93,
        "low": 0.9,
        "high": 0.96,
        "threshold": 0.4,
        "n": 150,
        "peers": 12,
        "partner": "00ff00ff00ff00ff",
        "evidence": [
            Evidence(item_id=item, label="fine", at=now_ms, peers=4, peers_agree=0.25, duration_ms=900)
            for item in ITEMS
        ],
    }
    return Finding(**(given | other))  # type: ignore[arg-type]


@dataclass
class World:
    """The store with a clock; each step is a transaction of its own."""

    store: Store
    now_ms: int = at("2026-03-02T10:00")
    contracts: Contracts = CONTRACTS
    policy: DeclaredPolicy = field(default_factory=DeclaredPolicy)
    desk: Desk = field(default_factory=lambda: Desk("desk@example.org"))
    _count: itertools.count = field(default_factory=itertools.count)  # type: ignore[type-arg]

    def take(self, found: Finding) -> FindingRow | None:
        with self.store.writing() as session:
            return take_finding(session, self.contracts, self.policy, found, self.now_ms)

    def do(self, who: Person, case_id: str, *actions: AnyAction, **more: object) -> CaseRow:
        for action in actions:
            with self.store.writing() as session:
                perform(session, self.contracts, who, case_id, action, self.now_ms, **more)  # type: ignore[arg-type]
        return self.case(case_id)

    def tick(self) -> Ticked:
        with self.store.writing() as session:
            return tick(session, self.contracts, self.policy, self.desk, self.now_ms)

    def case(self, case_id: str) -> CaseRow:
        with self.store.reading() as session:
            return find_case(session, SYSTEM, case_id)

    def opened(self, number: int = 1, **other: object) -> str:
        """A case that a finding opened."""
        row = self.take(finding(number, **other))
        assert row is not None
        assert row.case_id is not None, row.waits
        return row.case_id

    def notified(self, number: int = 1) -> str:
        case_id = self.opened(number)
        self.do(DORA, case_id, Triage(), Notify())
        self.do(SYSTEM, case_id, Delivered())
        return case_id

    def answered(self, number: int = 1) -> str:
        case_id = self.notified(number)
        self.do(LEE, case_id, Acknowledge(), Answer(words="We spoke with the rater; the old guideline was in use."))
        return case_id

    def confirmed(self, number: int = 1) -> str:
        case_id = self.answered(number)
        self.do(DORA, case_id, OpenEvidence(), Confirm(words=f"{WHY} {next(self._count)}"))
        return case_id
