import pytest

from alerts.escalation.deliver.texts import _BODIES, _SUBJECTS, FALLS_BACK, OVERDUE, SENTENCES, text_of
from alerts.escalation.said.catalogue import LANGUAGES, tongue
from alerts.wording import accusing_words

CASE = {"id": "rater-0a", "queue": "toxicity", "rater": "rkx-7hq2m9t4vwzc"}
LINK = "https://desk.example/cases/rater-0a"


def test_no_text_accuses() -> None:
    assert [word for text in SENTENCES for word in accusing_words(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(_SUBJECTS))
def test_a_text_names_the_case_and_where_it_is(kind: str, language: str) -> None:
    text = text_of({"type": kind, "case": CASE}, {"case": LINK}, tongue(language))
    assert "rater-0a" in text.subject
    # On a line of its own: beside Arabic words an address would be torn apart.
    assert LINK in text.body.splitlines()
    assert "toxicity" in text.body
    assert text.language == language


def test_a_text_is_in_the_readers_language() -> None:
    said = {
        language: text_of({"type": "case.case", "case": CASE}, {"for_the_rater": LINK}, tongue(language))
        for language in LANGUAGES
    }
    assert said["en"].subject == "Please look at case rater-0a"
    assert said["de"].subject == "Bitte sehen Sie sich Fall rater-0a an"
    assert "Queue: toxicity\nPerson: rkx-7hq2m9t4vwzc" in said["de"].body
    assert said["ar"].subject == "يرجى النظر في الحالة rater-0a"
    assert len({text.body for text in said.values()}) == len(LANGUAGES)


def test_our_own_desk_reads_one_line_with_a_link() -> None:
    message = {"type": "desk.overdue", "case_id": "rater-0a", "text": OVERDUE["answer"], "params": {}}
    text = text_of(message, {"case": LINK}, tongue("en"))
    assert text.subject == "Case rater-0a: the vendor has not answered in time"
    assert text.body.splitlines() == [f"{text.subject}.", "The case:", LINK]
    undelivered = {"type": "desk.undeliverable", "case_id": None, "text": FALLS_BACK, "params": {"vendor": "alba"}}
    assert text_of(undelivered, {}, tongue("de")).subject.startswith("eine Nachricht an alba kam nicht an")


def test_a_line_that_was_queued_by_an_older_version_is_read_as_it_is() -> None:
    message = {"type": "desk.overdue", "case_id": "rater-0a", "text": "the answer is overdue"}
    assert text_of(message, {}, tongue("de")).subject == "Fall rater-0a: the answer is overdue"


def test_every_kind_of_message_has_its_text() -> None:
    assert _SUBJECTS.keys() == _BODIES.keys()
