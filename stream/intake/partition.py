"""The one partitioner of the product: Kafka's default, so that every client sends an id to the same partition."""

_MASK = 0xFFFFFFFF
_SEED = 0x9747B28C
_M = 0x5BD1E995
_POSITIVE = 0x7FFFFFFF


def partition_of(text: str, partitions: int) -> int:
    """The partition of a topic with `partitions` partitions that Kafka's default partitioner gives the key `text`."""
    return positive_hash(text) % partitions


def positive_hash(text: str) -> int:
    """Kafka's hash of a key, 31 bits: the partition is its remainder."""
    return murmur2(text.encode()) & _POSITIVE


def murmur2(data: bytes) -> int:
    """Austin Appleby's MurmurHash2 with Kafka's seed, as an unsigned 32-bit number."""
    length = len(data)
    whole = length & ~3
    h = _SEED ^ length
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * _M & _MASK
        k = (k ^ (k >> 24)) * _M & _MASK
        h = (h * _M & _MASK) ^ k
    if whole < length:
        h = (h ^ int.from_bytes(data[whole:], "little")) * _M & _MASK
    h = (h ^ (h >> 13)) * _M & _MASK
    return h ^ (h >> 15)
