import pytest
from aiokafka.partitioner import murmur2 as aiokafka_murmur2
from hypothesis import example, given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as kafka_python_murmur2

from stream.intake.partition import murmur2, partition_of, positive_hash


# From the test of the Java client, as signed numbers.
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_the_java_clients(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected % 2**32


@given(st.binary(max_size=60))
@example(b"")
def test_the_hash_is_that_of_the_python_clients(key: bytes) -> None:
    assert murmur2(key) == aiokafka_murmur2(key) % 2**32 == kafka_python_murmur2(key) % 2**32


@given(st.text(max_size=20), st.integers(1, 1000))
def test_the_partition_is_the_positive_hashs_remainder(text: str, partitions: int) -> None:
    assert partition_of(text, partitions) == (aiokafka_murmur2(text.encode()) & 0x7FFFFFFF) % partitions
    assert 0 <= positive_hash(text) < 2**31
