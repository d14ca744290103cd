"""Costs on the wire: a decimal string, kept as whole millionths so that sums are exact."""

import re
from functools import lru_cache

from stream.intake.reasons import Reason

COST_MAX_MICRO = 4_000_000_000  # 4000 units of the currency: fits the record's unsigned 32 bits
_DECIMAL = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")


@lru_cache(maxsize=4096)
def to_micro(cost: str) -> int | Reason:
    """Millionths of the currency's unit, 0 to 4,000,000,000; "0.05" is 50,000."""
    found = _DECIMAL.fullmatch(cost)
    if found is None:
        return Reason.WRONG_TYPE
    units, fraction = found.groups(default="")
    micro = int(units) * 1_000_000 + int(fraction.ljust(6, "0"))
    return micro if micro <= COST_MAX_MICRO else Reason.OUT_OF_BOUNDS
