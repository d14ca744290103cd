"""How long the desk's list takes with many open cases: `python bench/desk_list.py [CASES] [DATABASE URL]`.

Signs in as a decider, and asks over HTTP for the first page, a filtered one, a vendor's own, and pages further on. Each
answer counts: session, query, audit row, template. Prints the median and the 95th percentile in milliseconds.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

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

VENDORS, QUEUES, ROUNDS = ("alba", "borea", "cassia", "dorado", "estrella"), 50, 120
DAY_MS = 86_400_000
TOPICS = ("constant_answer", "unrelated_to_peers", "copying", "known_answers")


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


def measured(client: TestClient, path: str) -> list[float]:
    """Milliseconds of each request, sorted."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answered = client.get(path)
        took.append((time.perf_counter() - began) * 1_000)
        assert answered.status_code == 200, answered.text[:300]
    return sorted(took)


def main() -> None:
    """Fills a database and asks."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="raterwatch-bench-") as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder) / 'cases.db'}"
        store, now_ms = Store.open(url), wall_clock()
        fill(store, count, now_ms)
        site = Site(
            store=store,
            contracts=Contracts(vendors={name: Contract(name=name) for name in VENDORS}),
            clock=wall_clock,
            address="http://testserver",
            links=RaterLinks("k" * 32),
        )
        site.rate.burst = 10**9
        app = http_app(site, "s" * 32)
        print(f"{count:,} open cases in {url.split(':', 1)[0]}; milliseconds over {ROUNDS} requests each")
        for who in (Person("dana", Role.DECIDER), Person("lea", Role.VENDOR_LEAD, "alba")):
            with store.writing() as session:
                secret = create_token(session, SYSTEM, who, "bench", 1, now_ms).secret
            client = TestClient(app)
            client.post("/sign-in", data={"token": secret})
            further = client.get("/cases").text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
            searches = ("", "?state=answered&queue=queue-4", "?critical=1", "?over=1", further.replace("&amp;", "&"))
            for search in searches:
                took = measured(client, f"/cases{search}")
                print(
                    f"  {who.role:<12} /cases{search[:32]:<33} median {took[len(took) // 2]:6.1f}"
                    f"  p95 {took[int(len(took) * 0.95)]:6.1f}"
                )
        store.close()


if __name__ == "__main__":
    main()
