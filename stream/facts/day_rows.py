"""The daily rows of one day in memory, and as the columns of a file."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from stream.facts.arrow_schema import arrow_schema
from stream.facts.columns import DAILY, SUM_NAMES, SUMS
from stream.facts.erasing import key_begin, nameless
from stream.facts.port import DailyChange, Names
from stream.facts.standing import Day

_SCHEMA = arrow_schema(DAILY)
_RATER_BYTES = 8


class DayRows:
    """Rows by key; a row whose sums are all zero is none."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self._place: dict[bytes, int] = {}
        self._names: list[Names] = []
        self._sums = np.zeros((64, SUMS), "i8")

    @classmethod
    def of(cls, day: Day, table: pa.Table) -> "DayRows":
        """Takes what a file holds."""
        rows = cls(day)
        rows._place = {key: at for at, key in enumerate(table["row_key"].to_pylist())}
        columns = (table[name].to_pylist() for name in Names._fields)
        rows._names = [Names(*names) for names in zip(*columns, strict=True)]
        if rows._names:
            rows._sums = np.column_stack([table[name].to_numpy() for name in SUM_NAMES])
        return rows

    def __len__(self) -> int:
        return len(self._place)

    def add(self, change: DailyChange) -> bool:
        """Adds a change; False when there is no row to correct and no name for a new one."""
        at = self._place.get(change.row_key)
        if at is None:
            if change.names is None:
                return False
            at = self._place[change.row_key] = len(self._names)
            self._names.append(change.names)
            if at >= len(self._sums):
                self._sums = np.concatenate([self._sums, np.zeros((len(self._sums) + 64, SUMS), "i8")])
            self._sums[at] = 0
        self._sums[at] += change.sums
        return True

    def erase(self, raters: Iterable[int]) -> bool:
        """Moves these raters' numbers to rows without a name; answers whether there were any."""
        begins = {key_begin(rater) for rater in raters}
        mine = [(key, at) for key, at in self._place.items() if key[:_RATER_BYTES] in begins]
        for key, at in mine:
            sums = self._sums[at].copy()
            self._sums[at] = 0
            del self._place[key]
            self.add(DailyChange(self.day, *nameless(self._names[at]), sums))
        return bool(mine)

    def table(self) -> pa.Table:
        """All columns, the rows in the order of their keys."""
        places = [(key, at) for key, at in sorted(self._place.items()) if self._sums[at].any()]
        order = [at for _, at in places]
        names = [self._names[at] for at in order]
        sums = dict(zip(SUM_NAMES, self._sums[order].T if order else np.zeros((SUMS, 0), "i8"), strict=True))
        columns: dict[str, Any] = {"day": [self.day] * len(order), "row_key": [key for key, _ in places]}
        columns |= {field: [getattr(one, field) for one in names] for field in Names._fields}
        columns |= sums
        for field in DAILY.fields:
            if field.ratio is not None:
                columns[field.name] = _ratio(field.ratio, sums)
        arrays = [_array(columns[field.name], field.type) for field in _SCHEMA]
        return pa.Table.from_arrays(arrays, schema=_SCHEMA)


def _ratio(ratio: Any, sums: dict[str, np.ndarray]) -> Any:
    of, over = sums[ratio.of], sums[ratio.over]
    if ratio.how != "money":
        values = ratio.values(of, over)
        return pa.array(values, mask=np.isnan(values))
    # Kept as a whole number of millionths, read as a decimal: no float comes between.
    counted = zip(of.tolist(), over.tolist(), strict=True)
    return pa.array([Decimal(micro).scaleb(-6) if n else None for micro, n in counted], _SCHEMA.field("cost").type)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values, None if kind != pa.date32() else pa.int32())
    return array.cast(kind)
