"""Who was flagged, when and why: a row a finding."""

from collections.abc import Iterator, Sequence

from stream.report.comparison import Change
from stream.report.flagged import Flagged, Reason
from stream.report.page.markup import Content, Markup, element
from stream.report.page.tables import NUMBER, SENTENCE, Column, table
from stream.report.wording import UNKNOWN, counted, day, pattern, percent, plain

SHOWN_MAX = 200  # raters; report.json has all

_CLOSED = {
    "evidence_gone": "closed: the evidence went",
    "gold_corrected": "closed: a known answer was corrected",
    "verdict": "closed by a person's verdict",
}


def flagged_section(flagged: Sequence[Flagged], *, has_clock: bool) -> Markup:
    """The table, or a sentence that there is nobody in it."""
    heading = element("h2", "Who was flagged, when and why")
    if not flagged:
        return element("section", heading, element("p", "Nobody was flagged."))
    optional = {
        "accuracy": any(one.accuracy is not None for one in flagged),
        "informativeness": any(one.informativeness is not None for one in flagged),
    }
    columns = [
        Column("rater"),
        Column("queue"),
        Column("vendor"),
        Column("first at judgment", NUMBER),
        *([Column("opened, UTC", NUMBER)] if has_clock else []),
        Column("now"),
        Column("pattern"),
        Column("what was seen", SENTENCE),
        Column("n", NUMBER),
        Column("peers", NUMBER),
        Column("measured (interval)", NUMBER),
        Column("threshold", NUMBER),
        Column("review score", NUMBER),
        *[Column(name, NUMBER) for name, shown in optional.items() if shown],
        Column("below the bar"),
    ]
    rows = [row for one in flagged[:SHOWN_MAX] for row in _rows(one, optional, has_clock=has_clock)]
    more = len(flagged) - SHOWN_MAX
    note = element("p", f"{counted(more, 'more rater')} stand in report.json.", class_="note") if more > 0 else None
    return element("section", heading, table("Findings, a row each", columns, rows), note)


def _rows(one: Flagged, optional: dict[str, bool], *, has_clock: bool) -> Iterator[list[Content]]:
    for reason in one.reasons:
        yield [
            one.rater_id,
            one.queue,
            one.vendor,
            f"{one.flagged_at:,} of {one.judgments:,}",
            *([day(reason.opened_at_ms)] if has_clock else []),
            _CLOSED.get(reason.closed_why or "", "closed") if reason.closed_at_ms is not None else "needs review",
            pattern(reason.detector),
            _said(reason),
            f"{reason.n:,}",
            f"{reason.peers:,}",
            _measured(reason),
            plain(reason.threshold),
            f"{one.suspicion:.2f}",
            *([percent(one.accuracy)] if optional["accuracy"] else []),
            *([plain(one.informativeness)] if optional["informativeness"] else []),
            truth_word(one),
        ]


def _said(reason: Reason) -> Content:
    beside = [element("p", f"Beside it: {told}", class_="note") for told in reason.corroboration]
    return element("div", reason.sentence, beside) if beside else reason.sentence


def _measured(reason: Reason) -> str:
    if reason.measure is None:
        return UNKNOWN
    interval = f" ({plain(reason.low)} to {plain(reason.high)})" if reason.low is not None else ""
    return plain(reason.measure) + interval


def truth_word(one: Flagged | Change) -> str:
    """Whether the rater is below the bar, as far as it is known."""
    return "not known" if one.below_bar is None else "yes" if one.below_bar else "no"
