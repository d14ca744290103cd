import json
from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from stream.commands.ranking import STATE_ORDER, Filters, rank
from stream.commands.top import top, view
from stream.quality.evidence_bytes import BLOCKS
from stream.quality.policy import STATE_NAMES
from stream.quality.suspicion import suspicion
from stream.settings import Settings

EVERYBODY = 10_000


@pytest.fixture
def rows_in_memory(crowd):
    """(state, suspicion) of every rater and queue, as the stages have them; training apart."""
    return {
        (table.profiles[slot].rater_id, table.profiles[slot].queue): (
            STATE_NAMES[table.rows.hot["state"][slot]],
            suspicion(table.rows, slot),
        )
        for stage in crowd.rater_stages
        for table in stage.tables.values()
        for slot in table.slots()
        if not table.rows.hot["training"][slot] and table.profiles[slot].rater_id
    }


def ranked(invoke, *arguments):
    return json.loads(invoke(top, "--json", *arguments).stdout)


def test_states_and_suspicion_are_those_of_the_stage(invoke, rows_in_memory):
    found = ranked(invoke, "--limit", 1000)["raters"]
    assert {(r["rater"], r["queue"]): (r["state"], pytest.approx(r["suspicion"])) for r in found} == rows_in_memory


def test_whoever_needs_review_stands_first_then_by_suspicion(invoke):
    found = ranked(invoke, "--limit", 1000)["raters"]
    order = [(STATE_ORDER[r["state"]], -r["suspicion"]) for r in found]
    assert order == sorted(order)
    assert found[0]["state"] == "suspect"
    assert found[0]["findings"]


def test_a_short_list_begins_as_the_whole_one(invoke):
    assert ranked(invoke, "--limit", 4)["raters"] == ranked(invoke, "--limit", 1000)["raters"][:4]


def test_states_are_counted_over_all_raters_not_only_those_shown(invoke, rows_in_memory):
    expected = Counter(state for state, _ in rows_in_memory.values())
    assert ranked(invoke, "--limit", 1)["by_state"] == expected


@pytest.mark.parametrize(("option", "field"), [("--queue", "queue"), ("--vendor", "vendor"), ("--state", "state")])
def test_filters_keep_only_what_was_asked_for(invoke, option, field):
    everyone = ranked(invoke, "--limit", 1000)["raters"]
    wanted = everyone[0][field]
    kept = ranked(invoke, "--limit", 1000, option, wanted)["raters"]
    assert kept == [r for r in everyone if r[field] == wanted]
    assert len(kept) < len(everyone)


def test_the_table_never_says_suspect(invoke):
    result = invoke(top, "--once")
    assert result.exit_code == 0, result.output
    assert "needs review" in result.output
    assert "suspect" not in result.output


async def test_a_narrow_terminal_keeps_rater_state_and_reason(store):
    ranking = await rank(store, Settings(), Filters(), limit=3)
    narrow = Console(width=90, record=True, file=StringIO())
    narrow.print(view(ranking, Filters(), 0, 90))
    text = narrow.export_text()
    assert ranking.raters[0].rater in text
    assert "vendor" not in text


async def test_a_shard_that_is_not_born_yet_is_said(store):
    await store.wipe("outcomes:1")
    ranking = await rank(store, Settings(), Filters(), limit=3)
    assert (ranking.shards, ranking.partitions) == (1, 2)


async def test_only_those_in_front_are_read_in_detail(store):
    read = Counter()
    load = store.load

    async def counted(shard, wanted):
        read.update({key: len(names) for key, names in wanted.items()})
        return await load(shard, wanted)

    store.load = counted
    await rank(store, Settings(), Filters(), limit=2)
    assert set(read) == {"evidence"}
    assert read["evidence"] <= 2 * 3 * 2 * BLOCKS  # three times the limit, of two shards
