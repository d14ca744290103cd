"""The judgments that a crew makes on a queue, as a stream of chunks with bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.worlds.arrivals import advance
from evaluation.worlds.behaviours import CREW, Behaviour
from evaluation.worlds.crews import Population, traits_of
from evaluation.worlds.scene import Ints, Scene, begin, columns
from evaluation.worlds.world import World

_CHUNK_JUDGMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive judgments of one crew, which is a queue of its own; all columns have the same length.

    item: counted from 0 in the order of opening; never more than scene.OPEN_ITEMS of a crew are open, so a consumer
    may keep items in a ring of that many. rater: place in the crew. known: the known answer of a gold, else -1.
    """

    crew: int
    item: Ints
    rater: Ints
    label: Ints
    truth: Ints
    known: Ints
    duration_ms: Ints


def judgments(
    world: World,
    population: Population,
    *,
    judgments_per_rater: int,
    seed: int,
    crew: Sequence[Behaviour] = CREW,
    crews: range = range(1),
    chunk_judgments: int = _CHUNK_JUDGMENTS,
) -> Iterator[Chunk]:
    """The judgments of several crews, one crew after the other, each in the order of arrival.

    The stream depends on the world, the population, the seed and the crew's number; not on the size of the chunks nor
    on which crews are asked for. A rater makes judgments_per_rater judgments, a few more or less. A crew must be larger
    than the redundancy.
    """
    if len(crew) <= world.redundancy:
        raise ValueError(f"give a crew of more than {world.redundancy} raters: nobody judges an item twice")
    for number in crews:
        traits = traits_of(crew, population, world.ability_logits, world.classes, (seed, number))
        scene = scene_of(world, len(crew) * judgments_per_rater // world.redundancy, (seed, number))
        progress = begin(len(crew), scene)
        while True:
            out = columns(chunk_judgments)
            made = advance(scene, traits, progress, out)
            if made:
                yield Chunk(number, *(column[:made] for column in out))
            if made < chunk_judgments:
                break


def scene_of(world: World, items: int, seed: tuple[int, int]) -> Scene:
    """One crew's queue, by the seed of the stream and the crew's number."""
    (key,) = np.random.SeedSequence(seed, spawn_key=(1,)).generate_state(1, np.uint64)
    return Scene(
        key=int(key >> np.uint64(1)),
        items=items,
        cumulative=np.cumsum(np.array(world.prior) / sum(world.prior)),
        difficulty_sd=world.difficulty_sd,
        redundancy=world.redundancy,
        window_items=world.window_items,
        gold_share=world.gold_share,
        open_share=world.open_share,
        median_ms=world.median_ms,
    )
