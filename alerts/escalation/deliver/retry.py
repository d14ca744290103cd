"""When a message that did not arrive is sent again: soon, then ever more rarely, over a day."""

from collections.abc import Callable

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000
# The pauses that the Standard Webhooks specification recommends, cut where a day is over.
PAUSES_MS = (5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 7 * HOUR_MS, 9 * HOUR_MS)
JITTER = 0.1  # so that messages which failed together do not come back together
GIVE_UP_MS = 24 * HOUR_MS
ATTEMPTS = len(PAUSES_MS) + 1


def next_attempt_ms(attempts: int, first_failed_ms: int, now_ms: int, chance: Callable[[], float]) -> int | None:
    """When to try again after `attempts` failures; None: it is given up. `chance` gives numbers in [0, 1)."""
    if attempts >= ATTEMPTS or now_ms - first_failed_ms >= GIVE_UP_MS:
        return None
    pause_ms = PAUSES_MS[attempts - 1]
    wanted_ms = now_ms + round(pause_ms * (1 - JITTER + 2 * JITTER * chance()))
    return min(wanted_ms, max(now_ms, first_failed_ms + GIVE_UP_MS))
