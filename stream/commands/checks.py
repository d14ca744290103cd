"""The lines that `doctor` prints, and how a check that raises becomes one."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import NamedTuple

from stream.errors import RaterwatchError


class Status(StrEnum):
    """How a check ended; a failure makes the exit code 1."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


class Check(NamedTuple):
    """One line: what was looked at, what was found, and what to do about it (empty when nothing is)."""

    name: str
    status: Status
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Check:
    """Nothing to do."""
    return Check(name, Status.OK, found)


def warning(name: str, found: str, remedy: str) -> Check:
    """Works, and may not for long, or could not be looked at."""
    return Check(name, Status.WARNING, found, remedy)


def failure(name: str, found: str, remedy: str) -> Check:
    """Does not work, or breaks a promise."""
    return Check(name, Status.FAILURE, found, remedy)


async def failing_as(name: str, look: Callable[[], Awaitable[list[Check]]]) -> list[Check]:
    """The lines of a look; one failure when it raises, so that the other looks go on. Messages say what to do."""
    try:
        return await look()
    except RaterwatchError as error:
        found, _, remedy = str(error).partition(": ")
        return [failure(name, found, remedy or "see the message")]
