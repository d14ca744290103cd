"""What can become of a record; the names are a metric's label, and those of REJECTED a reject's reason."""

APPLIED, DUPLICATE, AFTER_WITHDRAWAL, REVISED, STALE_REVISION, CONFLICTING = 0, 1, 2, 3, 4, 5
EXPIRED, RETRACTED_EARLY, UNKEPT, UNCHANGED, NOTHING, GOLD_LIMIT = 6, 7, 8, 9, 10, 11
RESULT_NAMES = (
    "applied",
    "duplicate",
    "after_withdrawal",
    "revised",
    "stale_revision",
    "conflicting_duplicate",
    "item_expired",
    "retracted_early",
    "unkept",
    "unchanged",
    "nothing",
    "gold_limit",
)
REJECTED = (STALE_REVISION, CONFLICTING, EXPIRED, GOLD_LIMIT)
