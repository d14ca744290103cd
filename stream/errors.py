"""Every error raterwatch raises on purpose, by what the caller can do about it.

RaterwatchError
├── SettingsError      the deployment is configured wrongly: correct the file or option it names, start again
├── InputError         a file or record given by a person is unusable: the message names the line
├── StateError         state and log do not belong together: an operator decides (see `raterwatch doctor`)
│   ├── ShardHalted    one partition stops, the others go on
│   ├── OrderUnreadable  an order about a person is of a later version: the shard halts until it is upgraded
│   └── ShardLost      this worker no longer owns the shard, or its state moved: drop memory, claim again
└── Unavailable        Kafka or Redis does not answer: retry with back-off
"""


class RaterwatchError(Exception):
    """Base of all errors raised on purpose; str() is fit for a terminal."""


class SettingsError(RaterwatchError):
    """A setting, file or flag is wrong; the message says which and what is allowed."""


class InputError(RaterwatchError):
    """A file or record that a person gave cannot be used; the message names the place."""


class StateError(RaterwatchError):
    """Redis and Kafka contradict each other in a way that only an operator may resolve."""


class ShardHalted(StateError):
    """A partition halts by name; the process and its other partitions go on."""

    def __init__(self, shard: str, reason: str, remedy: str) -> None:
        super().__init__(f"{shard} halted: {reason}. {remedy}")
        self.shard, self.reason, self.remedy = shard, reason, remedy


class OrderUnreadable(StateError):
    """A signed order about a person was written by a later version: to pass it over would be to lose it."""


class ShardLost(StateError):
    """A commit was refused: `outcome` is the row of exactly-once's table that says why."""

    def __init__(self, shard: str, outcome: str) -> None:
        super().__init__(f"{shard}: commit refused ({outcome}); memory dropped, the shard is claimed again")
        self.shard, self.outcome = shard, outcome


class Unavailable(RaterwatchError):
    """A server does not answer or refuses writes for now; nothing was acknowledged."""
