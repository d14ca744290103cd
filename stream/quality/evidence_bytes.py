"""A rater's latest judgments as bytes, in blocks of the ring: a judgment rewrites its block, not the whole ring."""

from typing import Any

import msgspec
import numpy as np

from stream.quality.compiled import compiled, int64, uint64
from stream.quality.rater_rows import Raters
from stream.quality.schema import RING
from stream.quality.varints import LONGEST, read_int, read_ints, write_int

BLOCK_ENTRIES = 16
BLOCKS = RING // BLOCK_ENTRIES
_ENTRY_INTS = 12
_SLOTS_AT_ONCE = 1_024


def pack_touched(raters: Raters, slots: np.ndarray, item_ids: np.ndarray) -> list[tuple[int, int, bytes]]:
    """(row of `slots`, block, bytes) of every touched block; nothing is touched afterwards.

    `item_ids` object[slots, RING] holds the items' ids by slot and entry's name.
    """
    packed: list[tuple[int, int, bytes]] = []
    encode = msgspec.msgpack.encode
    buffer = np.empty(LONGEST * (1 + _ENTRY_INTS * BLOCK_ENTRIES) * BLOCKS * min(_SLOTS_AT_ONCE, len(slots)), "u1")
    for begin in range(0, len(slots), _SLOTS_AT_ONCE):
        some = slots[begin : begin + _SLOTS_AT_ONCE]
        count = int(np.bitwise_count(raters.touched[some]).sum())
        owners, blocks, used = np.zeros(count, "i8"), np.zeros(count, "i8"), np.zeros(count, "i8")
        ends, names = np.zeros(count + 1, "i8"), np.zeros((count, BLOCK_ENTRIES), "u1")
        _pack(raters, some, buffer, owners, blocks, used, ends, names)
        ids = item_ids[some[owners][:, None], names].tolist()
        data, cuts = buffer[: ends[-1]].tobytes(), ends.tolist()
        for i, (owner, block, n) in enumerate(zip(owners.tolist(), blocks.tolist(), used.tolist(), strict=True)):
            named = ids[i] if n == BLOCK_ENTRIES else ids[i][:n]
            packed.append((begin + owner, block, encode((named, data[cuts[i] : cuts[i + 1]]))))
    raters.touched[slots] = 0
    return packed


def unpack_block(raters: Raters, slot: int, block: int, data: bytes, item_ids: np.ndarray) -> None:
    """Fills a block of an empty row; its entries are named by their places."""
    ids, entries = msgspec.msgpack.decode(data, type=tuple[list[str], bytes])
    places = np.zeros(BLOCK_ENTRIES, "i8")
    count = _unpack(raters, slot, block, np.frombuffer(entries, "u1"), places)
    item_ids[slot, places[:count]] = ids


@compiled
def touch_entry(raters: Raters, slot: int, position: int) -> None:
    """An entry at this position of the array was written or left."""
    raters.touched[slot] |= np.uint8(1 << (position // BLOCK_ENTRIES))


@compiled
def _pack(
    raters: Raters,
    slots: np.ndarray,
    buffer: np.ndarray,
    owners: np.ndarray,
    blocks: np.ndarray,
    used: np.ndarray,
    ends: np.ndarray,
    names: np.ndarray,
) -> None:
    at, row = 0, 0
    for i in range(len(slots)):
        hot = raters.hot[slots[i]]
        for block in range(BLOCKS):
            if not (raters.touched[slots[i]] >> block) & 1:
                continue
            mask = 0
            for k in range(BLOCK_ENTRIES):
                if ((block * BLOCK_ENTRIES + k - hot["ring_start"]) & (RING - 1)) < hot["ring_length"]:
                    mask |= 1 << k
            at = write_int(int64(mask), buffer, at)
            for k in range(BLOCK_ENTRIES):
                if (mask >> k) & 1:
                    entry = raters.ring[slots[i], block * BLOCK_ENTRIES + k]
                    names[row, used[row]] = entry["name"]
                    used[row] += 1
                    at = _write_entry(entry, buffer, at)
            owners[row] = i
            blocks[row] = block
            row += 1
            ends[row] = at


@compiled
def _write_entry(entry: Any, buffer: np.ndarray, at: int) -> int:
    score = entry["score"]
    at = write_int(entry["submitted_ms"], buffer, at)
    at = write_int(int64(entry["judgment"]), buffer, at)
    at = write_int(int64(score["label"]), buffer, at)
    at = write_int(int64(score["duration_ms"]), buffer, at)
    at = write_int(int64(score["cost_micro"]), buffer, at)
    at = write_int(int64(score["agreement"]), buffer, at)
    at = write_int(int64(score["expected"]), buffer, at)
    at = write_int(int64(score["credit"]), buffer, at)
    at = write_int(int64(score["overturned"]), buffer, at)
    at = write_int(int64(score["same"]), buffer, at)
    at = write_int(int64(score["peers"]), buffer, at)
    return write_int(int64(score["flags"]), buffer, at)


@compiled
def _unpack(raters: Raters, slot: int, block: int, data: np.ndarray, places: np.ndarray) -> int:
    used, at = read_int(data, 0)
    fields = np.zeros(10, np.int64)
    count = 0
    for k in range(BLOCK_ENTRIES):
        if not (used >> k) & 1:
            continue
        place = block * BLOCK_ENTRIES + k
        entry = raters.ring[slot, place]
        submitted_ms, at = read_int(data, at)
        judgment, at = read_int(data, at)
        at = read_ints(data, at, fields)
        entry["submitted_ms"] = submitted_ms
        entry["judgment"] = uint64(judgment)
        entry["name"] = place
        score = entry["score"]
        score["label"] = fields[0]
        score["duration_ms"] = fields[1]
        score["cost_micro"] = fields[2]
        score["agreement"] = fields[3]
        score["expected"] = fields[4]
        score["credit"] = fields[5]
        score["overturned"] = fields[6]
        score["same"] = fields[7]
        score["peers"] = fields[8]
        score["flags"] = fields[9]
        places[count] = place
        count += 1
    return count
