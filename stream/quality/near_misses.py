"""What honest raters answer when it is not the likeliest answer: the neighbouring level, or what a peer has said too.

Idea. The posterior's model has every wrong answer alike, but people who miss a level of a scale mostly take the next
one, and an item that misled one reader misleads another. A model that holds a near miss for as unlikely as a far one
makes honest raters look careless wherever misses are near. So the model's shares of the other answers are corrected by
how often raters of good standing gave such answers, and how often the model had said.

Formula. Given that an answer is not the likeliest, the model gives z a share s(z) ∝ q(z) abar + (1-q(z))(1-abar)/(K-1).
Answers fall into groups g: on a scale by how many levels z lies off the likeliest, elsewhere by the share of the
likeliest of the others (eight bins); each once more by whether z is that one. With H_g the answers seen in a group and
M_g the sum of the model's shares for it, the corrected share is
    p(z) ∝ s(z) (H_g + 8) / (M_g + 8).

Reference: Deming and Stephan (1940), one step of iterative proportional fitting; Krippendorff (2011) for levels apart.
Read: with two labels there is one other answer, and nothing to correct.
"""

import numpy as np

from stream.quality.compiled import compiled, int64
from stream.quality.item_rows import Queues
from stream.quality.reference import ABAR, MISS_MODEL, MISS_SEEN, MISS_STEPS, counted
from stream.quality.schema import SHARE, Kind

_ORDINAL = int(Kind.ORDINAL)
_DRAWN = 8.0  # answers that draw a group's correction to none
_LEADS = 0.5  # of the rest: on a scale, an answer that a peer has given leads the others


@compiled
def corrected_rest(q: np.ndarray, top: int, queue: int, known: Queues, p: np.ndarray) -> None:
    """Writes to p[z] the share of each answer among those other than `top`; q, p float64[>= classes], p[top] is 0."""
    classes = int64(known.queues[queue]["classes"])
    second = _model_rest(q, top, queue, known, p)
    if classes <= 2:
        return
    leading, total = p[second], 0.0
    for z in range(classes):
        if z != top:
            group = _group(z, top, second, leading, queue, known)
            seen, said = counted(queue, MISS_SEEN + group, known), counted(queue, MISS_MODEL + group, known) / SHARE
            p[z] *= (seen + _DRAWN) / (said + _DRAWN)
            total += p[z]
    for z in range(classes):
        p[z] /= total


@compiled
def count_miss(label: int, q: np.ndarray, top: int, queue: int, known: Queues, p: np.ndarray) -> None:
    """Counts an answer other than the likeliest, of a rater in good standing; p is working memory."""
    second = _model_rest(q, top, queue, known, p)
    leading = p[second]
    for z in range(int64(known.queues[queue]["classes"])):
        if z != top:
            group = _group(z, top, second, leading, queue, known)
            known.own[queue, MISS_MODEL + group] += int64(p[z] * SHARE + 0.5)
            if z == label:
                known.own[queue, MISS_SEEN + group] += 1


@compiled
def _model_rest(q: np.ndarray, top: int, queue: int, known: Queues, p: np.ndarray) -> int:
    """The model's shares s(z) to p; answers the likeliest of them."""
    classes, abar = int64(known.queues[queue]["classes"]), known.values[queue, ABAR]
    second, rest = 1 if top == 0 else 0, 0.0
    for z in range(classes):
        p[z] = 0.0 if z == top else q[z] * abar + (1.0 - q[z]) * (1.0 - abar) / (classes - 1)
        rest += p[z]
        if p[z] > p[second]:
            second = z
    for z in range(classes):
        p[z] /= rest
    return second


@compiled
def _group(z: int, top: int, second: int, leading: float, queue: int, known: Queues) -> int:
    if known.queues[queue]["kind"] == _ORDINAL:
        step = min(abs(z - top), MISS_STEPS) - 1
        return 2 * step + (1 if z == second and leading >= _LEADS else 0)
    return 2 * min(int64(leading * MISS_STEPS), MISS_STEPS - 1) + (1 if z == second else 0)
