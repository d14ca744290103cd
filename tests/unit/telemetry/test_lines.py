import numpy as np
import pytest

from stream.telemetry import metrics
from stream.telemetry.lines import LONG, count_lines, header, label_text, sample_lines
from tests.unit.telemetry.reading import Key, samples

NAME = metrics.RATER_AGREEMENT.name


def lines(*values: float, digits: int = 6) -> dict[Key, float]:
    labels = [label_text(rater=str(n)) for n in range(len(values))]
    return samples(sample_lines(metrics.RATER_AGREEMENT, labels, np.array(values), digits=digits))


def test_an_unknown_value_has_no_line() -> None:
    assert lines(0.5, np.nan, 0.0) == {(NAME, frozenset({("rater", "0")})): 0.5, (NAME, frozenset({("rater", "2")})): 0}
    assert sample_lines(metrics.RATER_AGREEMENT, ["a"], np.array([np.nan])) == b""


@pytest.mark.parametrize("values", [(0.12344, -0.98766, 1.0), (0.00004, -1.0, 0.3), (12.3456789, 0.1, 2e-9)])
def test_values_are_exact_to_a_ten_thousandth(values: tuple[float, ...]) -> None:
    assert list(lines(*values).values()) == pytest.approx(values, abs=5.1e-5)


def test_whole_numbers_and_sums_keep_their_digits() -> None:
    assert list(lines(123_456_789.0, 3.0).values()) == [123_456_789, 3]
    assert list(lines(0.123456789, 1_234_567.25, digits=LONG).values()) == [0.123456789, 1_234_567.25]


@pytest.mark.parametrize("odd", ['a"b', "a\\b", "a\nb", "äß…", "}"])
def test_any_name_of_a_queue_survives(odd: str) -> None:
    [(_, labels)] = samples(count_lines(metrics.FLAGGED_RATERS, {("acme", odd): 1}))
    assert dict(labels)["queue"] == odd


def test_a_header_is_one_line_of_help_and_one_of_type() -> None:
    assert all(header(metric).count(b"\n") == 2 for metric in metrics.METRICS.values())
