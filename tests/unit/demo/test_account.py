from stream.demo.account import Account, settle
from stream.quality.schema import Column


def row(**columns: int) -> tuple[int, ...]:
    return tuple(columns.get(column.name.lower(), 0) for column in Column)


def test_equal_rows_are_even() -> None:
    rows = {b"a": row(judgments=5, skipped=1)}
    assert settle(rows, rows) == Account(judgments=6, lost=0, counted_twice=0, differing_rows=0)


def test_a_missing_row_is_lost_and_a_larger_one_counted_twice() -> None:
    expected = {b"a": row(judgments=5), b"b": row(judgments=2)}
    found = {b"b": row(judgments=3)}
    assert settle(expected, found) == Account(judgments=7, lost=5, counted_twice=1, differing_rows=2)


def test_a_gain_here_does_not_hide_a_loss_there() -> None:
    account = settle({b"a": row(judgments=5), b"b": row(judgments=5)}, {b"a": row(judgments=4), b"b": row(judgments=6)})
    assert (account.lost, account.counted_twice) == (1, 1)


def test_what_depends_on_order_is_not_compared() -> None:
    assert settle({b"a": row(judgments=1, expected=5)}, {b"a": row(judgments=1, expected=6)}).differing_rows == 0
