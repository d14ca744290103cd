from collections.abc import Mapping

from stream.simulate.behaviours import Behaviour
from stream.simulate.everyday import PLAIN_QUEUE, PLAIN_VENDOR
from stream.simulate.places import QueueWorld
from stream.simulate.world import CrowdSettings, Rates, World

NOTHING_UNTIDY = Rates(**dict.fromkeys(Rates.__slots__, 0.0))


def plain_world(
    judgments: int,
    raters: int,
    behaviours: Mapping[Behaviour, float] | None = None,
    queues: tuple[QueueWorld, ...] = (PLAIN_QUEUE,),
) -> World:
    """A world for benches and detector tests: careful raters unless told otherwise, no golds, nothing untidy."""
    mix = dict(behaviours) if behaviours is not None else {Behaviour.CAREFUL: 1.0}
    return World(
        judgments=judgments,
        queues=queues,
        vendors=(PLAIN_VENDOR,),
        crowd=CrowdSettings(raters=raters, behaviours=mix),
        rates=NOTHING_UNTIDY,
        days=1,
    )
