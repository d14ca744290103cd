"""The payload of a settings control record: what stage 1 has to know of queues and vendors, and nothing more.

Every field is written out, for a log is replayed by later versions with other defaults.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.events import Id, LabelText

DAY_MS = 86_400_000
DEFAULT_HORIZON_MS = 14 * DAY_MS
SETTINGS_SOURCE = "settings"


class QueuePayload(Struct, frozen=True, kw_only=True):
    """One queue. Labels may be appended later; their order and the kind never change."""

    name: Id
    kind: Literal["nominal", "ordinal", "set"] = "nominal"
    labels: Annotated[tuple[LabelText, ...], Meta(min_length=1, max_length=1000)]
    redundancy: Annotated[int, Meta(ge=1, le=1000)] = 3
    item_kinds: Annotated[tuple[Id, ...], Meta(max_length=1000)] = ()
    sensitivity: Literal["none", "sensitive", "severe"] = "none"
    horizon_ms: Annotated[int, Meta(ge=1, le=36_500 * DAY_MS)] = DEFAULT_HORIZON_MS
    vendors: tuple[Id, ...] = ()  # empty: every vendor of the deployment


class SettingsPayload(Struct, frozen=True, kw_only=True):
    """All queues; one that is left out is closed, and its judgments are refused from then on."""

    queues: tuple[QueuePayload, ...]
    vendors: tuple[Id, ...] = ()  # empty: any vendor
    accept_raw_ids: bool = False
