import random
from pathlib import Path

import msgspec
from sqlalchemy import select

from alerts.escalation.service import Service
from alerts.escalation.settings import Settings as EscalationSettings
from alerts.escalation.store.store import Store
from alerts.escalation.store.tables import SampleItemRow, SampleRow
from alerts.escalation.work.sampling import is_drawn
from stream.commands import sampling
from stream.commands.rater_pool import read_pool
from stream.events import Event, Judgment
from stream.quality.schema import RING
from stream.settings import Settings
from tests.escalation_world import World
from tests.filled_state import Crowd


async def test_the_pool_holds_real_answers_of_the_wanted_raters_and_of_others(store, crowd) -> None:
    judgments = said_in(crowd)
    one = judgments[0]
    pool = await read_pool(store, Settings(), {(one.queue, one.rater_id)}, random.Random(1))
    said = {(event.queue, event.rater_id, event.item_id, _text(event.label)) for event in judgments}
    latest = pool.latest(one.queue, one.rater_id)
    assert 20 <= len(latest) <= RING
    assert {(one.queue, one.rater_id, item.item_id, _text(item.label)) for item in latest} <= said
    others = pool.unflagged(one.queue)
    assert one.rater_id in others or len(others) > 1
    assert all((one.queue, rater) in {(event.queue, event.rater_id) for event in judgments} for rater in others)


async def test_a_sample_is_drawn_from_what_redis_holds(store, crowd, tmp_path: Path) -> None:
    one = said_in(crowd)[0]
    world = World(Store.open(f"sqlite:///{tmp_path / 'cases.db'}"))
    number = next(number for number in range(1_000) if is_drawn(f"{number:032x}", "raterwatch"))
    world.opened(number, rater_id=one.rater_id, queue=one.queue)
    service = _service(world)
    assert await sampling.draw(service, Settings(), store, random.Random(1)) == 2
    assert await sampling.draw(service, Settings(), store, random.Random(1)) == 0
    with world.store.reading() as session:
        assert sorted(session.scalars(select(SampleRow.flagged))) == [False, True]
        assert len(session.scalars(select(SampleItemRow)).all()) == 40
    world.store.close()


def _service(world: World):

    return Service(EscalationSettings(), world.store, world.contracts, world.policy, clock=lambda: world.now_ms)


def said_in(crowd: Crowd) -> list[Judgment]:
    """Answered judgments in the crowd's logs."""
    events = [msgspec.json.decode(record.value, type=Event) for log in crowd.logs for record in log if record.value]
    return [event for event in events if isinstance(event, Judgment) and event.outcome == "answered"]


def _text(label: object) -> str:
    """Sets come back in the order of the queue's labels."""
    return ",".join(sorted(map(str, label))) if isinstance(label, list) else str(label)
