from dataclasses import replace

import numpy as np
import pytest

from evaluation.stages import PERIOD, CrewStages, take_outcome
from evaluation.worlds import MODERATE, WORLDS, World, judgments
from evaluation.worlds.behaviours import CREW, HONEST, RANDOM
from stream.quality.alarm import KNOWN, SCORED
from stream.quality.compiled import int64
from stream.quality.raters import Raters
from stream.quality.schema import SHARE
from stream.quality.skill import skill

MED4 = WORLDS["med4"]
EACH = 300


def played(world: World, chunk: int = 100_000) -> tuple[np.ndarray, list[int], Raters]:
    """OUTCOME[] of a crew, in order, how many meetings each had, and what became of its raters."""
    stages, rows, meetings = CrewStages(world, len(CREW)), [], []
    for part in judgments(world, MODERATE, judgments_per_rater=EACH, seed=3, chunk_judgments=chunk):
        for some in stages.play(part):
            for place, row in enumerate(some.rows):
                take_outcome(row, stages.raters, int64(some.places[place]), stages.inbox)
            rows.append(some.rows.copy())
            meetings += np.bincount(some.meetings["row"], minlength=len(some.rows)).tolist()
    return np.concatenate(rows), meetings, stages.raters


@pytest.fixture(scope="module")
def crew() -> tuple[np.ndarray, list[int], Raters]:
    return played(MED4)


def test_every_judgment_after_the_first_hundred_is_weighed_once_with_its_three_peers(
    crew: tuple[np.ndarray, list[int], Raters],
) -> None:
    rows, meetings, _ = crew
    weighed = rows[rows["weighed"] == 1]
    assert len(weighed) == len(np.unique(weighed["judgment"])) == len(CREW) * EACH - 100
    assert {n for n, row in zip(meetings, rows, strict=True) if row["weighed"]} == {3}
    assert (np.bincount(rows["judgment"][rows["first"] == 1]) == 1).all()


def test_what_is_expected_of_a_label_is_how_often_those_of_good_standing_give_it(
    crew: tuple[np.ndarray, list[int], Raters],
) -> None:
    rows, _, raters = crew
    honest = raters.hot["rater"][: len(CREW)][[one == HONEST for one in CREW]]
    late = rows[(rows["weighed"] == 1) & np.isin(rows["rater"], honest) & (rows["offset"] > 4_000)]
    shares = late["shares"] / SHARE
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(late)), abs=1e-3)
    for place in range(4):
        assert (late["labels"][:, place] == late["new"]["label"]).mean() == pytest.approx(
            shares[:, place].mean(), abs=0.03
        )


def test_the_stream_does_not_depend_on_the_size_of_its_chunks(crew: tuple[np.ndarray, list[int], Raters]) -> None:
    rows, _, raters = crew
    cut, _, again = played(MED4, PERIOD)
    assert cut.tobytes() == rows.tobytes()
    assert np.array_equal(again.alarm, raters.alarm)


def test_stage_2_counts_each_rater_and_tells_skill_from_chance(crew: tuple[np.ndarray, list[int], Raters]) -> None:
    _, _, raters = crew
    seen = raters.hot["seen"][: len(CREW)]
    assert seen.sum() == len(CREW) * EACH
    assert (raters.alarm[: len(CREW), SCORED] <= seen).all()
    skills = {
        kind: np.mean([skill(raters.rank[at]) for at, one in enumerate(CREW) if one == kind])
        for kind in (HONEST, RANDOM)
    }
    assert skills[HONEST] > skills[RANDOM] + 0.4


def test_items_with_a_known_answer_are_weighed_by_it() -> None:
    rows, _, raters = played(replace(MED4, gold_share=0.2))
    assert raters.alarm[: len(CREW), KNOWN].sum() == pytest.approx(0.2 * len(CREW) * EACH, rel=0.1)
    assert not rows["weighed"][rows["new"]["known"] > 0].any()
