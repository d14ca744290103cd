"""What the deployment declares about its queues and vendors; `queues_file` reads it from TOML."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.events import Currency, Id, LabelText, Money

Share = Annotated[float, Meta(ge=0, le=1)]
DisplayName = Annotated[str, Meta(min_length=1, max_length=200)]


class QueueSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[queues.NAME]: what a stream of items under one guideline is."""

    labels: Annotated[tuple[LabelText, ...], Meta(min_length=1, max_length=1000)]  # in the order of the scale
    kind: Literal["nominal", "ordinal", "set"] = "nominal"
    display_name: DisplayName | None = None
    redundancy: Annotated[int, Meta(ge=1, le=1000)] = 3  # judgments an item is meant to get
    item_kinds: Annotated[tuple[Id, ...], Meta(max_length=1000)] = ()
    sensitivity: Literal["none", "sensitive", "severe"] = "none"
    vendors: tuple[Id, ...] = ()  # who works here; empty: all vendors of the file
    time_zone: str | None = None  # for days and hours on boards; None: the file's
    horizon_days: Annotated[float, Meta(gt=0, le=36_500)] = 14.0  # how old a judgment may be
    target_accuracy: Share | None = None  # in place of the vendor's contract


class ContractSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME.contract]: what was agreed on, for scorecards and alerts."""

    target_accuracy: Share | None = None
    period: Literal["week", "month", "quarter"] = "month"
    currency: Currency | None = None
    cost_per_judgment: Money | None = None  # where the judgments carry no cost of their own
    cost_per_correct_max: Money | None = None
    judgments_per_week: Annotated[int, Meta(ge=0)] | None = None


class VendorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME]: a partner who employs raters."""

    display_name: DisplayName | None = None
    time_zone: str | None = None
    contract: ContractSettings = ContractSettings()


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    queues: dict[Id, QueueSettings] = {}
    vendors: dict[Id, VendorSettings] = {}
    time_zone: str = "UTC"
    accept_raw_ids: bool = False  # rater ids need not be pseudonyms
