"""What someone ordered about arming: the words of a control record, and at once the entry of its audit."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.events import Id, MomentMs

ARMING_SOURCE = "arming"
ORDERS_MAX = 500  # so that a record with all of them stays below Kafka's usual megabyte

Mode = Literal["armed", "shadow"]
Reason = Annotated[str, Meta(min_length=3, max_length=300)]


class Scope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an order is about. What it does not name it means whole: naming nothing, it is the deployment."""

    queue: Id | None = None
    vendor: Id | None = None
    detector: Id | None = None  # any name, for an order may come from a later version

    @property
    def named(self) -> frozenset[tuple[str, str]]:
        """What it names: the more, the narrower."""
        scope = (("queue", self.queue), ("vendor", self.vendor), ("detector", self.detector))
        return frozenset((kind, name) for kind, name in scope if name is not None)

    def concerns(self, queue: str, vendor: str, detector: str) -> bool:
        """Whether a finding of this detector about a rater of this vendor in this queue falls under it."""
        return self.named <= {("queue", queue), ("vendor", vendor), ("detector", detector)}

    def meets(self, other: "Scope") -> bool:
        """Whether some finding falls under both: they name nothing of one kind by two names."""
        both = self.named | other.named
        return len(dict(both)) == len(both)

    def __str__(self) -> str:
        """For people.

        >>> str(Scope(queue="toxicity", detector="copying")), str(Scope())
        ('queue toxicity, detector copying', 'the whole deployment')
        """
        named = dict(self.named)
        kinds = (kind for kind in ("queue", "vendor", "detector") if kind in named)
        return ", ".join(f"{kind} {named[kind]}" for kind in kinds) or "the whole deployment"


class ArmingOrder(Scope, frozen=True, kw_only=True, omit_defaults=True):
    """Findings in its scope lead to cases and messages (armed), or show on boards only (shadow).

    An order is never changed; a later one answers it.
    """

    mode: Mode
    at_ms: MomentMs  # from when on
    by: Id  # who ordered it
    reason: Reason
    ends_ms: MomentMs | None = None  # when it ends by itself

    def in_force(self, now_ms: int) -> bool:
        """Whether it has begun and not ended by itself."""
        return self.at_ms <= now_ms and (self.ends_ms is None or now_ms < self.ends_ms)


class ArmingPayload(Struct, frozen=True, kw_only=True):
    """The payload of an arming control record: every order that its writer knew, and the new one.

    A shard adds those it does not know (see `arming_book`), so that records may overtake one another.
    """

    orders: Annotated[tuple[ArmingOrder, ...], Meta(max_length=ORDERS_MAX)]
