from pathlib import Path

import pytest

from alerts.deployment import load_deployment
from alerts.rule_files import groups
from alerts.thresholds import load_thresholds
from alerts.wording import accusing_words

REPOSITORY = Path(__file__).parents[3]
FILES = [
    *(REPOSITORY / "alerts" / "templates").glob("*.tmpl"),
    *(REPOSITORY / "alerts" / "runbooks").glob("*.md"),
]
SAID = [
    pytest.param(text, id=f"{alert.name} {place}")
    for group in groups(load_thresholds(), load_deployment())
    for alert in group.alerts
    for place, text in (("summary", alert.summary), ("description", alert.description))
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_that_leaves_the_team_accuses(path: Path) -> None:
    assert accusing_words(path.read_text()) == []


@pytest.mark.parametrize("text", SAID)
def test_no_alert_accuses(text: str) -> None:
    assert accusing_words(text) == []


def test_no_sentence_of_a_finding_accuses() -> None:
    assert accusing_words((REPOSITORY / "stream/stages/sentences.py").read_text()) == []


@pytest.mark.parametrize("text", ["A suspicious rater", "cheating", "they FAKE it", "spammers", "two bots at work"])
def test_an_accusing_word_is_found(text: str) -> None:
    assert accusing_words(text)


def test_code_inside_a_text_is_not_read() -> None:
    assert accusing_words("{{ query `raterwatch_rater_suspect` }} needs review; see `suspect`") == []
