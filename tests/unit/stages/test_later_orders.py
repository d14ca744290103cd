"""An order about a person that this version cannot read: passed over it would be lost, so the shard waits."""

import msgspec
import pytest

from stream.errors import ShardHalted
from stream.intake.control import sign
from stream.intake.payload import SETTINGS_SOURCE, QueuePayload
from stream.stages.items_stage import ItemStage
from tests.oracle.shards import KEY, Record, directory, log_of, settings_of
from tests.oracle.streams import START_MS


def later_order(offset: int) -> Record:
    payload = {"rater": "00ff", "order": "a word of tomorrow"}
    return Record(offset, START_MS, sign(KEY, source="privacy", version=offset, at=START_MS, payload=payload))


def test_the_shard_halts_and_says_that_an_upgrade_lets_it_read_on() -> None:
    stage = ItemStage(0, 1, directory())
    names = {"judgment_id": "j", "item_id": "i", "rater_id": "r", "queue": "nominal", "vendor": "v"}
    judgment = log_of([(START_MS, {**names, "label": "a", "submitted_at": START_MS})])
    with pytest.raises(ShardHalted, match=r"later version, behind offset 0\. .*nothing is lost"):
        stage.read([*judgment, later_order(1)])
    assert stage.offset == 0


def test_settings_that_stood_before_it_in_the_batch_are_not_stored_ahead_of_their_record() -> None:
    stage = ItemStage(0, 1, directory())
    stage.flush()
    before = stage.flush()  # with nothing new to be stored
    queues = (*settings_of().queues, QueuePayload(name="newer", labels=("a", "b")))
    settings = msgspec.structs.replace(settings_of(), queues=queues)
    newer = Record(0, START_MS, sign(KEY, source=SETTINGS_SOURCE, version=99, at=START_MS, payload=settings))
    with pytest.raises(ShardHalted):
        stage.read([newer, later_order(1)])
    after = stage.flush()
    assert (after.head, after.rows) == (before.head, before.rows)
