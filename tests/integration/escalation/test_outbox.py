import random

from alerts.escalation.deliver.outbox import LEASE_MS, Sender, arrived, failed, take_due
from alerts.escalation.errors import Undeliverable
from alerts.escalation.store.tables import DeliveryRow
from alerts.escalation.work.sending import queue_delivery
from tests.escalation_world import World


def queue(world: World, count: int, vendor: str = "alba") -> set[str]:
    with world.store.writing() as session:
        return {
            queue_delivery(session, "webhook", "https://a.example", "reminder", {}, world.now_ms, vendor=vendor).id
            for _ in range(count)
        }


def take(world: World, most: int = 50, most_a_vendor: int = 50, **under_way: int) -> list[DeliveryRow]:
    with world.store.writing() as session:
        return list(take_due(session, world.now_ms, most, most_a_vendor, under_way))


def test_what_one_has_taken_no_other_takes_until_the_lease_ends(world: World) -> None:
    ids = queue(world, 5)
    first, second = take(world, 3), take(world)
    assert {row.id for row in first}.isdisjoint(row.id for row in second)
    assert {row.id for row in (*first, *second)} == ids
    assert take(world) == []
    world.now_ms += LEASE_MS
    assert {row.id for row in take(world)} == ids


def test_whoever_was_too_slow_writes_nothing_about_what_another_has_taken(world: World) -> None:
    queue(world, 1)
    sender = Sender(world.contracts, world.desk, random.Random(1).random)
    [slow] = take(world)
    world.now_ms += LEASE_MS
    [quick] = take(world)
    with world.store.writing() as session:
        assert not failed(session, sender, slow, Undeliverable("gone", final=True), world.now_ms)
        assert arrived(session, sender, quick, world.now_ms)
    with world.store.writing() as session:
        assert not arrived(session, sender, slow, world.now_ms)
        assert session.get_one(DeliveryRow, slow.id).attempts == 1


def test_a_vendor_that_keeps_us_waiting_holds_up_no_other(world: World) -> None:
    queue(world, 30, "alba")
    others = queue(world, 2, "borea")
    taken = take(world, 10, 5)
    assert others <= {row.id for row in taken}
    assert sum(row.vendor == "alba" for row in taken) == 5
    assert take(world, 10, 5, alba=5) == []
