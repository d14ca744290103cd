"""Every event on `judgments` and `findings`, as people and programs write them: JSON, told apart by the field `type`.

The structs state the bounds of each field, so that decoding is validating. Fields that they do not know are ignored.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

ID_CHARS = 128
ITEM_ID_CHARS = 512  # items are often named by an address; so are judgments, after their item
LABEL_CHARS = 128
LABEL_MEMBERS = 32
DAY_MS = 86_400_000
REVISION_MAX = 2**31 - 1
MOMENT_MAX_MS = 253_402_300_799_999  # the last millisecond of the year 9999

Id = Annotated[str, Meta(min_length=1, max_length=ID_CHARS)]
ItemId = Annotated[str, Meta(min_length=1, max_length=ITEM_ID_CHARS)]
OptionalText = Annotated[str, Meta(max_length=ID_CHARS)]  # empty means the same as absent
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=2_000)]
LabelText = Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS)]
# A name, a level of an ordinal scale, or the members of a set.
Level = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Label = LabelText | Level | Annotated[list[LabelText], Meta(max_length=LABEL_MEMBERS)]
Moment = Annotated[int, Meta(ge=0, le=MOMENT_MAX_MS)] | Annotated[str, Meta(max_length=40)]  # ms, or RFC 3339
MomentMs = Annotated[int, Meta(ge=0, le=MOMENT_MAX_MS)]
Duration = Annotated[int, Meta(ge=0, le=DAY_MS)]
Revision = Annotated[int, Meta(ge=0, le=REVISION_MAX)]
Money = Annotated[str, Meta(min_length=1, max_length=16)]  # decimal, 0 to 4000, at most six places
Currency = Annotated[str, Meta(min_length=3, max_length=3)]


class Judgment(
    Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    omit_defaults=True,
    tag_field="type",
    tag="judgment",
):
    """One rater's answer on one item. The only event that may leave out `type`."""

    judgment_id: ItemId
    item_id: ItemId
    rater_id: Id
    queue: Id
    vendor: Id
    submitted_at: Moment
    label: Label | None = None  # required when answered
    duration_ms: Duration | None = None
    gold: Label | None = None  # revision 0 of the item's known answer
    revision: Revision = 0
    outcome: Literal["answered", "skipped", "escalated"] = "answered"
    guideline: OptionalText | None = None
    locale: OptionalText | None = None
    site: OptionalText | None = None
    stage: Literal["production", "training"] = "production"
    sensitivity: Literal["none", "sensitive", "severe"] | None = None  # None: the queue's own
    cost: Money | None = None
    currency: Currency | None = None
    item_kind: OptionalText | None = None
    suggested_label: Label | None = None  # accepted, not used yet


class Gold(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="gold"):
    """An item's known answer, set, corrected or (label null) withdrawn; never overridden by an inline gold."""

    queue: Id
    item_id: ItemId
    label: Label | None
    revision: Revision
    at: Moment
    guideline: OptionalText | None = None


class Adjudication(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="type",
    tag="adjudication",
):
    """An auditor's answer: wins over gold. Only one sampled at random enters SLA and scorecards."""

    queue: Id
    item_id: ItemId
    label: Label | None
    revision: Revision
    auditor: Id
    sampling: Literal["random", "targeted", "appeal"]
    severity: Literal["critical", "minor"]
    at: Moment
    guideline: OptionalText | None = None


class Retraction(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="retraction"):
    """Takes a judgment back, also one that has not arrived yet."""

    queue: Id
    item_id: ItemId
    judgment_id: ItemId
    rater_id: Id
    reason: Text
    at: Moment


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="verdict"):
    """What people decided about a finding: restarts that detector for the rater with a new episode."""

    finding_id: Id
    rater_id: Id
    queue: Id
    verdict: Literal["confirmed", "cleared", "retrained"]
    by: Id
    at: Moment


class Control(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="control"):
    """Knowledge that reaches stage 1 through its own log; `mac` authenticates everything else in it."""

    source: Id
    version: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    at: MomentMs
    payload: msgspec.Raw
    mac: Annotated[str, Meta(min_length=64, max_length=64)]  # hex of HMAC-SHA256


class Sentence(Struct, frozen=True, kw_only=True):
    """A sentence of the catalogue with its parameters, and the same rendered in English."""

    key: Name
    params: dict[str, str | int | float]
    text: Text


class Evidence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One judgment behind a finding. It names the item and never tells that the item was a test."""

    item_id: ItemId
    label: Label | None
    at: MomentMs
    peers: Annotated[int, Meta(ge=0)] = 0
    peers_agree: Annotated[float, Meta(ge=0, le=1)] | None = None  # mean agreement with the peers, None without peers
    duration_ms: Duration | None = None
    chosen: Literal["moved", "random"] = "moved"  # moved the measure most, or drawn by chance


class Corroboration(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands beside a finding and would never open one."""

    name: Literal["fast", "metronomic", "inconsistent", "known_gap"]
    sentence: Sentence
    n: Annotated[int, Meta(ge=0)]  # judgments that it rests on
    others: Annotated[int, Meta(ge=0)]  # judgments of other raters that it is held against
    measure: float
    low: float  # of its 95 % interval
    high: float
    usual: float  # of the measure, in the queue
    nats: float  # natural log of a likelihood ratio; a usual rater ever reaches x with e^-x
    support: float | None = None  # how much of it may count beside other evidence, where that is capped


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A detector's evidenced statement, on topic `findings`. Consumers are idempotent on (id, version)."""

    id: Id
    version: Annotated[int, Meta(ge=1)]
    event: Literal["opened", "updated", "closed"]
    queue: Id
    detector: Name
    state: Name
    sentence: Sentence
    opened_at: MomentMs
    at: MomentMs
    rater_id: Id | None = None  # None: the finding is about a queue or a vendor
    vendor: Id | None = None
    site: OptionalText | None = None  # where the rater worked when the finding opened
    episode: Annotated[int, Meta(ge=0)] = 0
    why: Literal["evidence_gone", "gold_corrected", "verdict", "forgotten"] | None = None  # of a closed one
    measure: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None  # what the measure is held against: usual in the queue, or a floor
    nats: float | None = None  # the evidence, natural log of a likelihood ratio; honest work reaches x with e^-x
    sureness: float | None = None  # of the kind that names the finding, 0 to 1: its share of the evidence
    partner: str | None = None  # of copying: the other rater's key, hex; who it is stays with us
    nats_needed: float | None = None  # what opens a finding, from the declared budget
    n: Annotated[int, Meta(ge=0)] = 0  # judgments the measure rests on
    peers: Annotated[int, Meta(ge=0)] = 0  # other raters it was compared with
    evidence: Annotated[list[Evidence], Meta(max_length=64)] = []
    corroboration: Annotated[list[Corroboration], Meta(max_length=8)] = []
    shadow: bool = False  # findings and boards only: no case, no message


Event = Judgment | Gold | Adjudication | Retraction | Verdict | Control
EVENT_TYPES: dict[str, type[Event]] = {
    "judgment": Judgment,
    "gold": Gold,
    "adjudication": Adjudication,
    "retraction": Retraction,
    "verdict": Verdict,
    "control": Control,
}
