import pytest

from stream.quality.outcome_message import QueueInfo
from stream.quality.schema import OTHER, Kind
from stream.report.items_file import item_rows, label_text
from tests.unit.report.values import answers_of


def test_a_consensus_that_hangs_on_raters_who_need_review_flips():
    told = [("x", "r1", 1), ("x", "r2", 1), ("x", "r3", 0), ("y", "r1", 0), ("y", "r3", 0), ("z", "r2", 2)]

    x, y, z = item_rows(answers_of(told), {}, {("r1", "q"), ("r2", "q")})

    assert (x.consensus, x.flips, x.consensus_without) == ("b", True, "a")
    assert (x.judgments, x.disagreement) == (3, pytest.approx(1 / 3))
    assert (y.consensus, y.flips, y.consensus_without) == ("a", False, "a")
    assert (z.consensus, z.flips, z.consensus_without) == ("c", None, None)


def test_a_rater_who_needs_review_in_another_queue_keeps_the_vote_here():
    [x] = item_rows(answers_of([("x", "r1", 1)]), {}, {("r1", "elsewhere")})

    assert (x.flips, x.consensus_without) == (False, "b")


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [(Kind.NOMINAL, 1, "low"), (Kind.NOMINAL, OTHER, "other"), (Kind.SET, 5, "none|high"), (Kind.SET, 0, "")],
)
def test_labels_are_written_as_people_write_them(kind, code, text):
    assert label_text(QueueInfo(1, "q", int(kind), ("none", "low", "high"), 4), code) == text
