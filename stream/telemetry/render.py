"""Renders the quality series of a worker's shards, in steps of a few milliseconds between which the stream goes on."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from stream.quality.rater_table import RaterTable, RowKey
from stream.stages.raters_stage import RatersStage
from stream.telemetry import metrics
from stream.telemetry.care import Exposures
from stream.telemetry.census import Census
from stream.telemetry.change_lines import change_lines
from stream.telemetry.choice import choose
from stream.telemetry.finding_lines import finding_counts, suspect_lines
from stream.telemetry.flagged_lines import FlaggedWork
from stream.telemetry.group_lines import group_lines, group_sums
from stream.telemetry.lines import bare_line, header
from stream.telemetry.metrics import METRICS, Metric
from stream.telemetry.options import BoardOptions, RaterSeries
from stream.telemetry.queue_lines import QueueSums
from stream.telemetry.rater_lines import rater_lines
from stream.telemetry.roster import Roster, join, look_at, occupied
from stream.telemetry.told import Told

_LOOKED_AT_ONCE, _RATERS_AT_ONCE, _GROUPS_AT_ONCE = 512, 64, 64  # rows of one step

_Lines = Mapping[Metric, bytes]


class Scope(NamedTuple):
    """What is to be rendered."""

    mode: RaterSeries
    cap: int
    options: BoardOptions


class Rendering(NamedTuple):
    """A rendered page and what it cost."""

    blocks: list[bytes]  # one a metric, in the order of their declaration
    busy_s: float  # of the processor
    longest_step_s: float  # so long the stream had to wait for its turn


async def render(shards: Mapping[str, RatersStage], told: Told, scope: Scope, now_ms: int) -> Rendering:
    """Renders everything about the shards. Windows are those of `now_ms`."""
    pieces: dict[Metric, list[bytes]] = defaultdict(list)
    blocks: list[bytes] = []
    steps = chain(_gathering(_steps(shards, told, scope, now_ms), pieces), _joining(pieces, blocks))
    busy_s, longest_s, begun, begun_cpu = 0.0, 0.0, time.perf_counter(), time.thread_time()
    for _ in steps:
        busy_s += time.thread_time() - begun_cpu
        longest_s = max(longest_s, time.perf_counter() - begun)
        await asyncio.sleep(0)
        begun, begun_cpu = time.perf_counter(), time.thread_time()
    return Rendering(blocks, busy_s, longest_s)


def _gathering(steps: Iterator[_Lines], pieces: dict[Metric, list[bytes]]) -> Iterator[None]:
    for lines in steps:
        for metric, text in lines.items():
            if text:
                pieces[metric].append(text)
        yield


def _joining(pieces: Mapping[Metric, list[bytes]], blocks: list[bytes]) -> Iterator[None]:
    for metric in METRICS.values():
        if metric in pieces:
            blocks.append(b"".join((header(metric), *pieces[metric])))
            yield


def _steps(shards: Mapping[str, RatersStage], told: Told, scope: Scope, now_ms: int) -> Iterator[_Lines]:
    options = scope.options
    census, flagged, queues = Census(now_ms), FlaggedWork(now_ms), QueueSums(now_ms)
    exposures = Exposures(now_ms, options.exposure_near_s, options.exposure_over_s)
    rosters = []
    for stage in shards.values():
        for table in list(stage.tables.values()):
            parts = []
            for keys, slots in _handfuls(table, stage.silent):
                roster, training = look_at(table, keys, slots)
                census.add(roster, training, stage.policies.common.least_known)
                exposures.add(table, roster.slots)
                exposures.add(table, training)
                flagged.add(roster)
                parts.append(roster)
                yield {}
            rosters += [whole for whole in [join(parts)] if whole is not None]
        yield from ({} for _ in queues.add(stage))
    yield census.lines() | exposures.lines() | flagged.lines()
    yield from queues.lines()
    chosen, cut = choose(rosters, scope.mode, options.worst_per_queue, scope.cap)
    for shard, stage in shards.items():
        told.hold(shard, stage.told_findings, now_ms / 1000)
    suspect, critical = told.values(now_ms / 1000) if scope.mode != "none" else ({}, {})
    yield {
        metrics.RATERS_SHOWN: bare_line(metrics.RATERS_SHOWN, sum(map(len, chosen))),
        metrics.RATERS_CUT: bare_line(metrics.RATERS_CUT, cut + max(0, len(suspect) - scope.cap)),
        **finding_counts(found for stage in shards.values() for found in stage.told_findings),
    }
    for roster, places in zip(rosters, chosen, strict=True):
        for part in _parts(roster.part(places)):
            yield rater_lines(part, options.windows, options.counted, now_ms)
    for metric, values in ((metrics.RATER_SUSPECT, suspect), (metrics.RATER_CRITICAL, critical)):
        shown_findings = islice(values.items(), scope.cap)
        while some := dict(islice(shown_findings, _LOOKED_AT_ONCE)):
            yield {metric: suspect_lines(metric, some)}
    yield from _group_steps(_tables(shards), now_ms)


def _group_steps(tables: Iterable[RaterTable], now_ms: int) -> Iterator[_Lines]:
    total = group_sums(tables, now_ms)
    yield {}
    yield change_lines(total)
    groups = iter(sorted(total.items()))
    while some := dict(islice(groups, _GROUPS_AT_ONCE)):
        yield group_lines(some)


def _handfuls(table: RaterTable, silent: frozenset[bytes]) -> Iterator[tuple[list[RowKey], np.ndarray]]:
    keys, slots = occupied(table)
    if silent:
        told = [place for place, key in enumerate(keys) if key[:8] not in silent]
        keys, slots = [keys[place] for place in told], slots[told]
    for begin in range(0, len(keys), _LOOKED_AT_ONCE):
        some = slice(begin, begin + _LOOKED_AT_ONCE)
        yield keys[some], slots[some]


def _tables(shards: Mapping[str, RatersStage]) -> list[RaterTable]:
    return [table for stage in shards.values() for table in list(stage.tables.values())]


def _parts(roster: Roster) -> Iterable[Roster]:
    for begin in range(0, len(roster.keys), _RATERS_AT_ONCE):
        yield roster.part(range(begin, min(begin + _RATERS_AT_ONCE, len(roster.keys))))
