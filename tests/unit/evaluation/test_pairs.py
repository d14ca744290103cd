import numpy as np

from evaluation import pairs
from evaluation.pairs import PAIRS_CREW, follow
from evaluation.run import Run
from evaluation.worlds import MODERATE, WORLDS
from stream.quality.copying import copying_threshold

NEVER = 1 << 30


def test_copier_pairs_are_found_and_nobody_else_is_named() -> None:
    found = follow(WORLDS["hard4"], MODERATE, np.array([copying_threshold(1e-3)]), seed=4, crews=3)
    at = np.minimum(found.at[:, 0], found.at[:, 0].transpose(0, 2, 1))
    assert (at[:, [0, 2], [1, 3]] < 100).all()
    assert [tuple(np.argwhere(crew < NEVER).ravel()) for crew in at] == [(0, 1, 1, 0, 2, 3, 3, 2)] * 3


def test_nobody_is_named_with_two_labels() -> None:
    found = follow(WORLDS["med2"], MODERATE, np.array([copying_threshold(0.5)]), seed=4, crews=1)
    assert (found.at == NEVER).all()
    assert found.by_share.sum() > 0


def test_shared_items_are_counted_once_and_from_both_sides() -> None:
    found = follow(WORLDS["med4"], MODERATE, np.array([np.inf]), seed=4, crews=1, judgments_per_rater=520)
    shared = found.shared[0]
    assert (shared == shared.T).all()
    assert (np.diag(shared) == 0).all()
    pairs_of_items = 130 * len(PAIRS_CREW) * 6
    assert 0.97 * pairs_of_items < shared.sum() / 2 <= pairs_of_items


def test_the_section_tells_found_named_and_whether_it_can_tell(monkeypatch: object) -> None:
    monkeypatch.setattr(pairs, "WORLDS", {"med2": WORLDS["med2"], "hard4": WORLDS["hard4"]})  # type: ignore[attr-defined]
    monkeypatch.setattr(pairs, "_QUICK_CREWS", 1)  # type: ignore[attr-defined]
    figures = pairs.section(Run(quick=True, data=None, seed=1, say=lambda _: None))
    assert list(figures) == ["moderate med2", "moderate hard4", "moderate med3"]
    blind, seeing = figures["moderate med2"]["at 0.001"], figures["moderate hard4"]["at 0.005"]
    assert (blind["can tell at 40"], blind["shared items to tell"]) == (False, None)
    assert seeing["can tell at 40"]
    assert list(seeing["found"]) == ["40 shared", "60 shared", "80 shared", "120 shared"]
