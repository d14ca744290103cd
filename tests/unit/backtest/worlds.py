"""Small files and logs for the tests of backtest and replay."""

import msgspec

from stream.backtest.run import Plan, Result, run
from stream.backtest.sources import Sources, declare_queues, survey_all
from stream.events import Event, Judgment
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.intake.settings_control import payload_of
from stream.intake.table import Reading
from stream.quality.schema import COMMUTATIVE

START_MS = 1_700_000_000_000
SETTINGS = SettingsPayload(queues=(QueuePayload(name="q", labels=("a", "b"), horizon_ms=10**12),), accept_raw_ids=True)


def judgment(number: int, item: str, rater: str, label: str, **fields) -> Judgment:
    return Judgment(
        **{
            "judgment_id": f"j{number}",
            "item_id": item,
            "rater_id": rater,
            "queue": "q",
            "vendor": "v",
            "submitted_at": START_MS + 1000 * number,
            "label": label,
        }
        | fields
    )


def ran(events: list[Event], **plan) -> Result:
    return run(events, SETTINGS, Plan(**plan))


def row_of(result: Result, rater: str):
    [found] = [row for row in result.raters if row.rater_id == rater]
    return found


def backtest_of(path, reading: Reading | None = None, *, with_golds: bool = True, **plan) -> Result:
    reading = reading or Reading()
    settings = payload_of(declare_queues(survey_all([str(path)], reading)))
    payload = msgspec.structs.replace(settings, accept_raw_ids=True)
    return run(Sources((str(path),), reading, with_golds=with_golds), payload, Plan(**plan))


def columns_of(result: Result) -> dict[tuple[str, str], tuple[int, ...]]:
    """The commutative lifetime columns by rater and queue."""
    return {
        (table.profiles[slot].rater_id, table.profiles[slot].queue): tuple(
            int(table.rows.life[slot, column]) for column in COMMUTATIVE
        )
        for shard in result.shards
        for table in shard.tables.values()
        for slot in table.slots()
        if table.profiles[slot].rater_id
    }
