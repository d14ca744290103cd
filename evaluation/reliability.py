"""Does a probability mean what it says? Of the cases given p, a share p should turn out so.

Reference: Murphy and Winkler (1977); Brier (1950).
"""

from dataclasses import dataclass

import numpy as np

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose probability lies between two edges: the mean that was said, the share that came true."""

    cases: int
    said: float
    came_true: float


def reliability(said: np.ndarray, came_true: np.ndarray, edges: tuple[float, ...] = EDGES) -> list[Bin]:
    """Bins that hold a case, from probabilities and what was so (bool), arrays of one length."""
    place = np.clip(np.searchsorted(edges, said, side="right") - 1, 0, len(edges) - 2)
    return [
        Bin(int((place == b).sum()), float(said[place == b].mean()), float(came_true[place == b].mean()))
        for b in range(len(edges) - 1)
        if (place == b).any()
    ]


def brier(said: np.ndarray, came_true: np.ndarray) -> float:
    """Mean squared error of the probabilities; always saying the base rate b gives b (1 - b)."""
    return float(np.mean((said - came_true) ** 2))
