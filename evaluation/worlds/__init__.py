"""Simulated queues whose truth is known: `for chunk in judgments(WORLDS["med4"], MODERATE, …)`."""

from evaluation.worlds.crews import Population
from evaluation.worlds.scene import OPEN_ITEMS
from evaluation.worlds.stream import Chunk, judgments
from evaluation.worlds.world import MODERATE, ROUGH, WORLDS, World

__all__ = ["MODERATE", "OPEN_ITEMS", "ROUGH", "WORLDS", "Chunk", "Population", "World", "judgments"]
