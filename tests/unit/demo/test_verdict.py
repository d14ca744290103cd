from stream.demo.verdict import Comparison, compare
from stream.simulate.behaviours import Behaviour
from stream.simulate.truth import RaterTruth


def truth(rater: str, queue: str, *, bad: bool) -> RaterTruth:
    return RaterTruth(rater, Behaviour.RANDOM, "v", queue, bad, 1, 100, 0.5, 1000, 10, "")


def test_raters_are_counted_once_over_their_queues() -> None:
    rows = [truth("a", "q", bad=True), truth("a", "p", bad=True), truth("b", "q", bad=True), truth("c", "q", bad=False)]
    found = compare([("a", "q"), ("a", "p"), ("c", "q")], rows)
    assert found == Comparison(suspects=2, planted_found=1, planted_missed=1, wrongly_flagged=1)


def test_a_file_has_no_truth_to_compare_with() -> None:
    assert compare([("a", "q")], []) == Comparison(1, None, None, None)
