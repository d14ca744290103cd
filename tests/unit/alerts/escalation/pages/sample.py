"""Two vendors with cases in every state, people with tokens, and a site to look at them with."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.orm import Session

from alerts.escalation.cases.actions import (
    Acknowledge,
    Answer,
    AnyAction,
    Appeal,
    Clear,
    Comment,
    Delivered,
    OpenEvidence,
    TellRater,
    Triage,
)
from alerts.escalation.cases.contract import Calendar, Contract, Contracts
from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.numbers.port import FakeNumbers, OwnNumbers, OwnWindow
from alerts.escalation.scorecards.port import DayCounts, FakeCounts
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.store.tokens import create_token
from alerts.escalation.web.http import http_app
from alerts.escalation.web.rater_links import RaterLinks
from alerts.escalation.web.site import Site
from alerts.escalation.work.perform import perform
from alerts.escalation.work.scorecards import exclude, issue
from alerts.escalation.work.take_finding import take_finding
from stream.events import Corroboration, Evidence, Finding, Sentence
from stream.policy.declared import DeclaredPolicy

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
SAID = "62 % of 180 answers are “not spam”; in the queue it is 31 %."
WORDS = "The labels on these items are plainly the same one again and again."


@dataclass
class Sample:
    """The site with its clock; `secret` of each person's token, `case` ids by name."""

    site: Site
    app: FastAPI
    clock: list[int]
    secret: dict[str, str] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    link: dict[str, str] = field(default_factory=dict)

    def bearer(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret[person.id]}"}

    def act(self, person: Person, name: str, action: AnyAction) -> CaseRow:
        with self.site.store.writing() as session:
            return perform(session, CONTRACTS, person, self.case[name], action, self.clock[0])


@contextmanager
def sample(folder: Path, **site_parts: object) -> Iterator[Sample]:
    """Made once a run and copied for each test."""
    clock, database = [NOW_MS], folder / "cases.db"
    if _once:
        database.write_bytes(_once.database)
    store = Store.open(f"sqlite:///{database}")
    given: dict[str, object] = {
        "store": store,
        "contracts": CONTRACTS,
        "clock": lambda: clock[0],
        "address": "http://testserver",
        "links": RaterLinks("k" * 32),
        "numbers": FakeNumbers({("rkx-7hq2m9t4vwzc", "alba"): OWN}),
        "counts": FakeCounts(counts(), {("alba", "spam"): 0.9, ("alba", "toxicity"): 0.85}),
        "alertmanager_token": "of-alertmanager",
        "sensitive_queues": frozenset({"toxicity"}),
    }
    site = Site(**(given | site_parts))  # type: ignore[arg-type]
    made = Sample(site, _app(site), clock, dict(_once.secret), dict(_once.case), dict(_once.link))
    try:
        if not _once:
            with store.writing() as session:
                _people(session, made)
                _cases(session, made)
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("VACUUM INTO ?", (str(folder / "once.db"),))
            _once.database = (folder / "once.db").read_bytes()
            _once.secret, _once.case, _once.link = dict(made.secret), dict(made.case), dict(made.link)
        yield made
    finally:
        store.close()


@dataclass
class Once:
    """What the first sample of a run left for the others."""

    database: bytes = b""
    secret: dict[str, str] = field(default_factory=dict)
    case: dict[str, str] = field(default_factory=dict)
    link: dict[str, str] = field(default_factory=dict)
    apps: dict[bool, FastAPI] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.database)


_once = Once()


def _app(site: Site) -> FastAPI:
    if site.is_https not in _once.apps:
        _once.apps[site.is_https] = http_app(site, "s" * 32)
    app = _once.apps[site.is_https]
    app.state.site = site
    return app


def _people(session: Session, made: Sample) -> None:
    for person in (DECIDER, SECOND, ANALYST, *LEAD.values(), *OTHERS.values()):
        made.secret[person.id] = create_token(session, SYSTEM, person, "test", 30, NOW_MS).secret


def _cases(session: Session, made: Sample) -> None:
    open_case(session, made, "new", "rkx-3f9x2m8k1qpz", "borea", "unrelated_to_peers", "toxicity", opened=0.1)
    open_case(session, made, "alba", "rkx-7hq2m9t4vwzc", "alba", "constant_answer", "spam", opened=9, critical=True)
    open_case(session, made, "borea", "rkx-5c1r8d6n0yjw", "borea", "constant_answer", "spam", opened=6)
    open_case(session, made, "asked", "rkx-9t3b7v2l4hsa", "alba", "copying", "toxicity", opened=3)
    open_case(session, made, "done", "rkx-2p6k8w1z5ugm", "alba", "known_answers", "spam", opened=20)
    for name in ("alba", "borea", "asked", "done"):
        begin = {"alba": 8.0, "borea": 5.0, "asked": 2.0, "done": 18.0}[name]
        vendor = "borea" if name == "borea" else "alba"
        steps: list[tuple[Person, AnyAction, float]] = [
            (ANALYST, Triage(), 0),
            (SYSTEM, Delivered(), 0.2),
        ]
        if name != "asked":
            steps += [(LEAD[vendor], Acknowledge(), 0.4), (SYSTEM, TellRater(), 0.5)]
        if name in ("borea", "done"):
            steps += [
                (LEAD[vendor], Answer(words="We looked at the answers together; the rater knew an older guide."), 1)
            ]
        if name == "done":
            steps += [
                (DECIDER, OpenEvidence(), 2),
                (DECIDER, Clear(words="The older guide explains these answers fully."), 2),
            ]
        for who, action, after in steps:
            perform(session, CONTRACTS, who, made.case[name], action, NOW_MS - round((begin - after) * DAY_MS))
    perform(
        session,
        CONTRACTS,
        ANALYST,
        made.case["alba"],
        Comment(words="Compare with the spam guide of February."),
        NOW_MS - 7 * DAY_MS,
    )
    rater = Person("rater", Role.RATER, "alba", "rkx-7hq2m9t4vwzc")
    appeal = Appeal(
        words="These were all newsletters, and the guide says that newsletters are not spam.",
        item_ids=("mail-10431", "mail-10499"),
    )
    perform(session, CONTRACTS, rater, made.case["alba"], appeal, NOW_MS - 2 * DAY_MS)
    for vendor, rater_id in (("alba", "rkx-7hq2m9t4vwzc"), ("borea", "rkx-5c1r8d6n0yjw")):
        made.link[vendor] = made.site.links.make(session, SYSTEM, rater_id, vendor, NOW_MS)
    exclude(
        session,
        ANALYST,
        "spam",
        "2026-02-09",
        "2026-02-10",
        "known_answer",
        "Forty known answers were wrong on these two days.",
        now_ms=NOW_MS - DAY_MS,
    )
    for vendor in ("alba", "borea"):
        issue(session, CONTRACTS, made.site.counts, ANALYST, vendor, "2026-02", NOW_MS - DAY_MS)


def open_case(
    session: Session,
    made: Sample,
    name: str,
    rater_id: str,
    vendor: str,
    detector: str,
    queue: str,
    opened: float,
    *,
    critical: bool = False,
) -> None:
    begin = NOW_MS - round(opened * DAY_MS)
    for version in range(1, 15):
        at = begin + round((version - 1) / 14 * opened * DAY_MS)
        found = finding(f"finding-{name}", version, rater_id, vendor, detector, queue, begin, at, critical=critical)
        row = take_finding(session, CONTRACTS, DeclaredPolicy(), found, at)
    assert row is not None
    assert row.case_id is not None, row.waits
    made.case[name] = row.case_id


def finding(
    id_: str,
    version: int,
    rater_id: str,
    vendor: str,
    detector: str,
    queue: str,
    opened_at: int,
    at: int,
    *,
    critical: bool = False,
) -> Finding:
    share = 0.66 - 0.03 * math.sin(version) - 0.004 * version
    return Finding(
        id=id_,
        version=version,
        event="opened" if version == 1 else "updated",
        queue=queue,
        detector=detector,
        state="critical" if critical else "ticket",
        sentence=SENTENCES[detector],
        opened_at=opened_at,
        at=at,
        rater_id=rater_id,
        vendor=vendor,
        measure=share,
        low=share - 0.07,
        high=share + 0.06,
        threshold=0.31 + 0.008 * math.cos(version / 2),
        nats=14.2,
        n=100 + 8 * version,
        peers=64,
        evidence=evidence(at),
        corroboration=[FAST],
    )


def evidence(at: int) -> list[Evidence]:
    return [
        Evidence(
            item_id=f"mail-{10_431 + 17 * n}",
            label="not spam" if n % 5 else "spam",
            at=at - n * 420_000,
            peers=3 + n % 3,
            peers_agree=(n % 4) / 4,
            duration_ms=3_100 + 240 * (n % 7),
            chosen="moved" if n < 6 else "random",
        )
        for n in range(9)
    ]


FAST = Corroboration(
    name="fast",
    sentence=Sentence(
        key="fast",
        params={"slower": "88", "n": "142"},
        text=(
            "Of the queue's answers to items of the same kind, 88 % took longer than this rater's typical one "
            "(142 answers were timed)."
        ),
    ),
    n=142,
    others=9_000,
    measure=0.88,
    low=0.8,
    high=0.93,
    usual=0.5,
    nats=3.1,
)
SENTENCES = {
    "constant_answer": Sentence(
        key="constant_answer", params={"share": "62", "n": "180", "label": "not spam", "usual": "31"}, text=SAID
    ),
    "unrelated_to_peers": Sentence(
        key="unrelated_to_peers",
        params={"n": "140", "share": "41", "expected": "39"},
        text=(
            "On 140 items that others judged too, the answers agree with theirs hardly more than the queue's label "
            "mix alone would give: 41 % where 39 % come by chance."
        ),
    ),
    "copying": Sentence(
        key="copying",
        params={"n": "90", "agreements": "86", "expected": "51", "minority": "17"},
        text=(
            "Of 90 items that one other rater judged too, the answers to 86 are the same; 51 would be usual. 17 of "
            "them are answers that few others gave."
        ),
    ),
    "known_answers": Sentence(
        key="known_answers",
        params={"n": "44", "share": "57", "threshold": "70"},
        text="On 44 items with a known answer, 57 % of the answers match it; here at least 70 % is usual.",
    ),
}
OWN: Sequence[OwnNumbers] = (
    OwnNumbers(
        queue="spam",
        windows=(
            OwnWindow("24h", 312, 0.74, 0.68, 0.79),
            OwnWindow("7d", 1_804, 0.77, 0.75, 0.79),
            OwnWindow("lifetime", 9_240, 0.81, 0.8, 0.82),
        ),
        usual_low=0.79,
        usual_high=0.88,
        minutes_without_break=34,
        minutes_sensitive_24h=71,
    ),
)


def counts() -> list[DayCounts]:
    """February 2026: three vendors in spam, two in toxicity."""
    places = {"alba": ("spam", "toxicity"), "borea": ("spam", "toxicity"), "cassia": ("spam",)}
    found: list[DayCounts] = []
    for vendor, queues in places.items():
        for queue in queues:
            for day in range(28):
                at = date(2026, 2, 1) + timedelta(days=day)
                audited, known = 9 + day % 3, 14 + day % 4
                wrong = 1 + (day % 3 == 0) + (queue == "toxicity") - (vendor == "cassia" and day % 2)
                found.append(
                    DayCounts(
                        vendor=vendor,
                        queue=queue,
                        day=at,
                        judgments=1_150 + 13 * day,
                        audited=audited,
                        overturned=wrong,
                        known=known,
                        known_right=known - wrong,
                    )
                )
    return found
