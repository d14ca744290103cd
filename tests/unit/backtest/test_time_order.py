import msgspec
import pytest

from stream.backtest import time_order
from stream.backtest.sources import Sources, event_ms
from stream.backtest.time_order import by_time
from stream.events import Gold, Judgment
from stream.intake.table import Reading
from tests.unit.backtest.worlds import START_MS, judgment


@pytest.fixture(params=[3, 1000])
def run_events(request, monkeypatch):
    """Also with so few events a run that they go through temporary files."""
    monkeypatch.setattr(time_order, "RUN_EVENTS", request.param)


@pytest.mark.usefixtures("run_events")
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 10])
def test_events_come_by_time_and_those_of_a_moment_in_their_order(count):
    times = [5, 1, 5, 3, 1, 5, 9, 0, 5, 5][:count]
    events = [judgment(number, "x", "r", "a", submitted_at=START_MS + at) for number, at in enumerate(times)]
    wanted = sorted(range(count), key=lambda number: (times[number], number))
    assert list(by_time(events, event_ms)) == [events[number] for number in wanted]


@pytest.mark.usefixtures("run_events")
def test_every_kind_of_event_comes_back_as_it_was():
    gold = Gold(queue="q", item_id="x", label=["a", "b"], revision=1, at=START_MS - 1)
    full = judgment(1, "x", "r", "a", duration_ms=5, cost="0.05", revision=3, submitted_at="2024-01-01T00:00:00Z")
    events = [judgment(n, "x", "r", "a") for n in range(5)] + [full, gold]
    found = list(by_time(events, event_ms))
    assert sorted(map(msgspec.json.encode, found)) == sorted(map(msgspec.json.encode, events))
    assert found[0] == gold


def test_an_experts_answers_are_known_answers_on_request(tmp_path):
    path = tmp_path / "judgments.csv"
    path.write_text("item_id,rater_id,label,outcome\nx,ann,a,\nx,expert,b,\ny,expert,,skipped\n")
    first, gold, skip = Sources((str(path),), Reading(known_answers_by="expert"))
    assert (first.rater_id, gold, skip.outcome) == (
        "ann",
        Gold(queue="default", item_id="x", label="b", revision=1, at=first.submitted_at + 1000),
        "skipped",
    )
    bare = list(Sources((str(path),), Reading(known_answers_by="expert"), with_golds=False))
    assert [event.rater_id for event in bare if isinstance(event, Judgment)] == ["ann", "expert"]
    assert [event.outcome for event in bare] == ["answered", "skipped"]
