"""A seeded crowd with named behaviours, and its truth: what demos, benches and tests judge raterwatch by."""

from stream.simulate.behaviours import Behaviour
from stream.simulate.encoding import encode_events
from stream.simulate.places import QueueWorld, VendorWorld
from stream.simulate.presets import plain_world
from stream.simulate.simulation import Simulation, simulate
from stream.simulate.truth import ItemTruth, RaterTruth, Truth
from stream.simulate.world import CrowdSettings, Rates, World

__all__ = [
    "Behaviour",
    "CrowdSettings",
    "ItemTruth",
    "QueueWorld",
    "RaterTruth",
    "Rates",
    "Simulation",
    "Truth",
    "VendorWorld",
    "World",
    "encode_events",
    "plain_world",
    "simulate",
]
