"""HTML and SVG from nested calls, with every text escaped on the way."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

Content: TypeAlias = "str | int | Iterable[Content] | None"


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, *content: Content, **attributes: object) -> Markup:
    """An element; an attribute's `_` becomes `-` (a last one is dropped), None and False leave it out.

    >>> element("th", "a & b", scope="col", class_="number")
    '<th scope="col" class="number">a &amp; b</th>'
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{told}>{joined(content)}</{name}>")


def joined(content: Content) -> Markup:
    """The contents one after another; what is no markup is escaped."""
    if content is None:
        return Markup()
    if isinstance(content, Markup):
        return content
    if isinstance(content, str | int):
        return Markup(escape(str(content)))
    return Markup("".join(map(joined, content)))
