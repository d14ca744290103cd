from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.intake.money import COST_MAX_MICRO, to_micro
from stream.intake.reasons import Reason


@given(st.decimals(0, 4000, places=6))
def test_a_cost_is_exact(cost: Decimal) -> None:
    assert to_micro(f"{cost:f}") == int(cost * 1_000_000)


@pytest.mark.parametrize(
    ("cost", "micro"), [("0", 0), ("0.05", 50_000), ("4000.000000", COST_MAX_MICRO), ("7", 7_000_000)]
)
def test_fewer_places_are_padded(cost: str, micro: int) -> None:
    assert to_micro(cost) == micro


@pytest.mark.parametrize("cost", ["", "-1", "+1", "1e3", ".5", "1.", "1,5", "0.0000001", "NaN", "٣", "1 ", "1_0"])
def test_what_is_no_decimal_is_of_the_wrong_type(cost: str) -> None:
    assert to_micro(cost) is Reason.WRONG_TYPE


@pytest.mark.parametrize("cost", ["4000.000001", "999999999"])
def test_too_much_is_out_of_bounds(cost: str) -> None:
    assert to_micro(cost) is Reason.OUT_OF_BOUNDS
