"""Beats of 150 ms: judgments once in each, outcomes whenever they come."""

from stream.transport.fetch_pace import Answer, FetchPace
from stream.transport.port import Partition

BEAT_MS, SETTLE_MS, ENOUGH = 150, 30, 1_000
START_MS = 1_790_000_000_000 // BEAT_MS * BEAT_MS  # a beat begins
JUDGMENTS, OTHER, OUTCOMES = Partition("judgments", 0), Partition("judgments", 1), Partition("outcomes", 0)


def a_pace() -> FetchPace:
    return FetchPace(("judgments",), beat_ms=BEAT_MS, settle_ms=SETTLE_MS, enough_bytes=ENOUGH)


def test_a_gathered_partition_is_due_once_in_a_beat_whenever_it_was_asked_for_in_the_last():
    pace = a_pace()
    pace.ask([JUDGMENTS, OUTCOMES], START_MS + 149.0)
    assert not pace.due(JUDGMENTS, START_MS + 149.9, behind=False)
    assert pace.due(JUDGMENTS, START_MS + 150.0, behind=False)
    pace.ask([JUDGMENTS, OUTCOMES], START_MS + 150.0)
    assert not pace.due(JUDGMENTS, START_MS + 299.0, behind=False)
    assert pace.due(OUTCOMES, START_MS + 299.0, behind=False)


def test_each_partition_has_its_own_turn_in_a_beat_for_brokers_answer_at_different_times():
    pace = a_pace()
    pace.ask([JUDGMENTS, OUTCOMES], START_MS)
    assert pace.due(OTHER, START_MS + 5, behind=False)
    assert pace.ask([OTHER], START_MS + 5) == Answer(1, 145)


def test_what_gathered_is_answered_at_once():
    assert a_pace().ask([JUDGMENTS, OUTCOMES], START_MS + 2) == Answer(1, 148)


def test_outcomes_come_together_first_and_then_one_by_one_until_the_next_beat():
    pace = a_pace()
    pace.ask([JUDGMENTS, OUTCOMES], START_MS)
    assert pace.ask([OUTCOMES], START_MS + 2.5) == Answer(ENOUGH, 28)
    assert pace.ask([OUTCOMES], START_MS + 30) == Answer(1, 120)
    assert pace.ask([OUTCOMES], START_MS + 149.5) == Answer(1, 1)


def test_who_is_behind_is_due_at_once_but_never_asked_for_in_a_tight_loop():
    """Markers of transactions at the log's end look like more to read for ever: they end no wait."""
    pace = a_pace()
    pace.ask([JUDGMENTS, OUTCOMES], START_MS)
    assert pace.due(JUDGMENTS, START_MS + 40, behind=True)
    assert pace.ask([JUDGMENTS, OUTCOMES], START_MS + 40) == Answer(ENOUGH, 110)
    assert pace.ask([JUDGMENTS, OUTCOMES], START_MS + 10) == Answer(ENOUGH, 20)


def test_a_clock_that_steps_back_delays_nothing_beyond_the_step_of_a_beat():
    pace = a_pace()
    pace.ask([JUDGMENTS], START_MS + 10_000)
    assert pace.due(JUDGMENTS, START_MS, behind=False)


def test_beats_of_all_workers_fall_together():
    first, second = a_pace(), a_pace()
    first.ask([JUDGMENTS], START_MS + 3)
    second.ask([JUDGMENTS], START_MS + 140)
    assert first.until_beat_ms(START_MS + 141) == second.until_beat_ms(START_MS + 141) == 9
