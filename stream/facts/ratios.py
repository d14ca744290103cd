"""Columns that follow from sums: how to work them out, in numpy and in SQL."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream.quality.schema import UNIT

_MICRO = 1_000_000


class Ratio(NamedTuple):
    """`of` over `over`; unknown where nothing was counted. `fixed`: `of` is a sum of shares in 2^-30."""

    of: str
    over: str
    how: Literal["fixed", "plain", "exp", "money"] = "fixed"

    @property
    def told(self) -> str:
        """The formula, for people."""
        if self.how == "money":
            return f"{self.of} / 10^6"
        unit = "" if self.how == "plain" else " / 2^30"
        quotient = f"{self.of}{unit} / {self.over}"
        return f"exp({quotient})" if self.how == "exp" else quotient

    def values(self, of: NDArray[np.int64], over: NDArray[np.int64]) -> NDArray[np.float64]:
        """By row; NaN where it is unknown. Money is not worked out in floats."""
        with np.errstate(divide="ignore", invalid="ignore"):
            quotient = of / (1 if self.how == "plain" else UNIT) / np.where(over > 0, over, np.nan)
        return np.exp(quotient) if self.how == "exp" else quotient

    @property
    def sql(self) -> str:
        """The same as an expression of PostgreSQL."""
        if self.how == "money":
            return f"CASE WHEN {self.over} > 0 THEN {self.of}::numeric(24, 6) / {_MICRO} END"
        unit = 1 if self.how == "plain" else UNIT
        quotient = f"{self.of}::double precision / {unit} / {self.over}"
        quotient = f"exp({quotient})" if self.how == "exp" else quotient
        return f"CASE WHEN {self.over} > 0 THEN {quotient} END"
