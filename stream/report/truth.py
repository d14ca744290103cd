"""What is true of raters: told by a file, or by their answers on items with a known answer."""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from stream.errors import InputError
from stream.intake.pseudonyms import looks_like_pseudonym
from stream.report.answers import Key

LEAST_GOLDS = 20
_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})


class KnownScore(NamedTuple):
    """A rater's answers on items with a known answer."""

    n: int
    accuracy: float  # 0 to 1


class RaterTruth(NamedTuple):
    """Whether a rater's accuracy on a queue is below the bar, and from which judgment on (counted from 1)."""

    below_bar: bool
    since: int = 1


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Where the truth comes from, and what it says. A rater without an entry is not known."""

    source: str  # "none", "known answers" or "file"
    of: Mapping[Key, RaterTruth]  # queue "": any
    bars: Mapping[str, float] = {}  # by queue: accuracy on known answers that counts as enough
    least_golds: int | None = None

    def get(self, rater_id: str, queue: str) -> RaterTruth | None:
        """What is true of a rater on a queue, None when that is not known."""
        return self.of.get((rater_id, queue), self.of.get((rater_id, "")))


NO_TRUTH = Truth(source="none", of={})


def truth_of_golds(scores: Mapping[Key, KnownScore], chance: Mapping[str, float], least: int = LEAST_GOLDS) -> Truth:
    """Below the bar is who is below the midpoint of chance and the queue's median, of raters with `least` golds.

    `chance` is the accuracy of random answers by queue, 0 to 1.
    """
    enough = {key: score.accuracy for key, score in scores.items() if score.n >= least}
    by_queue: defaultdict[str, list[float]] = defaultdict(list)
    for (_, queue), accuracy in enough.items():
        by_queue[queue].append(accuracy)
    bars = {queue: (chance[queue] + median(found)) / 2 for queue, found in sorted(by_queue.items())}
    of = {key: RaterTruth(accuracy < bars[key[1]]) for key, accuracy in enough.items()}
    return Truth(source="known answers" if of else "none", of=of, bars=bars, least_golds=least)


def truth_of_file(path: Path, pseudonym: Callable[[str], str] | None = None) -> Truth:
    """Reads a CSV file with the columns rater_id and bad (true or false); queue and from_judgment may be there.

    It is the form of `raterwatch simulate`'s truth_raters.csv. Raises InputError naming the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if not {"rater_id", "bad"} <= set(rows.fieldnames or ()):
                raise InputError(f"{path}: needs the columns rater_id and bad (true or false); correct its first line")
            of = dict(_entry(path, line, row, pseudonym) for line, row in enumerate(rows, 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a CSV file with --truth") from None
    return Truth(source="file", of=of)


def _entry(
    path: Path, line: int, row: Mapping[str, str | None], pseudonym: Callable[[str], str] | None
) -> tuple[Key, RaterTruth]:
    rater_id, told = row["rater_id"] or "", (row["bad"] or "").strip().lower()
    since = (row.get("from_judgment") or "").strip() or "1"
    if told not in _YES | _NO or not since.isdecimal():
        raise InputError(f"{path}: line {line}: write true or false in bad, and a whole number in from_judgment")
    if pseudonym is not None and not looks_like_pseudonym(rater_id):
        rater_id = pseudonym(rater_id)
    return (rater_id, row.get("queue") or ""), RaterTruth(told in _YES, max(1, int(since)))
