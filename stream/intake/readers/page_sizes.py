"""How many judgments were made on a page, for tools that say only how long the whole page took.

Its rows may stand anywhere in the file, so they are counted beforehand: 8 bytes of memory a row.
"""

from array import array
from collections.abc import Iterable

import numpy as np
import xxhash


class PageSizes:
    """Judgments by page; pages are known by a hash of their name."""

    def __init__(self, pages: Iterable[str]) -> None:
        hashes = array("Q", (xxhash.xxh3_64_intdigest(page.encode()) for page in pages))
        self._pages, self._sizes = np.unique(np.frombuffer(hashes, np.uint64), return_counts=True)

    def __getitem__(self, page: str) -> int:
        """Judgments of a page that was counted."""
        hashed = np.uint64(xxhash.xxh3_64_intdigest(page.encode()))
        return int(self._sizes[np.searchsorted(self._pages, hashed)])
