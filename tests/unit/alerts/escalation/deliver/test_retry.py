from hypothesis import given
from hypothesis import strategies as st

from alerts.escalation.deliver.retry import ATTEMPTS, GIVE_UP_MS, next_attempt_ms

HOUR_MS = 3_600_000


def test_the_pauses_grow_from_seconds_to_hours() -> None:
    pauses = [next_attempt_ms(attempts, 0, 0, lambda: 0.5) for attempts in range(1, ATTEMPTS)]
    assert pauses[:4] == [5_000, 300_000, 1_800_000, 2 * HOUR_MS]


def test_a_day_of_failure_is_given_up() -> None:
    assert next_attempt_ms(ATTEMPTS, 0, HOUR_MS, lambda: 0.5) is None
    assert next_attempt_ms(3, 0, GIVE_UP_MS, lambda: 0.5) is None
    assert next_attempt_ms(3, 0, GIVE_UP_MS - 1, lambda: 0.5) == GIVE_UP_MS


@given(st.floats(0, 1, exclude_max=True), st.integers(1, ATTEMPTS - 1))
def test_jitter_moves_an_attempt_by_a_tenth_at_most(chance: float, attempts: int) -> None:
    middle = next_attempt_ms(attempts, 0, 0, lambda: 0.5)
    moved = next_attempt_ms(attempts, 0, 0, lambda: chance)
    assert middle is not None
    assert moved is not None
    assert 0.9 * middle <= moved <= 1.1 * middle + 1
