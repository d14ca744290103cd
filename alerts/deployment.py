"""What the alerts know of a deployment: links, hours, pace, and where messages go."""

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from stream.intake.queues_file import load_settings
from stream.policy.declared import DeclaredPolicy
from stream.policy.policy_file import load_policy
from stream.toml_file import fault, parse_toml, read_text

FILE = Path(__file__).with_name("deployment.toml")
_Seconds = Annotated[int, Meta(ge=1, le=90 * 86_400)]
_TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]


class Links(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[links]: addresses without a slash at the end."""

    boards: str
    runbooks: str
    cases: str


class Notify(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[notify]: where messages go, and how much they say."""

    detail: Literal["pseudonym", "full"] = "pseudonym"
    escalation: str
    heartbeat: str
    pagerduty: str
    secrets: str


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[desk] and [vendor_hours]: working hours; those of vendors are in each vendor's own time zone."""

    days: str = "monday:friday"
    begin: _TimeOfDay = msgspec.field(name="from", default="08:00")
    until: _TimeOfDay = "18:00"
    time_zone: str = "UTC"


class Pace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[pace]: all in seconds."""

    evaluate: _Seconds = 10
    gather: _Seconds = 5
    again: _Seconds = 30
    page_repeat: _Seconds = 14_400
    ticket_repeat: _Seconds = 86_400
    heartbeat_repeat: _Seconds = 60


class Deployment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file, with what the files that it names say."""

    links: Links
    notify: Notify
    desk: Hours = Hours()
    vendor_hours: Hours = Hours()
    pace: Pace = Pace()
    vendor_zones: dict[str, str] = {}  # time zone by vendor
    policy: DeclaredPolicy = DeclaredPolicy()


def load_deployment(path: Path = FILE) -> Deployment:
    """Reads the file and those that it names; raises SettingsError that names file and key."""
    tree: dict[str, Any] = parse_toml(read_text(path), str(path))
    if "vendor_zones" in tree:
        raise fault(str(path), "vendor_zones", "stands in the queues file, as time_zone of a vendor")
    queues, policy = tree.pop("queues", None), tree.pop("policy", None)
    try:
        deployment = msgspec.convert(tree, Deployment)
        ZoneInfo(deployment.desk.time_zone)
    except (msgspec.ValidationError, KeyError, ValueError) as error:
        raise fault(str(path), "", str(error)) from None
    if policy is not None:
        deployment = msgspec.structs.replace(deployment, policy=load_policy(path.parent / policy))
    if queues is not None:
        settings = load_settings(path.parent / queues)
        zones = {name: vendor.time_zone or settings.time_zone for name, vendor in settings.vendors.items()}
        deployment = msgspec.structs.replace(deployment, vendor_zones=zones)
    return deployment
