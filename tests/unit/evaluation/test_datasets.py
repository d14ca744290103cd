import numpy as np
import pandas as pd
import pytest

from evaluation.datasets import crowd_of, crowds, read_rows

HEADER = "item_id,rater_id,label,gold,started_at_ms,submitted_at_ms,duration_ms,order\n"


def rows_of(*judgments: tuple[str, str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(judgments, columns=["item_id", "rater_id", "label", "gold", "submitted_at_ms"])


def test_a_raters_first_answer_on_an_item_counts(tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text(HEADER + "i1,r1,a,,,,,\n" + "i1,r1,b,,,,,\n" + "i1,r2,b,,,,,\n")
    assert read_rows(path)["label"].tolist() == ["a", "b"]


def test_judgments_with_a_time_are_played_by_it_and_others_in_reproducible_orders(tmp_path):
    (tmp_path / "timed.csv").write_text(HEADER + "i1,r1,a,,,20,,\n" + "i2,r2,b,,,10,,\n")
    (tmp_path / "untimed.csv").write_text(HEADER + "".join(f"i{n},r{n % 7},a,,,,,\n" for n in range(40)))
    timed = list(crowds(tmp_path, ("timed",)))
    assert [(c.shuffle, c.rater_ids) for c in timed] == [(0, ("r2", "r1"))]
    first = list(crowds(tmp_path, ("untimed", "absent"), shuffles=2))
    again = list(crowds(tmp_path, ("untimed", "absent"), shuffles=2))
    assert [c.shuffle for c in first] == [1, 2]
    assert first[0].item_ids == again[0].item_ids
    assert first[0].item_ids != first[1].item_ids


def test_weak_raters_lie_below_the_midpoint_of_chance_and_median():
    answers = {"good": 20, "better": 20, "half": 14, "bad": 10, "few": 0}
    judgments = [
        (f"i{n}", rater, "a" if n < right else "b", "a" if rater != "few" or n < 5 else "", str(n))
        for rater, right in answers.items()
        for n in range(20)
    ]
    crowd = crowd_of("made", rows_of(*judgments), 0)
    by_id = dict(zip(crowd.rater_ids, range(5), strict=True))
    assert crowd.accuracy[[by_id["good"], by_id["half"], by_id["bad"]]] == pytest.approx([1.0, 0.7, 0.5])
    assert not crowd.judged[by_id["few"]]
    # Chance is the share of the known answer's label, 64 of 100; the median of the four is .85: the midpoint is .745.
    assert {rater for rater, at in by_id.items() if crowd.judged[at] and crowd.weak[at]} == {"half", "bad"}


def test_without_enough_known_answers_nobody_is_judged():
    crowd = crowd_of("made", rows_of(("i1", "r1", "a", "", "1"), ("i2", "r2", "b", "b", "2")), 0)
    assert not crowd.judged.any()
    assert not crowd.weak.any()
    assert np.isnan(crowd.accuracy[0])
