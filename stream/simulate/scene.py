from dataclasses import dataclass

from stream.simulate.crowd import Crowd
from stream.simulate.items import Items
from stream.simulate.labels import Labels
from stream.simulate.places import QueueWorld
from stream.simulate.sessions import Rows, Sessions
from stream.simulate.shifts import Shift


@dataclass(frozen=True, slots=True)
class Scene:
    """One shift with everything in it: what the steps of the simulation work on."""

    shift: Shift
    queue: QueueWorld
    labels: Labels
    crowd: Crowd
    items: Items
    work: Sessions
    number: Rows  # running number of each judgment among the rater's in this queue, 1 for the first
    guideline: str

    def item_id(self, row: int) -> str:
        """The id of the item in a row of `items`."""
        return f"{self.queue.name}-{self.items.first + row}"
