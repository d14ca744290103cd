"""Every sentence that vendor and rater may read is in every language, with the same parameters, and accuses nobody."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from alerts.escalation.cases.actions import ACTIONS
from alerts.escalation.cases.states import CaseState
from alerts.escalation.desk.next_step import SENTENCES
from alerts.escalation.said.catalogue import FINDING, LANGUAGES, negotiated, tongue
from alerts.escalation.said.words import WORDS
from alerts.wording import accusing_words
from stream.events import Sentence
from stream.stages.sentences import CATALOGUE

FOLDER = Path(str(files("alerts.escalation")))
OTHERS = [language for language in LANGUAGES if language != "en"]
# Of a queue, for whoever runs it: no finding about a rater carries them.
OURS = {key for key in CATALOGUE if key.startswith(("gold_suspect", "queue_shift", "copying_", "shift_share"))}
PARAMETER = re.compile(r"{\w+}")


def sentences() -> set[str]:
    found = {*SENTENCES, *WORDS.values()}
    for template in sorted((FOLDER / "templates").glob("*.html")):
        with template.open("rb") as source:
            found |= {_first(message) for _, _, message, _ in babel_extract(source, ("_",), [], {})}
    for module in sorted(FOLDER.rglob("*.py")):
        with module.open("rb") as source:
            found |= {_first(message) for _, message, _, _ in extract("python", source, {"_": None}, [], {})}
    return found


def _first(message: object) -> str:
    return str(message[0] if isinstance(message, tuple) else message)


def catalogue(language: str) -> Catalog:
    with (FOLDER / "said" / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_there_and_none_too_many(language: str) -> None:
    known = {str(one.id) for one in catalogue(language) if one.id and one.context is None and one.string}
    assert sentences() - known == set()
    assert known - sentences() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_a_finding_is_there(language: str) -> None:
    known = {str(one.id) for one in catalogue(language) if one.context == FINDING and one.string}
    assert known == set(CATALOGUE) - OURS


@pytest.mark.parametrize("language", OTHERS)
def test_parameters_are_the_same_in_every_language(language: str) -> None:
    for one in catalogue(language):
        english = CATALOGUE[str(one.id)] if one.context == FINDING else str(one.id)
        if one.id:
            assert sorted(PARAMETER.findall(str(one.string))) == sorted(PARAMETER.findall(english)), one.id


def test_no_sentence_accuses() -> None:
    english = sentences() | {text for key, text in CATALOGUE.items() if key not in OURS}
    assert {text: found for text in english if (found := accusing_words(text))} == {}
    for language in OTHERS:
        said = [str(one.string) for one in catalogue(language)]
        assert {text: found for text in said if (found := accusing_words(text))} == {}


@pytest.mark.parametrize("text", ["Das ist Betrug", "verdächtige Antworten", "هذا غشاش", "a lazy rater"])
def test_a_word_that_accuses_is_found_in_every_language(text: str) -> None:
    assert accusing_words(text)


def test_every_state_and_action_has_its_words() -> None:
    system = {"delivered", "lapse", "withdraw"}
    assert set(ACTIONS) - system <= set(WORDS)
    assert {f"done.{action}" for action in ACTIONS} <= set(WORDS)
    assert {state.value for state in CaseState} <= set(WORDS)


def test_a_finding_is_said_in_the_readers_language_with_its_numbers() -> None:
    said = Sentence(key="constant_answer", params={"share": "62", "n": "180", "label": "x", "usual": "31"}, text="…")
    assert tongue("de").finding(said) == "62 % von 180 Antworten sind „x“; in der Queue sind es 31 %."
    assert tongue("en").finding(said) == "…"
    unknown = Sentence(key="not_there_yet", params={}, text="As it stands.")
    assert tongue("ar").finding(unknown) == "As it stands."


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("de-AT,de;q=0.9", "de"), ("fr, ar;q=0.3, en;q=0.2", "ar"), ("", "en"), ("fr", "en"), ("de;q=x", "en")],
)
def test_the_language_is_the_first_that_there_is(accepted: str, language: str) -> None:
    assert negotiated(accepted) == language
