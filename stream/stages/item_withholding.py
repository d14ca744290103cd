"""What orders about people do to the items of a shard, in memory and in the store.

The items that a rater judged are not listed anywhere: the order looks for the rater's hash in all of them, once, which
is cheap for something so rare, and keeps every judgment free of such a list. What is found is loaded before the batch
is applied, so that the order takes effect at its own record, wherever batches are cut.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from stream.events import Control
from stream.intake.privacy_order import PRIVACY_SOURCE, PrivacyOrder, read_order
from stream.quality.compiled import plain, uint64
from stream.quality.held import freeze, judgments_of, make_nameless, thaw
from stream.quality.item_marks import touch
from stream.quality.item_rows import BLOCK_MARKS
from stream.quality.item_table import ItemTable
from stream.quality.outcome_message import PersonNote
from stream.quality.schema import RECORD, Op
from stream.quality.vote_table import VoteTable
from stream.quality.votes import vote_key
from stream.stages.item_loading import homes

_KEY_BYTES = 16
Fields = Mapping[str, Sequence[bytes]]


class ItemWithholding:
    """Forgets, freezes and thaws what raters judged. `wanted` are the items to load before the batch is applied."""

    def __init__(self, partition: int, items: ItemTable, votes: VoteTable) -> None:
        self.wanted: list[bytes] = []
        self._partition, self._items, self._votes = partition, items, votes
        self._found: Fields = {}
        self._erased: defaultdict[str, list[bytes]] = defaultdict(list)

    def sought(self, controls: Iterable[tuple[int, Control]], generations: Iterable[int]) -> Fields:
        """Where and for what to look in the store, when there is an order among the records."""
        raters = [order.key for _, control in controls if (order := order_of(control))]
        self.wanted, self._found = [], {}
        names = dict.fromkeys(name for generation in generations for name in homes(generation))
        pieces = tuple(rater.to_bytes(8, "little") for rater in raters)
        return dict.fromkeys(names, pieces) if pieces else {}

    def found(self, fields: Fields) -> None:
        """Takes the fields that may hold a judgment of such a rater."""
        self._found = fields
        self.wanted = list(dict.fromkeys(field[:_KEY_BYTES] for names in fields.values() for field in names))

    def take(self, order: PrivacyOrder, queues: Sequence[int], generations: Iterable[int]) -> list[int]:
        """Carries the order out; answers the slots of the items to look at again. `queues` are keys of queues."""
        judgments = judgments_of(order.key, self._items.rows, list(self._items.slot_of.values()))
        if order.order == "restrict":
            freeze(judgments, self._items.rows)
        elif order.order == "release":
            return thaw(judgments, self._items.rows)
        else:
            make_nameless(judgments, self._items.rows)
            self._erase_copies({judgment.slot for judgment in judgments}, generations)
            self._drop_votes(order.key, queues)
        return []

    def take_erased(self) -> dict[str, list[bytes]]:
        """Fields to remove since the last call; what still counts of them is written anew."""
        erased, self._erased = self._erased, defaultdict(list)
        return {name: list(dict.fromkeys(fields)) for name, fields in erased.items()}

    def note(self, order: PrivacyOrder, offset: int, log_ms: int, version: int) -> PersonNote:
        """What stage 2 is told."""
        return PersonNote(offset, log_ms, self._partition, order.key, order.order, version)

    def records(self, slots: Sequence[int], offset: int, log_ms: int, generation: int) -> np.ndarray:
        """RECORD[]: the items to look at again that are not forgotten for their age, in an order of their own."""
        items = self._items.rows.items
        alive = [slot for slot in slots if items["kept"][slot] or items["generation"][slot] >= generation - 1]
        rows = np.zeros(len(alive), RECORD)
        rows["op"], rows["offset"], rows["log_ms"] = Op.RELEASE, offset, log_ms
        rows["item"] = sorted(alive, key=lambda slot: self._items.key_of[slot])
        rows["queue"] = items["queue"][rows["item"]]
        rows["profile"] = rows["item_id"] = -1
        return rows

    def _erase_copies(self, slots: Iterable[int], generations: Iterable[int]) -> None:
        """An item that moved leaves its old row behind, which nobody reads, and which goes now."""
        names = list(dict.fromkeys(name for generation in generations for name in homes(generation)))
        for name, fields in self._found.items():
            self._erased[name] += fields
            for field in fields:
                self._write_again(self._items.slot_of[field[:_KEY_BYTES]])
        for slot in slots:
            self._write_again(slot)
            key, marks = self._items.key_of[slot], int(self._items.rows.items["marks"][slot])
            blocks = [key, *(key + np.uint16(n).tobytes() for n in range(1, -(-marks // BLOCK_MARKS)))]
            for name in names:
                self._erased[name] += blocks

    def _write_again(self, slot: int) -> None:
        """All of the item's blocks; one that is forgotten already has none."""
        for place in range(0, int(self._items.rows.items["marks"][slot]), BLOCK_MARKS):
            plain(touch)(self._items.rows, slot, place)
        if self._items.rows.items["kept"][slot]:
            plain(touch)(self._items.rows, slot, 0)

    def _drop_votes(self, rater: int, queues: Sequence[int]) -> None:
        for queue in queues:
            key = int(vote_key(uint64(rater), uint64(queue)))
            if self._votes.drop(key):
                self._erased["votes"].append(key.to_bytes(8, "little"))


def order_of(control: Control) -> PrivacyOrder | None:
    """The order about a person in a control record; None for any other record."""
    return read_order(control) if control.source == PRIVACY_SOURCE else None
