"""Puts a store of facts where Kafka's log begins now, and says what that leaves out."""

import time
from contextlib import closing

import click

from stream.commands.kafka_reading import append_ms_at, log_bounds
from stream.commands.terminal import console
from stream.facts.days import as_date
from stream.facts.restarting import Restart, restarted
from stream.facts.standing import Standing
from stream.facts_app import open_fact_store, topics_of
from stream.settings import Settings
from stream.transport.port import Partition


def restart_facts(settings: Settings, place: str, *, ask: bool) -> None:
    """Asks, removes the days that would be incomplete, and stores the new positions."""
    with closing(open_fact_store(place)) as store:
        plan = _plan(settings, store.standing())
        out = console()
        if not plan.moved:
            out.print("Kafka holds all that is not followed yet: `raterwatch facts run` goes on where it stood.")
            return
        out.print(f"Begins anew where the log does: {', '.join(plan.moved)}.")
        out.print(
            f"Days from {as_date(plan.first)} up to, not including, {as_date(plan.until)} are removed and stay out: "
            "judgments of theirs are gone from Kafka.",
            soft_wrap=True,
        )
        if ask:
            click.confirm("Go on?", abort=True)
        rows = store.remove(plan.standing, plan.first, plan.until)
    out.print(f"{rows:,} rows removed. `raterwatch facts run` goes on from here.")


def _plan(settings: Settings, standing: Standing) -> Restart:
    topics = topics_of(settings)
    partitions = [Partition(name, number) for name, one in topics.items() for number in range(one.partitions)]
    connection = settings.kafka_connection
    bounds = log_bounds(connection, partitions)
    mine = {partition: first for partition, (first, _) in bounds.items() if partition.topic == settings.outcomes}
    began = append_ms_at(connection, mine)
    now_ms = time.time_ns() // 1_000_000
    return restarted(
        standing,
        settings.outcomes,
        {name: one.topic_id for name, one in topics.items()},
        {(partition.topic, partition.number): bound for partition, bound in bounds.items()},
        {partition.number: began.get(partition, now_ms) for partition in mine},
        topics[settings.judgments].partitions,
    )
