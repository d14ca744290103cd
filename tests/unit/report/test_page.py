import re
from html.parser import HTMLParser

import msgspec
import pytest

from stream.events import Corroboration, Sentence
from stream.report.comparison import compare
from stream.report.make_report import About, Made, Report
from stream.report.page.axes import log_axis
from stream.report.page.document import page
from stream.report.page.markup import Markup, element
from stream.report.page.trail_plot import LINES_MAX
from tests.unit.report.test_flagged import account, finding
from tests.unit.report.values import standing

VOID = {"meta"}
BESIDE = Corroboration(
    name="fast",
    sentence=Sentence(key="fast", params={}, text="quick & even"),
    n=30,
    others=900,
    measure=-2.0,
    low=-2.3,
    high=-1.7,
    usual=0.0,
    nats=4.0,
)
ABOUT = About(
    records=9,
    judgments=9,
    raters=3,
    queues=["q"],
    has_clock=True,
    first_ms=0,
    last_ms=86_400_000,
    truth="known answers",
    least_golds=20,
    bars={"q": 0.7},
    truth_was_seen=True,
    items=100,
    flips=3,
)


class Seen(HTMLParser):
    """Elements with their attributes; fails on a wrong nesting."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.texts.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def crowd():
    return [
        standing("ann<b>", flagged_at=40, below=True, needs_review=True, agreement=0.3, median_duration_ms=900.0),
        standing("bob", below=False, agreement=0.8, median_duration_ms=4_000.0),
    ]


@pytest.fixture
def made():
    told = account(crowd(), [finding("ann<b>"), finding("cat")])
    flagged = [msgspec.structs.replace(one, trail=[(5, 0.3), (100, 0.9)]) for one in told.flagged]
    old = account([standing("cat", flagged_at=7)], [finding("cat")])
    told = msgspec.structs.replace(told, flagged=flagged)
    report = Report(version=1, about=ABOUT, account=told, against=old, changes=compare(told, old))
    return Made(report=report, standings=crowd(), items=[])


@pytest.fixture
def seen(made):
    found = Seen()
    found.feed(page(made))
    found.close()
    assert found._open == []
    return found


def test_the_page_needs_no_network_and_no_script(made, seen):
    text = page(made)

    assert {tag for tag, _ in seen.elements}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bon[a-z]+=", text)


def test_it_is_readable_by_day_by_night_and_by_ear(made, seen):
    assert "prefers-color-scheme: dark" in page(made)
    assert [one["lang"] for one in seen.of("html")] == ["en"]
    assert len(seen.of("svg")) == 3
    assert all(one["role"] == "img" and one["aria-label"] for one in seen.of("svg"))
    assert {one.get("scope") for one in seen.of("th")} == {"col", "row"}
    assert len(seen.of("caption")) == len(seen.of("table")) > 0


def test_names_from_the_file_are_text_and_never_markup(made, seen):
    assert not seen.of("b")
    assert any("ann<b>" in text for text in seen.texts)


def test_nothing_on_the_page_accuses(seen):
    text = " ".join([*seen.texts, *(str(one) for _, one in seen.elements)]).lower()

    assert not re.search(r"suspic|suspect|fraud|cheat|spam|dishonest|honest|guilty|\bbad\b|offend|culprit|violat", text)
    for word in ("needs review", "what ann<b> did", "not about a person's motives"):
        assert word in text


def test_every_finding_stands_with_its_sentence_evidence_and_interval(seen):
    text = " ".join(seen.texts)

    for word in ("40 of 100", "1970-01-01 00:00", "constant answer", "0.9 (0.8 to 0.95)", "0.85", "The detectors saw"):
        assert word in text


def test_two_policies_stand_side_by_side(seen):
    text = " ".join(seen.texts)

    for word in ("Newly flagged (1)", "No longer flagged (1)", "new policy", "old policy"):
        assert word in text


def test_a_quiet_log_says_so_without_empty_tables(made):
    told = account([standing(), standing("bob")], [])
    about = msgspec.structs.replace(ABOUT, has_clock=False, truth="none", least_golds=None, bars={}, items=0, flips=0)
    report = Report(version=1, about=about, account=told, against=None, changes=None)

    text = page(Made(report=report, standings=[standing()], items=[]))

    for word in ("Nobody was flagged.", "without a clock", "no durations", "--truth", "Tenure needs a clock"):
        assert word in text
    assert "Two policies" not in text
    assert "nan" not in text


def test_at_most_a_few_lines_are_drawn(made):
    [one] = made.report.account.flagged
    many = msgspec.structs.replace(made.report.account, flagged=[one] * 20)
    report = msgspec.structs.replace(made.report, account=many)

    assert page(msgspec.structs.replace(made, report=report)).count("<polyline") == LINES_MAX


def test_texts_and_attributes_are_escaped_and_markup_is_not():
    assert (
        element("p", "a<b", Markup("<i></i>"), None, title='"', hidden=False) == '<p title="&quot;">a&lt;b<i></i></p>'
    )


@pytest.mark.parametrize(
    ("values", "low", "high"), [([3, 70], 2, 100), ([5, 5], 5, 10), ([0.4], 0.2, 0.5), ([10, 20], 10, 20), ([], 1, 2)]
)
def test_a_logarithmic_axis_ends_on_round_numbers_around_its_values(values, low, high):
    axis = log_axis("x", values)

    assert (axis.low, axis.high) == (pytest.approx(low), pytest.approx(high))
    assert len(axis.ticks) >= 2


def test_queues_tell_what_could_be_seen_there_and_which_known_answers_need_a_look(made, seen):
    shown = " ".join(seen.texts)
    assert "after 31 items" in shown
    assert "item<7>" in shown
    assert "5 of 6 say otherwise" in shown
    assert "stands still" in shown


def test_what_stood_beside_a_finding_is_told_with_it(made):
    told = account(crowd(), [finding("ann<b>", corroboration=[BESIDE])])
    found = Seen()
    found.feed(page(msgspec.structs.replace(made, report=msgspec.structs.replace(made.report, account=told))))
    assert "Beside it: quick & even" in " ".join(found.texts)
