"""What outcomes change in sums that are kept by group: a day of a rater, or whatever the caller groups by."""

import numpy as np

from stream.quality.compiled import compiled
from stream.quality.contributions import contribute


@compiled
def add_changes(rows: np.ndarray, group_of_row: np.ndarray, sums: np.ndarray) -> None:
    """Adds new - old of each OUTCOME to its group's row of int64[groups, COLUMNS], as stage 2 adds it to a rater's."""
    for at in range(len(rows)):
        row = rows[at]
        if not row["first"]:
            contribute(row["old"], -1, sums[group_of_row[at]])
        if not row["last"]:
            contribute(row["new"], 1, sums[group_of_row[at]])
