"""Tables of the page: captions, scoped headers, and room to scroll on a narrow screen."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from stream.report.page.markup import Content, Markup, element

NUMBER, SENTENCE = "number", "sentence"


class Column(NamedTuple):
    """A heading, and how its cells are set."""

    heading: str
    style: str | None = None  # NUMBER, SENTENCE


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Content]]) -> Markup:
    """Each row's first cell is its header."""
    head = element("tr", [element("th", c.heading, scope="col", class_=c.style) for c in columns])
    body = [
        element(
            "tr",
            element("th", row[0], scope="row", class_=columns[0].style),
            [element("td", cell, class_=c.style) for c, cell in zip(columns[1:], row[1:], strict=True)],
        )
        for row in rows
    ]
    drawn = element("table", element("caption", caption), element("thead", head), element("tbody", body))
    return element("div", drawn, class_="scroll", role="region", aria_label=caption, tabindex="0")
