"""The suspect known answers of a queue by item, for whoever is to look at them."""

from collections.abc import Mapping

import msgspec
import numpy as np

NAMED = 20  # of a shard's part of a queue: more are counted, and named when the surest have been looked at


class SuspectGold(msgspec.Struct, frozen=True, array_like=True):
    """A known answer that the answers on its item speak against; labels by code."""

    item_id: str
    known: int
    label: int  # the likeliest other one
    votes: int  # answers that were asked
    fitting: int  # of these, equal to the known answer
    for_label: int
    nats: float  # log likelihood ratio that another label is right
    probability: float  # of the same


def named(suspects: Mapping[str, SuspectGold], item_id: str, doubt: np.void) -> dict[str, SuspectGold]:
    """The surest NAMED after a DOUBT about an item, the surest first."""
    found = {name: gold for name, gold in suspects.items() if name != item_id}
    if doubt["votes"]:
        found[item_id] = SuspectGold(
            item_id,
            int(doubt["known"]),
            int(doubt["label"]),
            int(doubt["votes"]),
            int(doubt["fitting"]),
            int(doubt["for_label"]),
            round(float(doubt["nats"]), 3),
            round(float(doubt["probability"]), 4),
        )
    surest = sorted(found.items(), key=lambda pair: (-pair[1].nats, pair[0]))
    return dict(surest[:NAMED])
