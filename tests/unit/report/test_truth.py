import pytest

from stream.errors import InputError
from stream.report.truth import KnownScore, truth_of_file, truth_of_golds


def test_below_the_bar_is_below_the_midpoint_of_chance_and_the_queues_median():
    scores = {(f"r{n}", "q"): KnownScore(20, accuracy) for n, accuracy in enumerate([0.9, 0.8, 0.9, 0.69, 0.71])}
    scores["few", "q"] = KnownScore(19, 0.0)

    truth = truth_of_golds(scores, {"q": 0.6}, least=20)

    assert truth.bars == {"q": pytest.approx(0.7)}
    assert {key[0]: told.below_bar for key, told in truth.of.items()} == {
        "r0": False,
        "r1": False,
        "r2": False,
        "r3": True,
        "r4": False,
    }
    assert truth.get("few", "q") is None


def test_who_is_at_the_bar_is_not_below_it():
    truth = truth_of_golds({("r", "q"): KnownScore(20, 0.5)}, {"q": 0.5})

    assert truth.get("r", "q") == (False, 1)


def test_without_enough_known_answers_nothing_is_known():
    assert truth_of_golds({("r", "q"): KnownScore(3, 0.0)}, {"q": 0.5}).source == "none"


def test_a_file_tells_who_and_since_when(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("rater_id,queue,bad,from_judgment\nann,q,true,250\nbob,,False,0\n")

    truth = truth_of_file(path)

    assert truth.get("ann", "q") == (True, 250)
    assert truth.get("ann", "other") is None
    assert truth.get("bob", "any") == (False, 1)


def test_raw_ids_of_a_file_become_pseudonyms_as_those_of_the_log_do(tmp_path):
    path = tmp_path / "truth.csv"
    path.write_text("rater_id,bad\nann,1\n")

    assert truth_of_file(path, lambda raw: f"p-{raw}").get("p-ann", "q") == (True, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [("rater,bad\nann,1\n", "needs the columns rater_id and bad"), ("rater_id,bad\nann,1\nbob,perhaps\n", "line 3")],
)
def test_a_wrong_file_says_what_to_correct(tmp_path, text, message):
    path = tmp_path / "truth.csv"
    path.write_text(text)

    with pytest.raises(InputError, match=message):
        truth_of_file(path)
