from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import pytest

from stream.intake.decode import decode
from stream.intake.directory import Directory
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import payload_of
from stream.quality.schema import Op
from stream.simulate import QueueWorld, World, encode_events, plain_world
from stream.simulate.queues_file import queues_file


def test_the_strict_loader_reads_back_the_world():
    world = World()
    settings = parse_settings(queues_file(world))

    assert list(settings.queues) == [queue.name for queue in world.queues]
    for queue in world.queues:
        read = settings.queues[queue.name]
        assert (read.kind, read.labels, read.redundancy) == (queue.kind, queue.labels, queue.redundancy)
        assert read.sensitivity == queue.sensitivity
        assert read.item_kinds == tuple(name for name, _ in queue.item_kinds)
    for vendor in world.vendors:
        contract = settings.vendors[vendor.name].contract
        assert (contract.currency, contract.cost_per_judgment) == (vendor.currency, vendor.cost)
        assert contract.target_accuracy == vendor.target_accuracy


@pytest.mark.parametrize("pseudonyms", ["demo", "raw"])
def test_raw_ids_are_accepted_only_in_a_world_that_has_them(pseudonyms):
    settings = parse_settings(queues_file(replace(World(), pseudonyms=pseudonyms)))

    assert settings.accept_raw_ids == (pseudonyms == "raw")


def test_names_with_quotes_dots_and_letters_of_any_script_are_kept():
    queue = QueueWorld(name='a "b".c', kind="nominal", labels=("größer", 'x"y'), prior=(0.5, 0.5))

    settings = parse_settings(queues_file(plain_world(10, 5, queues=(queue,))))

    assert settings.queues[queue.name].labels == queue.labels


class Record(NamedTuple):
    offset: int
    timestamp: int
    value: bytes


def test_stage_1s_decoder_takes_every_event_under_the_written_queues(everyday):
    settings = parse_settings(queues_file(everyday.simulation.world))
    directory = Directory.of(payload_of(settings))
    logged = everyday.simulation.world.start_ms + 5 * 86_400_000  # an audit comes days after the work, now and then
    records = [Record(at, logged, value) for at, (_, value) in enumerate(encode_events(everyday.events))]

    decoded = decode(records, directory, destinations=4)

    assert decoded.rejects == []
    assert not decoded.counts
    ops = Counter(Op(op) for op in decoded.rows["op"].tolist())
    assert ops[Op.JUDGMENT] == len(everyday.judgments)
    assert set(ops) == {Op.JUDGMENT, Op.GOLD, Op.ADJUDICATION, Op.RETRACTION}
