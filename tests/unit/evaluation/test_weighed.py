import numpy as np
import pytest

from evaluation.weighed import weighed
from evaluation.worlds import MODERATE, WORLDS, judgments
from evaluation.worlds.behaviours import CREW, HONEST

MED4 = WORLDS["med4"]
OTHERS_FIRST = 3


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    stream = judgments(MED4, MODERATE, judgments_per_rater=500, seed=3)
    return np.concatenate([part for _, part in weighed(stream, len(CREW), 4, MED4.redundancy)])


def test_every_judgment_after_the_first_hundred_is_weighed_once(rows: np.ndarray) -> None:
    assert len(rows) == 40 * 500 - 100


def test_a_judgment_meets_the_first_three_or_all_who_came_before(rows: np.ndarray) -> None:
    assert set(np.unique(rows["peers"])) == {2, 3}
    assert (rows["before"][rows["peers"] == 3] == OTHERS_FIRST).all()
    assert (rows["before"] <= rows["peers"]).all()


def test_what_is_expected_of_a_label_is_how_often_it_is_given(rows: np.ndarray) -> None:
    late = rows[5_000:]
    shares = late["shares"] / 65_535
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(late)), abs=1e-3)
    for place in range(4):
        given = late["labels"][:, place] == late["label"]
        assert given.mean() == pytest.approx(shares[:, place].mean(), abs=0.03)


def test_the_stream_does_not_depend_on_the_size_of_its_chunks(rows: np.ndarray) -> None:
    stream = judgments(MED4, MODERATE, judgments_per_rater=500, seed=3, chunk_judgments=997)
    cut = np.concatenate([part for _, part in weighed(stream, len(CREW), 4, MED4.redundancy)])
    assert cut.tobytes() == rows.tobytes()


def test_votes_of_raters_who_answer_at_random_weigh_less(rows: np.ndarray) -> None:
    late = rows[(rows["peers"] == 2) & (np.arange(len(rows)) > 5_000)]
    honest = np.array([one == HONEST for one in CREW])[late["peer"][:, :2]]
    apart = late["peer_label"][:, 0] != late["peer_label"][:, 1]
    mixed = late[apart & (honest[:, 0] != honest[:, 1])]
    trusted = np.where(honest[apart & (honest[:, 0] != honest[:, 1])][:, 0], 0, 1)
    followed = mixed["labels"][:, 0] == mixed["peer_label"][np.arange(len(mixed)), trusted]
    assert followed.mean() > 0.6
