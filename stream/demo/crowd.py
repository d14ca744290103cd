"""Where the demo's judgments come from: the simulated crowd, or a file."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from stream.backtest.sources import Sources, declare_queues, reading_after, survey_all
from stream.events import Adjudication, Event, Gold, Judgment, Retraction
from stream.intake.payload import SettingsPayload
from stream.intake.pseudonyms import PseudonymKey
from stream.intake.queues_file import parse_settings
from stream.intake.settings_control import payload_of
from stream.intake.table import Reading
from stream.simulate.queues_file import queues_file
from stream.simulate.simulation import simulate
from stream.simulate.truth import RaterTruth
from stream.simulate.world import CrowdSettings, World

JUDGMENTS_A_RATER = 250  # enough for the detectors to speak about most


@dataclass(frozen=True, slots=True)
class Crowd:
    """Events in order, the settings they need, and who was planted (nobody in a file)."""

    settings: SettingsPayload
    events: Sequence[Event]
    truth: list[RaterTruth]


def simulated(judgments: int, raters: int | None, seed: int) -> Crowd:
    """A crowd with all behaviours."""
    size = raters or max(40, judgments // JUDGMENTS_A_RATER)
    world = World(judgments=judgments, crowd=CrowdSettings(raters=size))
    simulation = simulate(world, seed)
    events = list(simulation)
    return Crowd(payload_of(parse_settings(queues_file(world))), events, list(simulation.truth.raters()))


class Now:
    """Moves events to when they are sent, so that windows show what is going on; a redelivered one stays itself."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, int], int] = {}

    def moved(self, event: Event, now_ms: int) -> Event:
        """The event as if it happened at `now_ms`, or when the same judgment was first sent."""
        if isinstance(event, Judgment):
            at = self._sent.setdefault((event.judgment_id, event.revision), now_ms)
            return msgspec.structs.replace(event, submitted_at=at)
        if isinstance(event, Gold | Adjudication | Retraction):
            return msgspec.structs.replace(event, at=now_ms)
        return event


def from_files(paths: tuple[str, ...], key: PseudonymKey) -> Crowd:
    """The judgments of files, with pseudonyms made here, and the queues that the files themselves show."""
    reading = Reading(pseudonym=key.pseudonym)
    found = survey_all(paths, reading)
    return Crowd(payload_of(declare_queues(found)), list(Sources(paths, reading_after(found, reading))), [])
