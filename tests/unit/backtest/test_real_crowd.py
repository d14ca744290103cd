import os
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.backtest.worlds import backtest_of

DATA = Path(os.environ.get("RATERWATCH_DATA_FOLDER") or Path(__file__).parents[3].parent / "shared" / "data")
CROWD = DATA / "act_zencrowd_us.csv"


@pytest.mark.skipif(not CROWD.exists(), reason=f"no rater data at {CROWD}; set RATERWATCH_DATA_FOLDER to its folder")
def test_a_real_crowds_figures_are_those_of_an_independent_count():
    expected = counted_anew()
    found = {row.rater_id: row for row in backtest_of(CROWD).raters}

    assert found.keys() == expected.keys()
    for rater, (judgments, agreement, golds, accuracy, median) in expected.items():
        row = found[rater]
        assert (row.judgments, row.gold_judgments) == (judgments, golds)
        assert row.agreement == pytest.approx(agreement, abs=1e-6)
        assert row.gold_accuracy == pytest.approx(accuracy, abs=1e-6)
        assert row.median_duration_ms == median


def counted_anew():
    """By rater, from the rows alone: the first answer on an item counts among peers, of whom an item has eight."""
    rows = pd.read_csv(CROWD, dtype={"item_id": str, "rater_id": str, "label": str, "gold": str})
    firsts = rows.drop_duplicates(["item_id", "rater_id"])
    shares = defaultdict(list)
    for _, item in firsts.groupby("item_id"):
        raters, labels = item["rater_id"].tolist(), item["label"].tolist()
        for place, (rater, label) in enumerate(zip(raters, labels, strict=True)):
            others = peers_of(place, labels)
            if others:
                shares[rater].append(sum(other == label for other in others) / len(others))
    answers = {}
    for rater, mine in rows.groupby("rater_id"):
        known = mine[mine["gold"].notna()]
        answers[rater] = (
            len(mine),
            sum(shares[rater]) / len(shares[rater]) if shares[rater] else None,
            len(known),
            (known["label"] == known["gold"]).mean(),
            mine["duration_ms"].median(),
        )
    return answers


def peers_of(place, labels):
    """The first eight first answers are each other's peers; a later one is compared with those eight."""
    return labels[:8] if place >= 8 else [label for at, label in enumerate(labels[:8]) if at != place]


def test_the_count_above_reads_the_cap_right():
    assert peers_of(0, list("aab")) == ["a", "b"]
    assert len(peers_of(9, list("a" * 12))) == 8
