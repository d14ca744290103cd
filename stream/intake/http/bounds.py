"""How much the intake takes at once, and how long it waits. Beyond each bound it says so and takes nothing."""

from typing import Annotated

from msgspec import Meta, Struct

Bytes = Annotated[int, Meta(ge=1_024, le=1 << 30)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, Meta(gt=0, le=120)]


class Bounds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[limits] of the intake's file; the defaults suit one core and 512 MB of memory."""

    body_bytes: Bytes = 8 << 20  # of a request, as it comes and as it is after inflating
    batch_records: Count = 10_000
    in_flight_bytes: Bytes = 64 << 20  # of all requests that are read or wait for Kafka, inflated
    in_flight_batches: Count = 64
    body_seconds: Seconds = 30.0  # a client that sends more slowly is cut off
    kafka_seconds: Seconds = 10.0  # a client waits so long for Kafka, and is told 503
