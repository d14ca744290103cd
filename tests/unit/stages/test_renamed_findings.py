"""A finding of the alarm under another name: the same finding, on the wire, in the store and for a verdict."""

import msgspec
import pytest

from stream.events import Finding, Sentence
from stream.quality.policy import Detector
from stream.stages.finding_book import Counts, FindingBook
from tests.unit.stages.test_raters_stage import World, judged, turned, verdict

KEY = bytes(range(16))


def finding(detector: str, **fields: object) -> Finding:
    names = {"id": "an id", "version": 1, "event": "opened", "queue": "q", "detector": detector, "state": "suspect"}
    times = {"opened_at": 5, "at": 5, "episode": 1, "rater_id": "r"}
    return Finding(**names | times | {"sentence": Sentence(key=detector, params={}, text=detector)} | fields)


@pytest.fixture
def book() -> FindingBook:
    book = FindingBook("findings")
    book.add(KEY, Detector.INVERTED, finding("inverted"), Counts())
    book.take_changes()
    return book


def test_a_renamed_finding_keeps_its_id_its_episode_and_since_when_it_is_open(book: FindingBook) -> None:
    counts = Counts()
    book.rename(
        KEY, Detector.INVERTED, Detector.UNRELATED, finding("unrelated_to_peers", id="new", episode=0, at=9), counts
    )
    written, gone, messages = book.take_changes()
    told = msgspec.json.decode(messages[0].value, type=Finding)
    assert (told.id, told.version, told.event, told.episode) == ("an id", 2, "updated", 1)
    assert (told.detector, told.sentence.text, told.opened_at, told.at) == (
        "unrelated_to_peers",
        "unrelated_to_peers",
        5,
        9,
    )
    assert [field for field, _ in written] == [KEY + bytes([Detector.UNRELATED])]
    assert gone == [KEY + bytes([Detector.INVERTED])]
    assert dict(counts) == {("finding_updated", "unrelated_to_peers"): 1}


def test_a_verdict_finds_it_under_its_new_name(book: FindingBook) -> None:
    book.rename(KEY, Detector.INVERTED, Detector.UNRELATED, finding("unrelated_to_peers"), Counts())
    assert book.detector_of(KEY, "an id") == Detector.UNRELATED


def test_a_rater_whose_answers_become_of_another_kind_has_one_finding_of_the_alarm_throughout() -> None:
    world = World()
    told = [found for found in turned(world) if found.detector == "inverted"]
    for n in range(400, 680):
        moved = world.take(judged(n, "bad", "c", gold="abc"[n % 3]))
        told += [found for found in moved if found.detector != "known_answers"]
    renamed = [found for found in told if found.detector != "inverted"]
    assert renamed, "the answers are no longer the opposite of the right ones"
    assert {found.id for found in told} == {told[0].id}
    assert [found.version for found in told] == list(range(1, len(told) + 1))
    assert {found.event for found in told[1:]} == {"updated"}
    assert all(
        (found.sureness or 0) >= 0.8 for found in renamed if found.detector != told[told.index(found) - 1].detector
    )
    opened = [found.detector for found in world.raters.findings.values() if found.detector != "known_answers"]
    assert opened == [told[-1].detector]
    closed = world.take(verdict(told[-1]))
    assert [(found.id, found.event, found.why) for found in closed] == [(told[0].id, "closed", "verdict")]
