"""Writes YAML that a person likes to read, without a library: the product needs none to run."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")  # a word that YAML takes for itself and for nothing else
_RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def to_yaml(tree: Mapping[str, Any], comment: str = "") -> str:
    """The text of a tree of mappings, lists, texts, numbers and booleans; `comment` stands on top."""
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    return head + "".join(f"{line}\n" for line in _mapping(tree))


def _mapping(tree: Mapping[str, Any]) -> Iterator[str]:
    for key, value in tree.items():
        name = _scalar(key)
        if isinstance(value, Mapping) and value:
            yield f"{name}:"
            yield from _indented(_mapping(value))
        elif _is_list(value) and value:
            yield f"{name}:"
            yield from _indented(_list(value))
        elif isinstance(value, str) and "\n" in value:
            yield f"{name}: |-"
            yield from _indented(iter(value.split("\n")))
        else:
            yield f"{name}: {_scalar(value)}"


def _list(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item)
            yield f"- {first}"
            yield from _indented(iter(rest))
        else:
            yield f"- {_scalar(item)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
        return value if plain else json.dumps(value, ensure_ascii=False)
    return (
        json.dumps(value)
        if not _is_list(value) and not isinstance(value, Mapping)
        else ("[]", "{}")[isinstance(value, Mapping)]
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" if line else line for line in lines)
