from pathlib import Path

import pytest

from alerts.wording import accusing_words
from stream.policy.declared import DETECTORS, DeclaredPolicy
from stream.policy.policy_file import parse_policy
from stream.privacy.inventory import INVENTORY
from stream.privacy.inventory_page import page
from stream.privacy.notice import MEANINGS, notice
from stream.privacy.notice_page import notice_page
from stream.state.keys import DECLARED
from stream.transport.topics import declared_topics

DOCS = Path(__file__).parents[3] / "docs"


def test_every_key_of_redis_and_every_topic_is_in_the_inventory() -> None:
    places = {place for held in INVENTORY for place in held.places}
    topics = {f"topic {spec.name}" for spec in declared_topics(judgments_partitions=1, outcomes_partitions=1)}
    assert {key.name for key in DECLARED} | topics <= places
    named = {place for place in places if place.startswith("topic ")}
    assert named == topics


def test_the_page_in_docs_is_what_the_inventory_says() -> None:
    assert (DOCS / "privacy.md").read_text() == page(), "run `make generate`"


def test_the_notice_follows_the_policy() -> None:
    policy = parse_policy(
        """
        [budget]
        honest_ticketed_per_10000_rater_weeks = 4.0
        honest_critical_per_10000_rater_weeks = 1.0
        [detectors.copying]
        on = false
        [shadow]
        days = 3.0
        """
    )
    told = notice(policy)
    by_name = {one["name"]: one for one in told.flagging}
    assert not by_name["copying"]["on"]
    assert by_name["unrelated_to_peers"]["honest_ticketed_per_10000_rater_weeks"] == pytest.approx(1.0)
    text = notice_page(told)
    assert "most 4 of 10,000" in text
    assert "In the first 3 days" in text
    assert "| copying | answers are like one other rater's, on answers that few give | no |" in text
    assert "most 10 of 10,000" in notice_page(notice(DeclaredPolicy()))


def test_every_detector_has_words_of_its_own() -> None:
    assert set(MEANINGS) == set(DETECTORS)


def test_no_text_accuses_or_claims_that_a_law_is_kept() -> None:
    for text in (page(), notice_page(notice(DeclaredPolicy()))):
        assert accusing_words(text) == []
        assert "compliant" not in text
        assert "complies" not in text
