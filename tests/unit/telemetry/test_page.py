import gzip

import pytest

from stream.telemetry.page import deflate, gzip_with


@pytest.mark.parametrize("blocks", [[], [b"a 1\n"], [b"a 1\n" * 50_000, b"b 2\n" * 70_000]])
def test_a_page_compressed_beforehand_and_its_last_piece_are_one_gzip_file(blocks: list[bytes]) -> None:
    page = deflate(blocks)
    for last in (b"c 3\n", b"", b"d 4\n" * 9):
        assert gzip.decompress(gzip_with(page, last)) == b"".join(blocks) + last


def test_the_size_of_a_page_is_that_before_compression() -> None:
    assert deflate([b"x" * 1000, b"y"]).size == 1001
