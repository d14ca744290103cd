"""Flag rate and precision by vendor, locale, site and tenure."""

from collections.abc import Sequence

from stream.report.by_group import MUCH, Group
from stream.report.page.markup import Content, Markup, element
from stream.report.page.tables import NUMBER, Column, table
from stream.report.wording import UNKNOWN, percent_interval, plain

_COLUMNS = (
    Column("raters", NUMBER),
    Column("flagged", NUMBER),
    Column("flag rate", NUMBER),
    Column("everybody else", NUMBER),
    Column("precision", NUMBER),
    Column("note"),
)


def groups_section(groups: Sequence[Group], *, has_clock: bool) -> Markup:
    """A table for each kind of group that the log tells of."""
    told = (
        f"Where a group is flagged more than {MUCH:g} times as often as everybody else, look at the policy first: the "
        "guideline, the language or the kind of items may differ. Intervals that overlap may be chance."
    )
    kinds = list(dict.fromkeys(group.by for group in groups))
    absent = [kind for kind in ("locale", "site", "tenure") if kind not in kinds]
    clock = "" if has_clock else " Tenure needs a clock."
    note = element("p", f"The log tells nothing of {', '.join(absent)}.{clock}", class_="note") if absent else None
    tables = [
        table(f"By {kind}", [Column(kind), *_COLUMNS], [_row(group) for group in groups if group.by == kind])
        for kind in kinds
    ]
    return element("section", element("h2", "Flags by group"), element("p", told), tables, note)


def _row(group: Group) -> list[Content]:
    return [
        group.name,
        plain(group.raters),
        plain(group.flagged),
        percent_interval(group.rate),
        percent_interval(group.rest_rate),
        percent_interval(group.precision),
        _note(group),
    ]


def _note(group: Group) -> Content:
    if not group.warning:
        return "" if group.rest_rate else UNKNOWN
    told = "flagged more often than the rest"
    return element("strong", told + (", may be chance" if group.maybe_chance else ""), class_="warning")
