"""How long it takes from the judgment that tips a finding to the message that names the rater."""

import sys
import time
from itertools import pairwise

from tests.integration.alerts.crowds import Rater, Work
from tests.integration.alerts.scene import Scene, until

QUEUES = tuple(f"line{n}" for n in range(11))
_ITEMS = 40  # with one constant answer: enough to tip in each of two partitions


def tip(scene: Scene) -> dict[str, list[Rater]]:
    """Two raters of each queue give one answer, the second while the first one's group is already told of."""
    works = {queue: Work(queue, seed) for seed, queue in enumerate(QUEUES)}
    honest = {queue: [Rater("zenith") for _ in range(6)] for queue in QUEUES}
    tipping = {queue: [Rater("acme", "constant"), Rater("acme", "constant")] for queue in QUEUES}
    for queue, work in works.items():
        scene.send(work.items(80, (honest[queue], 3)))
    firsts = [(2.9 * n, queue, 0) for n, queue in enumerate(QUEUES)]
    seconds = [(2.9 * n + 12 + 2.1 * n, queue, 1) for n, queue in enumerate(QUEUES)]
    plan = sorted(firsts + seconds)
    for (at_s, queue, place), (next_s, *_) in pairwise([*plan, (plan[-1][0], "", 0)]):
        scene.send(works[queue].items(_ITEMS, (honest[queue], 3), ([tipping[queue][place]], 1)))
        # The spread over the servers' clocks is what is measured; nothing is awaited here.
        time.sleep(max(0.0, next_s - at_s - 0.3))
    return tipping


def seconds_to_message(scene: Scene, tipping: dict[str, list[Rater]]) -> list[float]:
    """For each rater: from the arrival of the tipping judgment in Kafka to the first message that names the rater."""
    names = [rater.name for raters in tipping.values() for rater in raters]
    for name in names:
        until(lambda name=name: scene.messages(naming=name), f"a message that names {name}")
    opened_ms: dict[str, int] = {}
    for found in scene.findings():
        rater = found.rater_id or ""
        opened_ms[rater] = min(found.opened_at, opened_ms.get(rater, found.opened_at))
    return [(scene.messages(naming=name)[0].at_ms - opened_ms[name]) / 1000 for name in names]


def tell(pace: str, took_s: list[float]) -> None:
    """What was measured, for whoever reads the run's output (pytest -s)."""
    middle, most = took_s[len(took_s) // 2], took_s[-1]
    sys.stdout.write(f"\ntipping judgment to message, {pace}: n={len(took_s)} median={middle:.1f} s max={most:.1f} s\n")
