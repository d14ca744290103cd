"""What every window counts: the columns, each an int64 that judgments add to and corrections take from."""

from enum import IntEnum


class Column(IntEnum):
    """The additive columns of every window, one int64 each."""

    JUDGMENTS = 0  # answered and standing
    SKIPPED = 1
    ESCALATED = 2
    SCORED = 3  # with at least one peer
    PEERS = 4
    AGREEMENT = 5  # UNIT
    EXPECTED = 6  # UNIT
    GOLD_SEEN = 7
    GOLD_RIGHT = 8  # UNIT
    AUDITED = 9
    OVERTURNED = 10  # UNIT
    AUDITED_RANDOM = 11
    OVERTURNED_RANDOM = 12  # UNIT
    TIMED = 13
    LOG_TIME = 14  # UNIT of ln(ms)
    LOG_TIME_SQUARED = 15
    FAST = 16
    FAST_KNOWN = 17  # timed while the queue's usual time was known
    REPEATS = 18
    REPEATS_SAME = 19  # UNIT
    EXPOSURE_NONE_MS = 20
    EXPOSURE_SENSITIVE_MS = 21
    EXPOSURE_SEVERE_MS = 22
    COST_MICRO = 23
    COSTED = 24


COLUMNS = len(Column)
# The same whatever the order in which peers, golds, corrections and retractions arrive; the others depend on what had
# been counted in the queue when a judgment arrived.
COMMUTATIVE = tuple(c for c in Column if c not in (Column.EXPECTED, Column.FAST, Column.FAST_KNOWN))

# Plain integers: compiled code reads them as constants.
JUDGMENTS, SKIPPED, ESCALATED = int(Column.JUDGMENTS), int(Column.SKIPPED), int(Column.ESCALATED)
SCORED, PEERS, AGREEMENT, EXPECTED = (
    int(Column.SCORED),
    int(Column.PEERS),
    int(Column.AGREEMENT),
    int(Column.EXPECTED),
)
GOLD_SEEN, GOLD_RIGHT = int(Column.GOLD_SEEN), int(Column.GOLD_RIGHT)
AUDITED, OVERTURNED = int(Column.AUDITED), int(Column.OVERTURNED)
AUDITED_RANDOM, OVERTURNED_RANDOM = int(Column.AUDITED_RANDOM), int(Column.OVERTURNED_RANDOM)
TIMED, LOG_TIME, LOG_TIME_SQUARED = int(Column.TIMED), int(Column.LOG_TIME), int(Column.LOG_TIME_SQUARED)
FAST, FAST_KNOWN = int(Column.FAST), int(Column.FAST_KNOWN)
REPEATS, REPEATS_SAME = int(Column.REPEATS), int(Column.REPEATS_SAME)
EXPOSURE_NONE_MS = int(Column.EXPOSURE_NONE_MS)
COST_MICRO, COSTED = int(Column.COST_MICRO), int(Column.COSTED)
