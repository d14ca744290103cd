"""Seeded answers with their predictives, and the judgment at which a detector first reaches a threshold."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from stream.quality import alarm, change
from stream.quality.weighing import take_answer

PREDICTIVE = np.dtype(
    [("labels", "u1", 4), ("shares", "u2", 4), ("own", "u2"), ("q_own", "u2"), ("a0_own", "u2"), ("peers", "u1")]
)
MIX = np.array([40, 30, 20, 10])
SPREAD = 0.08  # of honest raters' skills where the likeliest label has a share of .85, see honest_models.py
Pick = Callable[[np.ndarray, int, np.random.Generator], int]


class Answer(NamedTuple):
    label: int
    said: np.void


def said(shares: Sequence[float], label: int, peers: int = 3) -> np.void:
    """A predictive with these shares of the labels."""
    row = np.zeros(1, PREDICTIVE)[0]
    order = np.argsort(-np.asarray(shares), kind="stable")[:4]
    row["labels"][: len(order)] = order
    row["shares"][: len(order)] = np.rint(np.asarray(shares)[order] * 65_535)
    row["own"], row["peers"] = round(shares[label] * 65_535), peers
    return row


def answers(pick: Pick, n: int, seed: int, clear: float = 0.85) -> list[Answer]:
    """A rater on four labels of mix MIX; the peers' likeliest label has the share `clear`."""
    chance, found = np.random.default_rng(seed), []
    for place in range(n):
        top = int(chance.choice(4, p=MIX / MIX.sum()))
        shares = np.full(4, (1.0 - clear) / 3)
        shares[top] = clear
        label = pick(shares, place, chance)
        found.append(Answer(label, said(shares.tolist(), label)))
    return found


def honest(shares: np.ndarray, _: int, chance: np.random.Generator) -> int:
    return int(chance.choice(4, p=shares))


def random(_: np.ndarray, __: int, chance: np.random.Generator) -> int:
    return int(chance.choice(4, p=MIX / MIX.sum()))


def inverted(shares: np.ndarray, place: int, chance: np.random.Generator) -> int:
    read = honest(shares, place, chance)
    return read if chance.random() < 0.2 else int((read + chance.integers(1, 4)) % 4)


def constant(_: np.ndarray, __: int, ___: np.random.Generator) -> int:
    return 0


def turning(after: int, to: Pick) -> Pick:
    """Honest for so many judgments, then something else."""
    return lambda shares, place, chance: (to if place >= after else honest)(shares, place, chance)


def lean(label: int, odds: float) -> Pick:
    """Honest, with so many times the peers' odds for a label."""

    def pick(shares: np.ndarray, _: int, chance: np.random.Generator) -> int:
        leant = shares * np.where(np.arange(4) == label, odds, 1.0)
        return int(chance.choice(4, p=leant / leant.sum()))

    return pick


class Rows(NamedTuple):
    """A rater's two rows."""

    alarm: np.ndarray
    change: np.ndarray


def fresh(scale: int = 4) -> Rows:
    return Rows(np.zeros(alarm.alarm_length(scale), "i8"), np.zeros(change.change_length(scale), "i8"))


def take(rows: Rows, answer: Answer, scale: int = 4) -> None:
    """Counts one answer with both detectors, as the stage does."""
    take_answer(answer.label, answer.said, MIX, scale, SPREAD, True, rows.alarm, rows.change)


def first_alarm(stream: list[Answer], nats: float) -> int | None:
    rows = fresh()
    for n, answer in enumerate(stream, 1):
        take(rows, answer)
        if alarm.alarm_nats(rows.alarm, 4) >= nats:
            return n
    return None


def first_change(stream: list[Answer], nats: float) -> int | None:
    rows = fresh()
    for n, answer in enumerate(stream, 1):
        take(rows, answer)
        if change.change_nats(rows.change, 4) >= nats:
            return n
    return None
