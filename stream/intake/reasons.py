"""Every reason for which a record is refused, by the name that metrics, `rejects list` and the rejected topic use."""

from enum import StrEnum


class Reason(StrEnum):
    """A named reject reason; `advice` says in one line what it means and what to do next."""

    MALFORMED_JSON = "malformed_json"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_BOUNDS = "out_of_bounds"
    EMPTY_ID = "empty_id"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_VENDOR = "unknown_vendor"
    UNKNOWN_LABEL = "unknown_label"
    RAW_RATER_ID = "raw_rater_id"
    CLOCK_AHEAD = "clock_ahead"
    TOO_LATE = "too_late"
    FORGED_CONTROL = "forged_control"
    SETTINGS_CONFLICT = "settings_conflict"
    FORGOTTEN = "forgotten"
    # The last four need what the shard holds: stage 1 decides them.
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    ITEM_EXPIRED = "item_expired"
    STALE_REVISION = "stale_revision"
    GOLD_LIMIT = "gold_limit"

    @property
    def advice(self) -> str:
        """What it means and what to do next, for people."""
        return _ADVICE[self]

    @property
    def code(self) -> int:
        """Position counted from 1, so that 0 can mean "accepted" in a column."""
        return _CODES[self]


def reason_of(code: int) -> Reason:
    """The reason with this `code`."""
    return _REASONS[code - 1]


_REASONS = tuple(Reason)
_CODES = {reason: number for number, reason in enumerate(_REASONS, 1)}
_ADVICE = {
    Reason.MALFORMED_JSON: "The value is empty or not JSON in UTF-8: correct the producer's serialiser, then redrive.",
    Reason.TOO_LARGE: "The value is above 64 KiB: send identifiers and labels only, never the item's content.",
    Reason.TOO_DEEP: "The value nests deeper than 32 levels: send the flat event that the schema describes.",
    Reason.MISSING_FIELD: "A required field is absent (a label is required when answered): have the producer send it.",
    Reason.WRONG_TYPE: "A field has another type or form than the schema says: correct the producer, then redrive.",
    Reason.OUT_OF_BOUNDS: "A number, text or choice is outside its bounds: check the field's unit and spelling.",
    Reason.EMPTY_ID: "An identifier is empty: the producer must name judgment, item, rater, queue and vendor.",
    Reason.UNKNOWN_TYPE: "The field `type` names no known event: check its spelling, or upgrade the workers first.",
    Reason.UNKNOWN_QUEUE: "The queue is not declared, or closed: add it to the queues file, publish it, then redrive.",
    Reason.UNKNOWN_VENDOR: "The vendor is not listed for this queue: add it to the queues file or correct the event.",
    Reason.UNKNOWN_LABEL: "The label is not a declared one: append it to the queue's labels or correct the event.",
    Reason.RAW_RATER_ID: "The rater_id is not a pseudonym: send through `raterwatch intake`, which makes pseudonyms.",
    Reason.CLOCK_AHEAD: "The time is an hour or more ahead of the log: correct the producer's clock or time unit.",
    Reason.TOO_LATE: "The judgment is older than the queue's horizon: import it into a queue with a longer horizon.",
    Reason.FORGED_CONTROL: "A control record's signature does not fit: check the key and who may write to the topic.",
    Reason.SETTINGS_CONFLICT: "The settings would reorder or remove labels or change a kind: declare a new queue.",
    Reason.FORGOTTEN: "The rater was erased by `raterwatch forget`: stop sending the pseudonym; nothing is kept.",
    Reason.CONFLICTING_DUPLICATE: "The judgment_id was seen with other content: make ids unique, or send a revision.",
    Reason.ITEM_EXPIRED: "The item's history is past its horizon: corrections must arrive within it.",
    Reason.STALE_REVISION: "A revision at least as high was applied before: raise the revision to correct it again.",
    Reason.GOLD_LIMIT: "The shard may keep no more known answers: raise RATERWATCH_KEPT_ITEMS, then redrive.",
}
