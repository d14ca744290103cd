import pytest

from stream.backtest.playback import Speed, shift_to_now_ms, shifted
from stream.backtest.sources import event_ms
from stream.errors import InputError
from stream.events import Gold
from stream.intake.survey import FileSurvey
from tests.unit.backtest.worlds import START_MS, judgment

NOW_MS = START_MS + 10**9
FOUND = FileSurvey(
    judgments=101,
    queues={},
    has_clock=True,
    has_raw_raters=False,
    first_ms=START_MS,
    last_ms=START_MS + 100_000,
    in_order=True,
)


def test_a_speed_is_a_rate_or_a_factor_or_the_maximum():
    assert Speed.parse("2000") == Speed(per_second=2000)
    assert Speed.parse("2.5x") == Speed(times=2.5)
    assert Speed.parse("max").is_max


@pytest.mark.parametrize("text", ["", "x", "0", "-1x", "fast", "nan", "inf"])
def test_any_other_speed_is_refused_with_what_is_allowed(text):
    with pytest.raises(InputError, match=r"write 2000 \(a second\), 10x"):
        Speed.parse(text)


def test_an_event_is_due_by_its_number_or_by_its_time():
    assert Speed(per_second=50).due_seconds(100, 0, 0) == 2.0
    assert Speed(times=10).due_seconds(3, START_MS + 20_000, START_MS) == 2.0
    assert Speed().due_seconds(10**6, START_MS + 10**6, START_MS) == 0.0


@pytest.mark.parametrize("speed", [Speed(), Speed(times=10), Speed(times=1), Speed(times=0.5), Speed(per_second=7)])
def test_a_shifted_file_never_runs_ahead_of_the_clock_and_ends_near_it(speed):
    by_ms = shift_to_now_ms(FOUND, speed, NOW_MS)
    ahead = [
        at_ms + by_ms - (NOW_MS + 1000 * speed.due_seconds(number, at_ms, FOUND.first_ms))
        for number, at_ms in enumerate(range(FOUND.first_ms, FOUND.last_ms + 1, 1000))
    ]

    # A rate of 7 a second takes a seventh of a second longer than the gaps between its events.
    assert max(ahead) <= 1000 / 7 + 1
    assert ahead[-1] >= -1 or speed.times == 0.5


def test_shifting_keeps_distances_and_reads_written_times():
    one, other = judgment(1, "x", "ann", "a"), judgment(5, "x", "bob", "a")
    written = judgment(2, "x", "cat", "a", submitted_at="2023-11-14T22:13:20Z")

    assert event_ms(shifted(other, 500)) - event_ms(shifted(one, 500)) == 4000
    assert shifted(written, 500).submitted_at == START_MS + 500
    assert shifted(Gold(queue="q", item_id="x", label="a", revision=1, at=START_MS), 7).at == START_MS + 7
