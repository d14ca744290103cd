"""What every section of an evaluation is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Figures by name, nested as the section likes; plain JSON. {"skipped": why} if it could not run.
Figures = dict[str, Any]
Section = Callable[["Run"], Figures]


@dataclass(frozen=True, slots=True)
class Run:
    """quick: minutes instead of an hour, same figures with wider intervals. data: the folder of real crowds, if any.

    seed: every simulated world of the run follows from it. say: shows a line of progress.
    """

    quick: bool
    data: Path | None
    seed: int
    say: Callable[[str], None]
