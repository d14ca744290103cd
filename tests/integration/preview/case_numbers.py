"""What a case service tells Prometheus once people have worked with it: a case of every kind that a board draws."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from alerts.escalation.store.store import Store
from alerts.escalation.web.usage import CONTENT_TYPE, Usage
from alerts.escalation.work.rater_pool import Judged, MemoryPool
from alerts.escalation.work.sampling import blind_items, draw_samples, is_drawn, judge_again
from tests.escalation_world import DORA, World, finding

_SAMPLED = next(number for number in range(10, 400) if is_drawn(f"{number:032x}", "seed"))


@contextmanager
def served_case_numbers(folder: Path, port: int) -> Iterator[str]:
    """The address, while it is served."""
    store = Store.open(f"sqlite:///{folder / 'cases.db'}")
    world = _worked_with(World(store))
    page = Usage().page(world.store, world.now_ms)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(page))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def _worked_with(world: World) -> World:
    world.confirmed(1)
    world.notified(2)
    world.opened(_SAMPLED)
    world.take(finding(3, shadow=True))
    items = [Judged(f"again-{n}", "fine") for n in range(20)]
    raters = (f"rkx-{_SAMPLED:012d}", "rkx-honest000001")
    pool = MemoryPool({("toxicity", rater): items for rater in raters}, raters[:1])
    with world.store.writing() as session:
        draw_samples(session, pool, "seed", random.Random(3), world.now_ms)
        for item in blind_items(session, 100):
            judge_again(session, DORA, item, "fine", world.now_ms)
    return world


def _handler(page: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
            """Nobody reads it."""

    return Handler
