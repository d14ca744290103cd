"""Where an item is stored, and how it comes back into memory: its head first, then the blocks of a much-judged one."""

from collections.abc import Mapping, Sequence

import numpy as np

from stream.quality.item_table import ItemTable

_GOLDS = "golds"


def homes(generation: int) -> tuple[str, ...]:
    """Where an item may be stored, the truest first."""
    return (_GOLDS, home(generation), home(generation - 1)) if generation > 0 else (_GOLDS, home(0))


def home(generation: int) -> str:
    """The key of a generation's items; those with a known answer (-1) never expire and live apart."""
    return _GOLDS if generation < 0 else f"items:{generation}"


class ItemLoading:
    """Fills an item table from the store: `missing`, `fill` with what was asked for, and again until nothing is."""

    def __init__(self, items: ItemTable) -> None:
        self._items = items
        self._heads: dict[str, dict[bytes, bytes]] = {}  # of much-judged items whose further blocks are missing

    def missing(self, keys: Sequence[bytes], generation: int) -> dict[str, list[bytes]]:
        """Fields to load, by key of the store."""
        if self._heads:
            return {
                name: [field for key in heads for field in _further(key, heads[key])]
                for name, heads in self._heads.items()
            }
        known = self._items.slot_of
        unknown = [key for key in dict.fromkeys(keys) if key and key not in known]
        return dict.fromkeys(homes(generation), unknown) if unknown else {}

    def fill(
        self,
        loaded: Mapping[str, Sequence[bytes | None]],
        wanted: Mapping[str, Sequence[bytes]],
        generation: int,
    ) -> None:
        """Takes what was asked for; a key found nowhere is a new item."""
        if self._heads:
            self._fill_blocks(loaded, wanted)
            return
        names = homes(generation)
        for at, key in enumerate(wanted[names[0]]):
            for name in names:
                head = loaded[name][at]
                if head is not None:
                    self._take(name, key, head)
                    break
            else:
                self._items.open(key)

    def _take(self, name: str, key: bytes, head: bytes) -> None:
        if ItemTable.blocks_of(head) > 1:
            self._heads.setdefault(name, {})[key] = head
        else:
            self._items.load(key, [head])

    def _fill_blocks(self, loaded: Mapping[str, Sequence[bytes | None]], wanted: Mapping[str, Sequence[bytes]]) -> None:
        for name, heads in self._heads.items():
            blocks = dict(zip(wanted[name], loaded[name], strict=True))
            for key, head in heads.items():
                further = (blocks[field] for field in _further(key, head))
                self._items.load(key, [head, *(block for block in further if block is not None)])
        self._heads = {}


def _further(key: bytes, head: bytes) -> list[bytes]:
    """The fields of an item's blocks behind the first."""
    return [key + np.uint16(block).tobytes() for block in range(1, ItemTable.blocks_of(head))]
