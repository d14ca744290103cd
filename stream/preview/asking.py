"""Prometheus, as a preview asks it: the port, the server behind it, and one whose answers are given."""

import json
import math
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from stream.errors import InputError, Unavailable

_TIMEOUT_S = 30.0
_DURATION, _UNITS_S = re.compile(r"([\d.]+)(ms|s|m|h)"), {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Series(NamedTuple):
    """Labels and (Unix seconds, value) points; an answer of one moment has one point."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]


class Span(NamedTuple):
    """From when to when, and how far points are apart, in Unix seconds."""

    start_s: float
    end_s: float
    step_s: float


class Prometheus(Protocol):
    """What a preview asks."""

    def at(self, expr: str, moment_s: float) -> list[Series]: ...
    def over(self, expr: str, span: Span) -> list[Series]: ...
    def label_values(self, label: str, selector: str | None) -> list[str]: ...
    def scrape_interval_s(self) -> float: ...


class GivenAnswers:
    """Answers by expression, for tests; everything else has none."""

    def __init__(
        self, answers: Mapping[str, Sequence[Series]], values: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._answers, self._values = dict(answers), dict(values or {})
        self.asked: list[str] = []

    def at(self, expr: str, moment_s: float) -> list[Series]:
        self.asked.append(expr)
        return [Series(found.labels, [(moment_s, found.points[-1][1])]) for found in self._answers.get(expr, ())]

    def over(self, expr: str, span: Span) -> list[Series]:  # noqa: ARG002 (what was given is given)
        self.asked.append(expr)
        return list(self._answers.get(expr, ()))

    def label_values(self, label: str, selector: str | None) -> list[str]:  # noqa: ARG002 (likewise)
        return list(self._values.get(label, ()))

    def scrape_interval_s(self) -> float:
        return 10.0


class HttpPrometheus:
    """A server by its address."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def at(self, expr: str, moment_s: float) -> list[Series]:
        """Raises InputError for an expression that Prometheus refuses, Unavailable when it does not answer."""
        found = self._get("query", query=expr, time=f"{moment_s:.3f}")
        if found["resultType"] == "scalar":
            return [Series({}, [_point(found["result"])])]
        return [Series(one["metric"], [_point(one["value"])]) for one in found["result"]]

    def over(self, expr: str, span: Span) -> list[Series]:
        """Likewise, over time."""
        found = self._get(
            "query_range", query=expr, start=f"{span.start_s:.3f}", end=f"{span.end_s:.3f}", step=f"{span.step_s:.3f}"
        )
        return [Series(one["metric"], [_point(value) for value in one["values"]]) for one in found["result"]]

    def label_values(self, label: str, selector: str | None) -> list[str]:
        """Values of a label, of all series or of those selected, in order."""
        chosen = {"match[]": selector} if selector else {}
        values: list[str] = self._get(f"label/{label}/values", **chosen)
        return sorted(values)

    def scrape_interval_s(self) -> float:
        """The longest interval of what is scraped: rates must reach over several of them."""
        targets = self._get("targets", state="active")["activeTargets"]
        return max((_seconds(target["scrapeInterval"]) for target in targets), default=15.0)

    def _get(self, path: str, **parameters: str) -> Any:
        address = f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 (the given address)
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise InputError(f"Prometheus refuses {parameters.get('query', path)!r}: {_reason(error)}") from error
        except (OSError, ValueError) as error:
            raise Unavailable(
                f"no Prometheus answers at {self._url} ({error}): start one, or name another with --prometheus"
            ) from error


def _point(pair: Sequence[Any]) -> tuple[float, float]:
    value = float(pair[1])
    return float(pair[0]), value if math.isfinite(value) else math.nan


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error).get("error", error.reason))
    except ValueError:
        return str(error.reason)


def _seconds(text: str) -> float:
    """Go's duration, as far as scrape intervals go: "1m30s", "500ms".

    >>> _seconds("1m30s"), _seconds("500ms")
    (90.0, 0.5)
    """
    return sum(float(number) * _UNITS_S[unit] for number, unit in _DURATION.findall(text))
