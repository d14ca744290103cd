import math

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import dirichlet_multinomial

from stream.quality.compiled import plain
from stream.quality.known_gap import KnownGap, KnownWork, known_gap
from stream.quality.rank_sums import JUDGED, RANK_SUMS, SCORED, SKILL_FIRST, SKILLS
from stream.quality.schema import NAT

SHARES = np.array([0.4, 0.3, 0.2, 0.1])  # of the labels in the queue
PEERS = 0.85  # how often what peers make of an item is what a good rater answers
SEEDS = (1, 2, 3, 4, 5)


class Person:
    """A rater's answers on and off the known items, one after another."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.mix, self.right = np.zeros(4, "i8"), 0.0
        self.rest, self.sums = np.zeros(4, "i8"), np.zeros(RANK_SUMS, "i8")

    def answer_known(self, how: str) -> None:
        truth = self.random.choice(4, p=SHARES)
        label = self._label(truth, how)
        self.mix[label] += 1
        self.right += label == truth

    def answer(self, how: str) -> None:
        truth = self.random.choice(4, p=SHARES)
        label = self._label(truth, how)
        fit = PEERS if label == truth else (1 - PEERS) / 3
        self.rest[label] += 1
        self.sums[[JUDGED, SCORED]] += 1
        for g, skill in enumerate(SKILLS):
            self.sums[SKILL_FIRST + g] += round(NAT * math.log(skill * fit + (1 - skill) * SHARES[label] + 1e-4))

    def gap(self) -> KnownGap:
        return plain(known_gap)(KnownWork(self.mix, self.right, 0.9), self.sums, self.rest, 4)

    def _label(self, truth: int, how: str) -> int:
        if how == "constant":
            return 0
        if how == "random":
            return int(self.random.choice(4, p=SHARES))
        return truth if self.random.random() < PEERS else int(self.random.integers(4))


def first_at(on_known: str, elsewhere: str, seed: int) -> int | None:
    """After how many answers off the known items the evidence reaches its cap; a sixth of all have a known answer."""
    person = Person(seed)
    for n in range(1, 201):
        if n % 5 == 1:
            person.answer_known(on_known)
        person.answer(elsewhere)
        if person.gap().support == 4.0:
            return n
    return None


@pytest.mark.parametrize(
    ("on_known", "elsewhere", "found"),
    [
        ("careful", "constant", [11, 11, 21, 9, 9]),
        ("careful", "random", [21, 21, 11, 16, 23]),
        ("careful", "careful", [None] * 5),
        ("constant", "constant", [None] * 5),
        ("random", "random", [None, 26, None, None, None]),  # the second was lucky on the first known items
    ],
)
def test_care_where_it_is_checked_only_is_seen_after_so_many(
    on_known: str, elsewhere: str, found: list[int | None]
) -> None:
    assert [first_at(on_known, elsewhere, seed) for seed in SEEDS] == found


def test_it_says_which_of_the_two_ways_it_was() -> None:
    constant, random_ = Person(1), Person(1)
    for person, how in ((constant, "constant"), (random_, "random")):
        for _ in range(10):
            person.answer_known("careful")
        for _ in range(40):
            person.answer(how)
    assert constant.gap().habit > 0.99
    assert random_.gap().habit < 0.2
    assert (constant.gap().label, constant.gap().label_share, constant.gap().rest) == (0, 1.0, 40.0)
    assert constant.gap().known == 10.0
    assert constant.gap().right_share == constant.right / 10


def test_evidence_is_the_bayes_factor_of_two_ways_against_one() -> None:
    person = Person(3)
    for _ in range(6):
        person.answer_known("careful")
    for _ in range(12):
        person.answer("random")
    weights, wrong = np.array([2, 2.5, 5.5, 8, 5]), 6 - person.right
    p = np.array(SKILLS) * 0.9 + (1 - np.array(SKILLS)) / 4
    on_known = np.log(weights) + person.right * np.log(p) + wrong * np.log((1 - p) / 3)
    by_peers = person.sums[SKILL_FIRST:] / NAT
    one = logsumexp([logsumexp(on_known + by_peers) - np.log(weights.sum()), habit(person.mix + person.rest)])
    lower = [logsumexp(by_peers[: g - 1]) - np.log(g - 1) for g in (2, 3, 4)]
    two = logsumexp([on_known[g] + x for g in (2, 3, 4) for x in (lower[g - 2], habit(person.rest))])
    assert person.gap().nats == pytest.approx(two - np.log(weights[2:].sum()) - one, abs=1e-9)


def habit(mix: np.ndarray) -> float:
    """The evidence of a sequence of labels: the Dirichlet-multinomial's without the number of orders."""
    n = int(mix.sum())
    orders = math.lgamma(n + 1) - sum(math.lgamma(k + 1) for k in mix)
    return float(dirichlet_multinomial.logpmf(mix, [0.1] * 4, n)) - orders


def test_known_items_that_are_easier_do_not_suffice() -> None:
    person = Person(2)
    person.mix[:], person.right = [8, 6, 4, 2], 20.0
    for _ in range(100):
        person.answer("careful")
    assert person.gap().support < 0.0


def test_answers_of_one_kind_only_say_nothing() -> None:
    person = Person(1)
    assert person.gap().nats == 0.0
    person.answer_known("careful")
    assert (person.gap().nats, person.gap().known) == (0.0, 1.0)


@pytest.mark.parametrize("seed", range(6))
def test_the_compiled_form_says_what_the_plain_one_says(seed: int) -> None:
    person = Person(seed)
    for _ in range(seed * 3):
        person.answer_known("careful")
        person.answer(("constant", "random", "careful")[seed % 3])
    compiled = known_gap(KnownWork(person.mix, person.right, 0.9), person.sums, person.rest, 4)
    assert compiled == pytest.approx(person.gap(), rel=1e-9, abs=1e-9)
