import pytest

from stream.events import Finding, Sentence
from stream.report.since import since_of_finding


def finding(detector, **params):
    sentence = Sentence(key=detector, params=params, text="")
    return Finding(
        id="f",
        version=1,
        event="opened",
        queue="q",
        detector=detector,
        state="suspect",
        sentence=sentence,
        opened_at=9,
        at=9,
    )


@pytest.mark.parametrize(("number", "seen", "at_ms"), [(3, 5, 30), (5, 5, 50), (1, 5, 10), (4, 7, 20), (2, 7, None)])
def test_a_change_begins_with_the_judgment_that_its_finding_names(number, seen, at_ms):
    since = since_of_finding(finding("changed", since=number), [10, 20, 30, 40, 50], seen)

    assert (since.at_ms, since.number) == (at_ms, number)
    assert f"judgment {number}" in since.why


def test_other_detectors_speak_of_all_answers():
    since = since_of_finding(finding("constant_answer", n=40), [10, 20], 2)

    assert (since.at_ms, since.number) == (None, None)
    assert "constant_answer" in since.why
