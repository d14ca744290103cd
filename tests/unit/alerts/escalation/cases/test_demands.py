from dataclasses import replace

import pytest

from alerts.escalation.cases.consequences import ConsequenceKind
from alerts.escalation.cases.demands import (
    ConsequenceFacts,
    DecisionFacts,
    demand_appeal,
    demand_consequence,
    demand_decision,
    demand_own_words,
    demand_second_person,
)
from alerts.escalation.errors import Unmet

WORDS = "All fifteen answers fit the old guideline"
FIT = DecisionFacts(evidence_opened=True, words=WORDS)
READY = ConsequenceFacts(
    kind=ConsequenceKind.COACHING,
    confirmed=True,
    rater_told_ms=1,
    may_from_ms=100,
    appeals_open=0,
    unsigned=0,
    now_ms=100,
)


def test_a_decision_that_has_all_it_needs_passes() -> None:
    demand_decision(FIT, confirms=True)
    demand_decision(FIT, confirms=False)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (replace(FIT, evidence_opened=False), "open the evidence"),
        (replace(FIT, words=""), "own words"),
        (replace(FIT, words="okokokokokokokokokokok"), "own words"),
        (replace(FIT, words="a b c d"), "own words"),
        (replace(FIT, given=(f"  {WORDS.upper()} ",)), "stand elsewhere already"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(facts: DecisionFacts, says: str) -> None:
    for confirms in (True, False):
        with pytest.raises(Unmet, match=says):
            demand_decision(facts, confirms=confirms)


@pytest.mark.parametrize("facts", [replace(FIT, appeals_open=1), replace(FIT, granted_as_a_whole=True)])
def test_a_finding_is_not_confirmed_over_an_appeal_but_may_be_cleared(facts: DecisionFacts) -> None:
    with pytest.raises(Unmet, match="appeal"):
        demand_decision(facts, confirms=True)
    demand_decision(facts, confirms=False)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (replace(READY, confirmed=False), "no finding of this case is confirmed"),
        (replace(READY, rater_told_ms=None), "was not told yet"),
        (replace(READY, appeals_open=1), "open appeal"),
        (replace(READY, may_from_ms=None), "not known for long enough"),
        (replace(READY, now_ms=99), "not known for long enough"),
        (replace(READY, unsigned=1), "second person"),
    ],
)
def test_no_consequence_before_the_rater_was_told_and_could_appeal(facts: ConsequenceFacts, says: str) -> None:
    with pytest.raises(Unmet, match=says):
        demand_consequence(facts)
    demand_consequence(replace(facts, kind=ConsequenceKind.NONE))


def test_a_consequence_that_may_follow_passes() -> None:
    demand_consequence(READY)


def test_the_second_person_is_another_one() -> None:
    demand_second_person("dora", "emil")
    with pytest.raises(Unmet, match="second person"):
        demand_second_person("dora", "dora")


@pytest.mark.parametrize(
    ("words", "items", "now_ms", "says"),
    [
        (" ", (), 5, "say why"),
        ("", ("i9",), 5, "'i9' is none of the items"),
        ("I looked twice", (), 11, "time to appeal is over"),
    ],
)
def test_an_appeal_that_cannot_be_taken_says_why(words: str, items: tuple[str, ...], now_ms: int, says: str) -> None:
    with pytest.raises(Unmet, match=says):
        demand_appeal(words, items, {"i1"}, 10, now_ms)


def test_an_appeal_may_be_words_items_or_both_and_the_clock_may_stand_still() -> None:
    demand_appeal("I stand by it", (), set(), 10, 10)
    demand_appeal("", ("i1",), {"i1"}, None, 10)


def test_words_are_compared_without_regard_to_case_and_spaces() -> None:
    with pytest.raises(Unmet):
        demand_own_words("Looks  right to ME, all of it", ("looks right to me, all of it",))
