"""How long the desk's list takes with many open cases, on SQLite and PostgreSQL.

Asks over HTTP, as a decider and as a vendor's lead, for the first page, filtered ones and pages further on. Each answer
counts whole: session, query, audit row, template. Then several people ask at once, for the audit has one writer.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from alerts.escalation.cases.contract import Contract, Contracts
from alerts.escalation.cases.roles import SYSTEM, Person, Role
from alerts.escalation.clock import wall_clock
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import CaseRow
from alerts.escalation.store.tokens import create_token
from alerts.escalation.web.http import http_app
from alerts.escalation.web.rater_links import RaterLinks
from alerts.escalation.web.site import Site
from stack.local import LocalStack

VENDORS, QUEUES, ROUNDS, PEOPLE = ("alba", "borea", "cassia", "dorado", "estrella"), 50, 120, 4
DAY_MS = 86_400_000
TOPICS = ("constant_answer", "unrelated_to_peers", "copying", "known_answers")


def desk_list(cases: int, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds at the median and at the 95th percentile, of the slowest search of each kind of person."""
    with LocalStack(kafka=False, redis=False, postgres=True) as stack:
        urls = {"sqlite": f"sqlite:///{folder / 'cases.db'}", "postgresql": stack.postgres.url}
        found: dict[str, Any] = {"open_cases": cases, "requests_each": ROUNDS, "people_at_once": PEOPLE}
        for name, url in urls.items():
            say(f"{cases:,} open cases in {name}")
            found |= {f"{name}_{figure}": value for figure, value in _measured(url, cases, say).items()}
    return found


def fill(store: Store, count: int, now_ms: int) -> None:
    """Cases in five states, spread over vendors and queues."""
    chance = random.Random(7)
    states = ("open", "triaged", "notified", "acknowledged", "answered")
    with store.writing() as session:
        for n in range(count):
            state = states[n // len(VENDORS) % len(states)]
            session.add(
                CaseRow(
                    id=f"rater-{n:06}",
                    kind="rater",
                    state=state,
                    subject=f"subject-{n}",
                    vendor=VENDORS[n % len(VENDORS)],
                    queue=f"queue-{n % QUEUES}",
                    detector=TOPICS[n % len(TOPICS)],
                    rater_id=f"rkx-{n:012}",
                    critical=n % 11 == 0,
                    said="62 % of 180 answers are “not spam”; in the queue it is 31 %.",
                    round=1,
                    version=3,
                    opened_ms=now_ms - chance.randrange(30 * DAY_MS),
                    updated_ms=now_ms,
                    due_ms=None if state in ("open", "triaged") else now_ms + chance.randrange(-DAY_MS, 9 * DAY_MS),
                    due_kind=None if state in ("open", "triaged") else "answer",
                    ever_notified=state not in ("open", "triaged"),
                )
            )


def _measured(url: str, cases: int, say: Callable[[str], None]) -> dict[str, float]:
    store, now_ms = Store.open(url), wall_clock()
    fill(store, cases, now_ms)
    app = http_app(_site(store), "s" * 32)
    figures: dict[str, float] = {}
    for who in (Person("dana", Role.DECIDER), Person("lea", Role.VENDOR_LEAD, "alba")):
        with store.writing() as session:
            secret = create_token(session, SYSTEM, who, "bench", 1, now_ms).secret
        client = TestClient(app)
        client.post("/sign-in", data={"token": secret})
        further = client.get("/cases").text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        searches = ("", "?state=answered&queue=queue-4", "?critical=1", "?over=1", further.replace("&amp;", "&"))
        took = {search: _times(client, f"/cases{search}") for search in searches}
        for search, times in took.items():
            say(f"  {who.role} /cases{search[:32]}: median {_at(times, 0.5)} ms, p95 {_at(times, 0.95)} ms")
        slowest = max(took.values(), key=lambda times: _at(times, 0.95))
        figures |= {f"{who.role}_median_ms": _at(slowest, 0.5), f"{who.role}_p95_ms": _at(slowest, 0.95)}
        if who.role is Role.DECIDER:
            with ThreadPoolExecutor(PEOPLE) as people:
                asked = people.map(_times, [client] * PEOPLE, ["/cases"] * PEOPLE)
                together = sorted(chain.from_iterable(asked))
            figures |= {"at_once_median_ms": _at(together, 0.5), "at_once_p95_ms": _at(together, 0.95)}
    store.close()
    return figures


def _site(store: Store) -> Site:
    site = Site(
        store=store,
        contracts=Contracts(vendors={name: Contract(name=name) for name in VENDORS}),
        clock=wall_clock,
        address="http://testserver",
        links=RaterLinks("k" * 32),
    )
    site.rate.burst = 10**9
    return site


def _times(client: TestClient, path: str) -> list[float]:
    """Milliseconds of each request, sorted."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answered = client.get(path)
        took.append((time.perf_counter() - began) * 1_000)
        assert answered.status_code == 200, answered.text[:300]
    return sorted(took)


def _at(times: list[float], share: float) -> float:
    return round(times[int(len(times) * share)], 1)
