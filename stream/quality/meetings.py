"""Where the meetings of each outcome stand: MEETING records follow each other in the order of the outcomes."""

import numpy as np

from stream.quality.compiled import compiled


@compiled
def begins_of(outcomes: int, meetings: np.ndarray) -> np.ndarray:
    """int64[outcomes + 1]: where each outcome's meetings begin; the next entry is where they end."""
    begins = np.zeros(outcomes + 1, np.int64)
    at = 0
    for row in range(outcomes):
        begins[row] = at
        while at < len(meetings) and meetings[at]["row"] == row:
            at += 1
    begins[outcomes] = at
    return begins
