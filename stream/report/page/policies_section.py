"""Two policies side by side: what they measure, and whom only one of them flags."""

from collections.abc import Sequence

from stream.report.account import Account
from stream.report.comparison import Change, Comparison
from stream.report.page.flagged_section import truth_word
from stream.report.page.markup import Content, Markup, element
from stream.report.page.tables import NUMBER, SENTENCE, Column, table
from stream.report.page.truth_section import measures_table
from stream.report.wording import counted

SHOWN_MAX = 100  # raters a column; report.json has all

_COLUMNS = (Column("rater"), Column("queue"), Column("at judgment", NUMBER), Column("below the bar"),
            Column("what was seen", SENTENCE))  # fmt: skip


def policies_section(new: Account, old: Account, changes: Comparison) -> Markup:
    """The new policy (--policy) against the old one (--against)."""
    told = (
        f"Both policies flag {counted(changes.both, 'rater')}. The new one flags "
        f"{counted(len(changes.newly), 'rater')} more, and {counted(len(changes.cleared), 'rater')} no longer."
    )
    columns = [_changes("Newly flagged", changes.newly), _changes("No longer flagged", changes.cleared)]
    return element(
        "section",
        element("h2", "Two policies side by side"),
        element("p", told),
        element("div", columns, class_="pair"),
        measures_table([("new policy", new), ("old policy", old)]),
    )


def _changes(heading: str, changes: Sequence[Change]) -> Markup:
    shown = [_row(change) for change in changes[:SHOWN_MAX]]
    more = len(changes) - len(shown)
    titled = f"{heading} ({len(changes):,})"
    content: list[Content] = [table(titled, _COLUMNS, shown) if shown else element("p", f"{heading}: nobody.")]
    if more:
        content.append(element("p", f"{counted(more, 'more rater')} stand in report.json.", class_="note"))
    return element("div", content)


def _row(change: Change) -> list[Content]:
    return [
        change.rater_id,
        change.queue,
        f"{change.flagged_at:,}",
        truth_word(change),
        " ".join(change.sentences),
    ]
