"""Rows for what raters have in common: a whole queue, and a vendor's part of it. Same columns, no ring."""

import hashlib

import numpy as np

from stream.quality.profile import Profile

GROUP = 1  # HOT.kind of a group's row


def queue_group(queue_key: int, queue: str) -> tuple[bytes, Profile]:
    """Key and profile of the row that sums a queue over all its raters of the shard."""
    return np.array([0, queue_key], "u8").tobytes(), Profile("", queue, "")


def vendor_group(queue_key: int, queue: str, vendor: str) -> tuple[bytes, Profile]:
    """Key and profile of the row that sums a vendor's raters in a queue."""
    digest = hashlib.blake2b(vendor.encode(), digest_size=8).digest()
    return digest + np.uint64(queue_key).tobytes(), Profile("", queue, vendor)
