import math

import numpy as np
import pytest

from stream.quality.compiled import plain
from stream.quality.copying import COPIED, MODELS, add_meeting, copying_nats
from stream.quality.copying_power import can_tell, shared_items_to_tell
from stream.quality.partners import LIKELIEST, MEETINGS, MINORITY, SHARE_BINS


def queue(likeliest: float, minority: float, minority_share: float = 0.3) -> np.ndarray:
    """A thousand meetings, all of one expected share by kind."""
    by_share = np.zeros(MEETINGS, "i8")
    by_share[LIKELIEST * SHARE_BINS + int(likeliest * SHARE_BINS)] = round(1_000 * (1 - minority_share))
    by_share[MINORITY * SHARE_BINS + int(minority * SHARE_BINS)] = round(1_000 * minority_share)
    return by_share


def test_it_cannot_tell_with_two_labels_or_before_anybody_met() -> None:
    assert shared_items_to_tell(queue(0.5, 0.2), 2, 9.0, 4) == math.inf
    assert shared_items_to_tell(np.zeros(MEETINGS, "i8"), 4, 9.0, 4) == math.inf
    assert not can_tell(queue(0.5, 0.2), 2, 9.0, 4)


def test_forty_items_are_enough_where_items_are_hard_and_not_where_everybody_knows_the_answer() -> None:
    assert can_tell(queue(0.5, 0.2), 4, 8.0, 4)
    assert not can_tell(queue(0.9, 0.2, 0.05), 4, 8.0, 4)
    assert not can_tell(queue(0.5, 0.2), 4, 20.0, 4)


def test_a_queue_without_minority_answers_shows_nothing() -> None:
    assert shared_items_to_tell(queue(0.5, 0.2, 0.0), 4, 8.0, 4) == math.inf


def test_more_judgments_an_item_hide_some_of_the_shared_items() -> None:
    three, four = (shared_items_to_tell(queue(0.5, 0.2), 4, 8.0, redundancy) for redundancy in (3, 4))
    assert four == pytest.approx(three / 0.75)


@pytest.mark.parametrize("threshold", [8.0, 12.0])
def test_four_copiers_in_five_have_the_evidence_after_so_many_meetings(threshold: float) -> None:
    by_share = queue(0.5, 0.2)
    opening = math.log(5.0) / 0.3
    meetings = round(shared_items_to_tell(by_share, 4, threshold, 3) - opening)
    random_ = np.random.default_rng(3)
    reached = 0
    for _ in range(300):
        evidence = np.zeros(MODELS, "i4")
        for share in np.where(random_.random(meetings) < 0.3, 3.5 / 16, 8.5 / 16):
            agreed = bool(random_.random() < COPIED + (1 - COPIED) * share)
            plain(add_meeting)(agreed, float(share), 0.05, evidence)
        reached += plain(copying_nats)(evidence) >= threshold
    assert reached / 300 == pytest.approx(0.8, abs=0.1)
