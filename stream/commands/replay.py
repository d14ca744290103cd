"""`raterwatch replay`: the events of files into Kafka, as if they happened again."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click
import msgspec
import uvloop

from stream.backtest.playback import Speed, shift_to_now_ms, shifted
from stream.backtest.run import batches
from stream.backtest.sources import event_ms, key_of
from stream.commands.bringing_queues import accepts_raw_ids, missing_queues, settings_with
from stream.commands.file_options import Choice, Opened, file_options, open_files, progress_bar
from stream.commands.options import opened_store, settings_of, with_control_key, with_servers
from stream.commands.publishing import Held, check_fits, held_settings, publish
from stream.commands.terminal import console, note, print_json, with_json
from stream.errors import InputError, SettingsError, Unavailable
from stream.events import Event
from stream.intake.settings_control import payload_of
from stream.settings import Settings
from stream.transport.port import Producer
from stream.transport.producer import KafkaProducer
from stream.transport.topics import look_up

LINGER_MS = 20  # throughput counts here, not latency
TURN_EVENTS = 500  # handed over at once
TIMER_SECONDS = 0.001  # finer pauses cost more than they bring
TURNS_UNDER_WAY = 20  # before the oldest has to be acknowledged


@click.command(
    "replay",
    epilog="""\b
Examples:
  raterwatch replay judgments.csv --pseudonym-key vendor.key
  raterwatch replay toloka.tsv --time-zone UTC --pseudonym-key vendor.key
  raterwatch replay crowd/judgments.jsonl --queues crowd/queues.toml --shift-to-now --speed 10x""",
)
@file_options
@click.option("--speed", default="max", show_default=True, help="2000 (a second), 10x (of the file's own time) or max.")
@click.option("--shift-to-now", is_flag=True, help="Move all times so that the files end now; distances are kept.")
@click.option("--accept-raw-ids", is_flag=True, help="Send rater ids as they are, if the queues file accepts them.")
@with_servers
@with_control_key
@with_json
def replay(
    *,
    choice: Choice,
    speed: str,
    shift_to_now: bool,
    accept_raw_ids: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Send the judgments of files to Kafka, and wait until it has acknowledged them.

    A queue that the deployment does not know is declared first, from the files, and takes judgments of any age; into
    other queues old judgments fit with --shift-to-now only. Sending a file again counts nothing twice.
    """
    settings = settings_of(given)
    pace = Speed.parse(speed)
    opened = open_files(choice, settings.queues)
    # A future per event: uvloop halves what they cost.
    summary = uvloop.run(_replay(settings, opened, pace, shift=shift_to_now, accept_raw_ids=accept_raw_ids))
    if as_json:
        print_json(summary)
    else:
        _show(summary, settings)


async def _replay(
    settings: Settings, opened: Opened, speed: Speed, *, shift: bool, accept_raw_ids: bool
) -> dict[str, Any]:
    facts = await asyncio.to_thread(look_up, settings.kafka_connection, [settings.judgments])
    if settings.judgments not in facts:
        raise SettingsError(f"Kafka has no topic {settings.judgments}: run `raterwatch topics` first")
    partitions = facts[settings.judgments].partitions
    held = await _held(settings, partitions)
    _check_ids(opened, held, accept_raw_ids=accept_raw_ids)
    producer = KafkaProducer(settings.kafka_connection, linger_ms=LINGER_MS)
    try:
        declared = await _declare(producer, settings, opened, held, partitions)
        by_ms = shift_to_now_ms(opened.found, speed, _now_ms()) if shift else 0
        _warn_of_age(opened, held, by_ms)
        began = time.perf_counter()
        with progress_bar() as bar:
            task = bar.add_task("judgments", total=opened.found.judgments)
            sending = _Sending(producer, settings.judgments, speed, by_ms, opened.found.first_ms)
            await sending.send_all(opened, lambda sent: bar.advance(task, sent))
        seconds = time.perf_counter() - began
    finally:
        await producer.stop()
    return {
        "produced": sending.sent,
        "seconds": round(seconds, 3),
        "per_second": round(sending.sent / max(seconds, 1e-9)),
        "partitions": partitions,
        "queues": list(opened.found.queues),
        "declared": declared,
        "shifted_ms": by_ms,
    }


@dataclass(slots=True)
class _Sending:
    producer: Producer
    topic: str
    speed: Speed
    by_ms: int
    first_ms: int
    sent: int = 0

    async def send_all(self, opened: Opened, advance: Callable[[int], object]) -> None:
        """Sends in the files' order, which Kafka keeps within a partition, a bounded number of turns ahead of it."""
        encode = msgspec.json.Encoder().encode
        under_way: deque[list[Awaitable[None]]] = deque()
        began, send, topic = time.monotonic(), self.producer.send, self.topic
        for batch in batches(opened.sources, TURN_EVENTS):
            turn: list[Awaitable[None]] = []
            for event in batch:
                if not self.speed.is_max:
                    await self._wait_for(event, began)
                    advance(1)
                moved = shifted(event, self.by_ms) if self.by_ms else event
                turn.append(send(topic, encode(moved), key=key_of(event).encode()))
                self.sent += 1
            if self.speed.is_max:
                advance(len(batch))
            under_way.append(turn)
            await asyncio.sleep(0)  # the producer's turn
            if len(under_way) > TURNS_UNDER_WAY:
                await self._acknowledged(under_way.popleft())
        for turn in under_way:
            await self._acknowledged(turn)

    async def _wait_for(self, event: Event, began: float) -> None:
        due = self.speed.due_seconds(self.sent, event_ms(event), self.first_ms)
        early = due - (time.monotonic() - began)
        if early > TIMER_SECONDS:
            await asyncio.sleep(early)

    async def _acknowledged(self, turn: Sequence[Awaitable[None]]) -> None:
        try:
            for acknowledgement in turn:
                await acknowledgement
        except Unavailable as error:
            raise Unavailable(
                f"{error}. Sent {self.sent:,} events, the latest of them perhaps not stored: replay the same files "
                "again, what arrived is not counted twice"
            ) from error


async def _held(settings: Settings, partitions: int) -> list[Held]:
    try:
        async with opened_store(settings) as store:
            return await held_settings(store, settings, partitions)
    except Unavailable as error:
        note(f"{error}. What the shards hold is not known; queues declared by earlier replays will be closed.")
        return []


async def _declare(
    producer: Producer, settings: Settings, opened: Opened, held: Sequence[Held], partitions: int
) -> list[str]:
    """Publishes the queues that the files need and some shard lacks; answers their names."""
    missing = missing_queues(opened, held)
    if missing:
        wanted = settings_with(opened, held)
        check_fits(held, payload_of(wanted))
        await publish(producer, settings, wanted, held, partitions)
    return missing


def _check_ids(opened: Opened, held: Sequence[Held], *, accept_raw_ids: bool) -> None:
    if not opened.found.has_raw_raters or opened.pseudonyms:
        return
    if not accept_raw_ids:
        raise InputError(
            "rater ids in the files are no pseudonyms: give --pseudonym-key FILE (`raterwatch pseudonym` makes one)"
        )
    if not accepts_raw_ids(opened, held):
        raise SettingsError(
            "raw rater ids would be refused: write accept_raw_ids = true into the queues file, or give --pseudonym-key"
        )


def _warn_of_age(opened: Opened, held: Sequence[Held], by_ms: int) -> None:
    """Old judgments are refused by queues with a horizon; said before they are sent, and left to the person."""
    now_ms, wanted = _now_ms(), settings_with(opened, held)
    age_days = (now_ms - opened.found.first_ms - by_ms) / 86_400_000
    for name in opened.found.queues:
        horizon = wanted.queues[name].horizon_days
        if opened.found.judgments and age_days > horizon:
            note(
                f"Judgments are up to {age_days:,.0f} days old and queue {name} takes {horizon:g}: older ones will be "
                "refused (too_late). Use --shift-to-now, or a queue of its own with a longer horizon_days."
            )
    if opened.found.last_ms + by_ms >= now_ms + 3_600_000:
        note("Judgments lie an hour or more in the future and will be refused (clock_ahead). Use --shift-to-now.")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _show(summary: dict[str, Any], settings: Settings) -> None:
    out = console()
    if summary["declared"]:
        out.print(f"Declared from the files: {', '.join(summary['declared'])}.", markup=False)
    out.print(
        f"Kafka has acknowledged {summary['produced']:,} events on {settings.judgments} "
        f"({summary['partitions']} partitions) in {summary['seconds']:.1f} s, {summary['per_second']:,} a second."
    )
