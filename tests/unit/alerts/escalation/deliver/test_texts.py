import pytest

from alerts.escalation.deliver.texts import _BODIES, _SUBJECTS, text_of
from alerts.wording import accusing_words

CASE = {"id": "rater-0a", "queue": "toxicity", "rater": "rkx-7hq2m9t4vwzc"}


def test_no_text_accuses() -> None:
    assert [word for text in (*_SUBJECTS.values(), *_BODIES.values()) for word in accusing_words(text)] == []


@pytest.mark.parametrize("kind", list(_SUBJECTS))
def test_a_text_names_the_case_and_where_it_is(kind: str) -> None:
    text = text_of({"type": kind, "case": CASE}, {"case": "https://desk.example/cases/rater-0a"})
    assert "rater-0a" in text.subject
    assert "https://desk.example/cases/rater-0a" in text.body
    assert "queue: toxicity" in text.body


def test_our_own_desk_reads_one_line_with_a_link() -> None:
    message = {"type": "desk.overdue", "case_id": "rater-0a", "text": "the answer is overdue"}
    text = text_of(message, {"case": "https://desk.example/cases/rater-0a"})
    assert text.subject == "Case rater-0a: the answer is overdue"


def test_every_kind_of_message_has_its_text() -> None:
    assert _SUBJECTS.keys() == _BODIES.keys()
