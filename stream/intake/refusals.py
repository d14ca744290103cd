"""The reason column of a batch while its checks run."""

import numpy as np
from numpy.typing import NDArray

from stream.intake.reasons import Reason


class Refusals:
    """Reason codes by row, 0 for accepted; the first reason of a row stands."""

    def __init__(self, codes: NDArray[np.uint8]) -> None:
        self.codes = codes.copy()

    def refuse(self, which: NDArray[np.bool_], reason: Reason) -> None:
        """Refuses the rows where `which` is true."""
        if which.any():
            self.codes[which & (self.codes == 0)] = reason.code

    def refuse_row(self, row: int, reason: Reason) -> None:
        """Refuses one row."""
        if not self.codes[row]:
            self.codes[row] = reason.code

    def take(self, row: int, value: int | Reason) -> int:
        """The value, or 0 after noting the reason that stands in its place."""
        if isinstance(value, Reason):
            self.refuse_row(row, value)
            return 0
        return value
