import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from stream.quality.compiled import plain
from stream.quality.copying import (
    CLOSER,
    COPIED,
    LEAST_MEETINGS,
    MODELS,
    PARTNERS,
    WEIGHTS,
    add_meeting,
    copying_nats,
    copying_threshold,
    gain,
    stands_out,
)
from stream.quality.schema import NAT

shares = st.floats(0.005, 0.995)


def evidence_of(*meetings: tuple[bool, float, float]) -> np.ndarray:
    evidence = np.zeros(MODELS, "i4")
    for agreed, share, habit in meetings:
        plain(add_meeting)(agreed, share, habit, evidence)
    return evidence


@given(shares)
def test_an_honest_pair_gains_nothing_on_average(share: float) -> None:
    agree, differ = (math.exp(plain(gain)(agreed, share, share) / NAT) for agreed in (True, False))
    assert share * agree + (1 - share) * differ == pytest.approx(1.0, abs=1e-4)


def test_agreement_says_the_more_the_less_it_was_to_be_expected() -> None:
    gains = [plain(gain)(True, share, share) for share in (0.05, 0.2, 0.5, 0.9)]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] / NAT == pytest.approx(math.log((COPIED + 0.1 * 0.05) / 0.05), abs=1e-4)
    assert plain(gain)(False, 0.2, 0.2) / NAT == pytest.approx(math.log(0.1), abs=1e-4)


def test_evidence_is_the_ratio_to_the_mixture_of_honest_pairs() -> None:
    meetings = [(True, 0.3, 0.4)] * 12 + [(False, 0.6, 0.4)] + [(True, 0.6, 0.4)] * 9
    copying, honest = 0.0, np.zeros(MODELS)
    for agreed, share, habit in meetings:
        by_model = np.array([1 / (1 + (1 - share) / share * math.exp(-nats)) for nats in CLOSER] + [habit])
        copied = COPIED + (1 - COPIED) * share
        copying += math.log(copied if agreed else 1 - copied)
        honest += np.log(by_model if agreed else 1 - by_model)
    expected = copying - logsumexp(honest, b=WEIGHTS)
    assert plain(copying_nats)(evidence_of(*meetings)) == pytest.approx(expected, abs=1e-3)


def test_two_raters_with_one_constant_answer_do_not_copy() -> None:
    by_items = evidence_of(*[(True, 0.4, 0.4)] * 60)
    by_habit = evidence_of(*[(True, 0.4, 0.98)] * 60)
    assert plain(copying_nats)(by_items) > 12.0
    assert plain(copying_nats)(by_habit) < 5.0


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), shares, shares), max_size=40))
def test_the_compiled_form_adds_what_the_plain_one_adds(meetings: list[tuple[bool, float, float]]) -> None:
    evidence = np.zeros(MODELS, "i4")
    for agreed, share, habit in meetings:
        add_meeting(agreed, share, habit, evidence)
    assert evidence.tolist() == evidence_of(*meetings).tolist()
    assert copying_nats(evidence) == pytest.approx(plain(copying_nats)(evidence), rel=1e-12, abs=1e-12)


def test_endless_disagreement_stops_at_the_end_of_the_integer() -> None:
    evidence = np.full(MODELS, -(1 << 30), "i4")
    plain(add_meeting)(False, 0.995, 0.5, evidence)
    assert evidence[0] == -(1 << 30)


def test_a_pair_is_named_at_the_threshold_with_enough_meetings_and_labels() -> None:
    evidence = evidence_of(*[(True, 0.3, 0.4)] * 30)
    nats = plain(copying_nats)(evidence)
    assert plain(stands_out)(evidence, LEAST_MEETINGS, 3, nats)
    assert not plain(stands_out)(evidence, LEAST_MEETINGS, 3, nats + 0.01)
    assert not plain(stands_out)(evidence, LEAST_MEETINGS - 1, 3, nats)
    assert not plain(stands_out)(evidence, LEAST_MEETINGS, 2, nats)


def test_a_pair_that_only_the_mixture_lifts_to_the_threshold_is_named() -> None:
    evidence = np.array([10 * NAT] + [1 << 29] * (MODELS - 1), "i4")
    assert plain(stands_out)(evidence, LEAST_MEETINGS, 3, 10.0 - math.log(WEIGHTS[0]) - 1e-3)
    assert -math.log(WEIGHTS[0]) < 1.0
    assert sum(WEIGHTS) == pytest.approx(1.0)


def test_the_threshold_follows_from_how_many_honest_raters_may_be_named() -> None:
    assert copying_threshold(1e-3) == pytest.approx(math.log(PARTNERS * 1_000))
    assert copying_threshold(0.0) == math.inf
