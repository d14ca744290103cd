"""How many judgments items get, from a sample of the items that stays small however large the file."""

import statistics

import xxhash

ITEMS_MAX = 20_000


class ItemSample:
    """Counts judgments of all items, and of ever fewer (half, a quarter … by hash) once there are too many to keep."""

    def __init__(self) -> None:
        self._mask = 0
        self._counts: dict[int, int] = {}

    def add(self, item_id: str) -> None:
        """One judgment of the item."""
        key = xxhash.xxh3_64_intdigest(item_id.encode())
        if key & self._mask:
            return
        self._counts[key] = self._counts.get(key, 0) + 1
        if len(self._counts) > ITEMS_MAX:
            self._mask = 2 * self._mask + 1
            self._counts = {key: count for key, count in self._counts.items() if not key & self._mask}

    def median(self) -> int:
        """The lower median of judgments an item, 1 without items."""
        return statistics.median_low(self._counts.values()) if self._counts else 1
