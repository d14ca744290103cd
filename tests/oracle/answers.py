"""Seeded raters for the drive of stage 2: items on which peers agree more or less, and somebody who answers them."""

import random
from collections.abc import Callable, Sequence

from tests.oracle.raters_drive import Seen

Answer = Callable[[random.Random, Sequence[float]], int]
SURE = 0.85  # how often peers give the likeliest answer
EVEN = (0.25, 0.25, 0.25, 0.25)


def answers(
    n: int, seed: int, answer: Answer, *, mix: Sequence[float] = EVEN, sure: Sequence[float] = (SURE,)
) -> list[Seen]:
    """`n` judgments of items whose likeliest answer is drawn from `mix`, by peers as sure of it as one of `sure`."""
    random_ = random.Random(seed)
    labels = range(len(mix))
    given = []
    for _ in range(n):
        top, share = random_.choices(labels, mix)[0], random_.choice(sure)
        predictive = tuple(share if k == top else (1 - share) / (len(mix) - 1) for k in labels)
        label = answer(random_, predictive)
        given.append(Seen(label, agreement=float(label == top), expected=mix[label], predictive=predictive))
    return given


def honestly(random_: random.Random, predictive: Sequence[float]) -> int:
    """As peers do."""
    return random_.choices(range(len(predictive)), predictive)[0]


def blindly(random_: random.Random, predictive: Sequence[float]) -> int:
    """Any answer, whatever the item."""
    return random_.randrange(len(predictive))


def always(label: int) -> Answer:
    """One answer to everything."""
    return lambda _, __: label


def inverted(random_: random.Random, predictive: Sequence[float]) -> int:
    """Never what peers take for the likeliest."""
    top = max(range(len(predictive)), key=predictive.__getitem__)
    return random_.choice([k for k in range(len(predictive)) if k != top])


def sometimes(share: float) -> Answer:
    """Reads that share of the items."""
    return lambda random_, predictive: (honestly if random_.random() < share else blindly)(random_, predictive)


def leaning(label: int, odds: float) -> Answer:
    """Reads the items and gives one label sooner than peers do."""

    def answer(random_: random.Random, predictive: Sequence[float]) -> int:
        return random_.choices(
            range(len(predictive)), [p * (odds if k == label else 1) for k, p in enumerate(predictive)]
        )[0]

    return answer
