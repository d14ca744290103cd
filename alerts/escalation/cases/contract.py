"""What a vendor's contract says about working time, deadlines and who is told; `contract_file` reads it from TOML."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

from stream.events import Id

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Days = Annotated[int, Meta(ge=1, le=365)]
WorkingDays = Annotated[int, Meta(ge=0, le=60)]
Address = Annotated[str, Meta(min_length=3, max_length=1_000)]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME.calendar]: when people work there. Deadlines in business days run in these hours only."""

    time_zone: str = "UTC"
    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)] = WEEKDAYS[:5]
    begin: TimeOfDay = field(name="from", default="09:00")
    until: TimeOfDay = "17:00"
    holidays: tuple[date, ...] = ()  # dates there, on which nobody works

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Deadlines(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME.deadlines]: they start when the vendor has the case, and stand still while it cannot be reached."""

    acknowledge_business_days: WorkingDays = 1
    answer_business_days: WorkingDays = 5
    lapse_business_days: WorkingDays = 5  # after the answer's deadline, with reminders; then the case lapses
    appeal_days: Days = 30  # how long a rater may appeal
    reply_days: Days = 14  # until a person of ours has replied to an appeal
    consequence_business_days: WorkingDays = 5  # how long a rater has known, at least, before a consequence is entered


class LadderStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[[vendors.NAME.ladder]]: who is told of a deadline that passed, and how long after it."""

    after_business_days: WorkingDays
    tell: Literal["lead", "manager", "us"]


class Webhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME.webhook]: where signed messages go. Secrets are files; a second one is the old one at rotation."""

    url: Address
    secret_files: Annotated[tuple[Address, ...], Meta(min_length=1, max_length=2)]


class Contract(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[vendors.NAME]: the whole table."""

    name: str = ""  # set from the table's header
    display_name: str | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$")] = "en"
    calendar: Calendar = Calendar()
    deadlines: Deadlines = Deadlines()
    ladder: tuple[LadderStep, ...] = (
        LadderStep(after_business_days=0, tell="lead"),
        LadderStep(after_business_days=2, tell="manager"),
        LadderStep(after_business_days=4, tell="us"),
    )
    webhook: Webhook | None = None
    lead_email: Address | None = None
    manager_email: Address | None = None


class Contracts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    vendors: dict[Id, Contract] = {}

    def of(self, vendor: str | None) -> Contract:
        """The vendor's contract; the defaults for one that has none in the file, who then gets no message."""
        return self.vendors.get(vendor or "", Contract(name=vendor or ""))
