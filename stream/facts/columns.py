"""Every column of the fact tables: the one declaration.

From it come the tables in PostgreSQL, the schema of the Parquet files, a BigQuery schema a table and docs/facts.md.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from stream.facts.ratios import Ratio
from stream.quality.columns import Column


class Type(StrEnum):
    """What a column holds, in every store."""

    DAY = "day"
    TEXT = "text"
    BYTES = "bytes"
    WHOLE = "whole number"  # 64 bits
    SHARE = "number"  # float, 64 bits
    MONEY = "decimal"  # six places
    MOMENT = "moment"  # UTC, milliseconds
    TRUTH = "true or false"


class Field(NamedTuple):
    """A column. `names_person`: it leads to one rater, by a pseudonym. `ratio`: worked out from other columns."""

    name: str
    type: Type
    unit: str
    meaning: str
    nullable: bool = False
    names_person: bool = False
    ratio: Ratio | None = None


class Table(NamedTuple):
    """A table; every one has a column `day`, by which it is partitioned and pruned. `key`: of a row within its day."""

    name: str
    about: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def names(self) -> list[str]:
        """Of the columns, in order."""
        return [field.name for field in self.fields]

    @property
    def stored(self) -> tuple[Field, ...]:
        """Those that are not worked out from others."""
        return tuple(field for field in self.fields if field.ratio is None)


_FIXED = "2^-30"
_SUMS: dict[Column, tuple[str, str, str]] = {
    Column.JUDGMENTS: ("judgments", "judgments", "answered, and standing"),
    Column.SKIPPED: ("skipped", "judgments", "skipped; a skip is never dissent"),
    Column.ESCALATED: ("escalated", "judgments", "passed on to somebody else"),
    Column.SCORED: ("scored", "judgments", "answered, with at least one peer on the item"),
    Column.PEERS: ("peers", "comparisons", "comparisons with peers, over the scored judgments"),
    Column.AGREEMENT: ("agreement_sum", _FIXED, "sum of the mean agreement with the peers, over the scored judgments"),
    Column.EXPECTED: ("expected_sum", _FIXED, "what that sum would be by the queue's label mix alone"),
    Column.GOLD_SEEN: ("gold_seen", "judgments", "on items with a known answer"),
    Column.GOLD_RIGHT: ("gold_right_sum", _FIXED, "sum of the credit on these: 1 for the known answer"),
    Column.AUDITED: ("audited", "judgments", "on adjudicated items"),
    Column.OVERTURNED: ("overturned_sum", _FIXED, "sum of how far the adjudications contradict"),
    Column.AUDITED_RANDOM: ("audited_random", "judgments", "on items adjudicated after a random draw"),
    Column.OVERTURNED_RANDOM: ("overturned_random_sum", _FIXED, "overturned_sum of the random ones: fit for an SLA"),
    Column.TIMED: ("timed", "judgments", "answered, and sent with a duration"),
    Column.LOG_TIME: ("log_time_sum", _FIXED, "sum of ln(duration in ms), over the timed judgments"),
    Column.LOG_TIME_SQUARED: ("log_time_squared_sum", _FIXED, "sum of its squares, for the spread"),
    Column.FAST: ("fast", "judgments", "below a third of the usual time; says nothing about a person by itself"),
    Column.FAST_KNOWN: ("fast_known", "judgments", "timed while the usual time was known"),
    Column.REPEATS: ("repeats", "judgments", "a further answer of the same rater on an item"),
    Column.REPEATS_SAME: ("repeats_same_sum", _FIXED, "sum of the agreement of these with the first answer"),
    Column.COST_MICRO: ("cost_micro", "millionths of `currency`", "cost of the judgments that carry one"),
    Column.COSTED: ("costed", "judgments", "sent with a cost"),
}
# Exposure is left out: it is care's, concerns nobody else, and is not kept for months.
KEPT = tuple(column for column in Column if column in _SUMS)
SUM_NAMES = tuple(_SUMS[column][0] for column in KEPT)
SUMS = len(KEPT)

# name, how it follows, unit, meaning
_RATIOS = (
    ("agreement", Ratio("agreement_sum", "scored"), "0 to 1", "mean agreement with peers"),
    ("expected_agreement", Ratio("expected_sum", "scored"), "0 to 1", "what the label mix alone would give"),
    ("gold_accuracy", Ratio("gold_right_sum", "gold_seen"), "0 to 1", "share right where the answer is known"),
    ("overturn_ratio", Ratio("overturned_sum", "audited"), "0 to 1", "share overturned, of all adjudicated"),
    (
        "random_overturn_ratio",
        Ratio("overturned_random_sum", "audited_random"),
        "0 to 1",
        "share overturned, of those drawn at random",
    ),
    ("typical_duration_ms", Ratio("log_time_sum", "timed", "exp"), "ms", "geometric mean of the durations"),
    ("fast_ratio", Ratio("fast", "fast_known", "plain"), "0 to 1", "share of fast judgments"),
    ("self_consistency", Ratio("repeats_same_sum", "repeats"), "0 to 1", "agreement with the own first answers"),
)

DAILY = Table(
    "daily_facts",
    "What one rater did on one day in one queue, under one guideline, locale, currency and stage. All numbers of the "
    "first block add up over any rows; the ratios below them do not: divide the sums.",
    ("row_key",),
    (
        Field("day", Type.DAY, "", "of the judgments, in the queue's time zone where one is declared, else in UTC"),
        Field("row_key", Type.BYTES, "", "tells the row from others of its day; opaque", names_person=True),
        Field(
            "rater_id",
            Type.TEXT,
            "",
            "pseudonym; absent for forgotten raters, summed up",
            nullable=True,
            names_person=True,
        ),
        Field("queue", Type.TEXT, "", "the queue"),
        Field("vendor", Type.TEXT, "", "the vendor, as the judgments say"),
        Field(
            "guideline", Type.TEXT, "", "version of the guideline; absent where the judgments name none", nullable=True
        ),
        Field("locale", Type.TEXT, "", "as the judgments say; absent where they do not", nullable=True),
        Field("currency", Type.TEXT, "ISO 4217", "of the cost; absent where the judgments name none", nullable=True),
        Field("stage", Type.TEXT, "", "production or training"),
        *(Field(name, Type.WHOLE, unit, meaning) for name, unit, meaning in (_SUMS[column] for column in KEPT)),
        Field(
            "cost",
            Type.MONEY,
            "`currency`",
            "cost_micro / 10^6",
            nullable=True,
            ratio=Ratio("cost_micro", "costed", "money"),
        ),
        *(
            Field(name, Type.SHARE, unit, f"{meaning}: {ratio.told}", nullable=True, ratio=ratio)
            for name, ratio, unit, meaning in _RATIOS
        ),
    ),
)
FINDINGS = Table(
    "findings",
    "Every word on every finding: opened, updated, closed. The highest version of an id is how it stands. A finding "
    "says that something needs review; a person decides.",
    ("id", "version"),
    (
        Field("day", Type.DAY, "", "of `at`, in UTC"),
        Field("id", Type.TEXT, "", "of the finding", names_person=True),
        Field("version", Type.WHOLE, "", "counts from 1"),
        Field("event", Type.TEXT, "", "opened, updated or closed"),
        Field("why", Type.TEXT, "", "it closed: evidence_gone, gold_corrected or verdict", nullable=True),
        Field("detector", Type.TEXT, "", "which found it"),
        Field("state", Type.TEXT, "", "how strong it is"),
        Field("queue", Type.TEXT, "", "where"),
        Field("vendor", Type.TEXT, "", "whose rater", nullable=True),
        Field(
            "rater_id",
            Type.TEXT,
            "",
            "pseudonym; absent where the finding is about a queue",
            nullable=True,
            names_person=True,
        ),
        Field("opened_at", Type.MOMENT, "UTC", "when it opened, by the log's time"),
        Field("at", Type.MOMENT, "UTC", "of this version"),
        Field("shadow", Type.TRUTH, "", "for boards only: it led to no case and no message"),
        Field("measure", Type.SHARE, "the detector's", "what was measured", nullable=True),
        Field("low", Type.SHARE, "the detector's", "of its interval", nullable=True),
        Field("high", Type.SHARE, "the detector's", "of its interval", nullable=True),
        Field("threshold", Type.SHARE, "the detector's", "what it is held against", nullable=True),
        Field("nats", Type.SHARE, "nats", "the evidence; honest work reaches x with probability e^-x", nullable=True),
        Field("nats_needed", Type.SHARE, "nats", "what opens one, from the declared budget", nullable=True),
        Field("judgments", Type.WHOLE, "judgments", "that the measure rests on"),
        Field("peers", Type.WHOLE, "raters", "whose answers it was compared with"),
    ),
)
LABELS = Table(
    "adjudicated_labels",
    "What auditors decided about items. The highest revision of an item is how it stands; of one revision the "
    "earliest. Only random ones are fit for estimates of quality.",
    ("queue", "item_id", "revision", "at"),
    (
        Field("day", Type.DAY, "", "of `at`, in UTC"),
        Field("queue", Type.TEXT, "", "the item's"),
        Field("item_id", Type.TEXT, "", "the item"),
        Field("revision", Type.WHOLE, "", "a higher one wins"),
        Field("label", Type.TEXT, "", "the answer; a set as a JSON list; absent when it was withdrawn", nullable=True),
        Field("sampling", Type.TEXT, "", "random, targeted or appeal"),
        Field("severity", Type.TEXT, "", "critical or minor"),
        Field("guideline", Type.TEXT, "", "version under which it holds; absent for any", nullable=True),
        Field("at", Type.MOMENT, "UTC", "when it was decided"),
    ),
)
TABLES: Sequence[Table] = (DAILY, FINDINGS, LABELS)
