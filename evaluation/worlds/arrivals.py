"""Who judges which item when, and what comes of it: the loop of a simulated world.

Items open one a time unit; each opens with `redundancy` open seats. Every open seat is taken at the same rate, one in
`window_items` time units, so a taker may be drawn from all open seats (a Poisson process forgets): no sorting, and
memory does not grow with the length. Raters take turns: a round lets everybody judge once, in a new order.
"""

import math

from evaluation.worlds.answers import answer, known_answer, label_of, truth_of
from evaluation.worlds.chance import below, exponential, normal
from evaluation.worlds.compiled import compiled
from evaluation.worlds.scene import OPEN_ITEMS, Columns, Progress, Scene, Traits

_TIME_SD = 0.5  # of log time around the own pace
_WAIT, _SEAT, _TURN, _TIME = 31, 32, 33, 34  # what a draw is for; answers.py has those below
_OPENED, _WAITING, _TURNS, _STEPS = 0, 1, 2, 3  # places in Progress.counts


@compiled
def advance(scene: Scene, traits: Traits, progress: Progress, out: Columns) -> int:
    """Fills the columns with the next judgments; fewer than their length only at the end of the world."""
    made, counts = 0, progress.counts
    while made < len(out.item) and (counts[_OPENED] < scene.items or counts[_WAITING] > 0):
        if not _next_is_a_judgment(scene, progress):
            _open_item(scene, progress)
            continue
        item = _take_seat(scene, progress)
        row, rater = item % OPEN_ITEMS, _next_rater(scene, progress, item)
        seat = progress.taken[row]
        progress.judged[rater] += 1
        label = answer(scene, traits, progress, item, rater)
        progress.raters[row, seat], progress.labels[row, seat] = rater, label
        progress.taken[row] += 1
        out.item[made], out.rater[made], out.label[made] = item, rater, label
        out.truth[made], out.known[made] = truth_of(scene, item), known_answer(scene, item)
        spread = _TIME_SD * normal(scene.key, _TIME, item * scene.redundancy + seat)
        out.duration_ms[made] = int(scene.median_ms * math.exp(traits.pace[rater] + spread))
        made += 1
    return made


@compiled
def _next_is_a_judgment(scene: Scene, progress: Progress) -> bool:
    """Moves the clock to what comes first: the next item's opening or the next open seat's taker."""
    counts = progress.counts
    counts[_STEPS] += 1
    if counts[_WAITING] == 0:
        return False
    wait = exponential(scene.key, _WAIT, counts[_STEPS]) * scene.window_items / counts[_WAITING]
    if counts[_OPENED] < scene.items and progress.clock[0] + wait >= 1.0:
        return False
    progress.clock[0] += wait
    return True


@compiled
def _open_item(scene: Scene, progress: Progress) -> None:
    counts, item = progress.counts, progress.counts[_OPENED]
    progress.taken[item % OPEN_ITEMS] = 0
    for _ in range(scene.redundancy):
        progress.seats[counts[_WAITING]] = item
        counts[_WAITING] += 1
    counts[_OPENED] += 1
    progress.clock[0] = 0.0


@compiled
def _take_seat(scene: Scene, progress: Progress) -> int:
    counts = progress.counts
    place = below(scene.key, _SEAT, counts[_STEPS], counts[_WAITING])
    item = int(progress.seats[place])
    counts[_WAITING] -= 1
    progress.seats[place] = progress.seats[counts[_WAITING]]
    return item


@compiled
def _next_rater(scene: Scene, progress: Progress, item: int) -> int:
    """The first in the round's order who has not judged the item; those passed over come right after."""
    turns, raters = progress.turns, len(progress.turns)
    turn = progress.counts[_TURNS]
    place = turn % raters
    if place == 0:
        for last in range(raters - 1, 0, -1):
            other = below(scene.key, _TURN, turn + last, last + 1)
            turns[last], turns[other] = turns[other], turns[last]
    found = place
    while label_of(progress, item, turns[found]) >= 0:
        found = (found + 1) % raters
    turns[place], turns[found] = turns[found], turns[place]
    progress.counts[_TURNS] += 1
    return int(turns[place])
