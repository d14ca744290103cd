"""The fixed-width records that stage 1 and stage 2 work on: the one place that declares their bytes.

Shares (agreement, credit, …) are fixed-point integers of `UNIT`, so that sums do not depend on the order of their
terms: two runs over the same judgments agree to the last bit, whatever the interleaving.
"""

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np

from stream.quality.columns import COLUMNS as COLUMNS  # noqa: PLC0414 (part of the schema, declared beside it)
from stream.quality.columns import COMMUTATIVE as COMMUTATIVE  # noqa: PLC0414 (likewise)
from stream.quality.columns import Column as Column  # noqa: PLC0414 (likewise)

SCHEMA_VERSION = 2
UNIT = 1 << 30  # 1.0 as fixed point: resolution 9.3e-10, and a share still fits an unsigned 32-bit field

LABEL_WIDTHS = (2, 4, 8, 16, 32)  # label vectors grow in these steps
OTHER = 31  # code of every nominal label without a cell of its own: the last cell of a vector
PEER_CAP = 8  # an item's first labels that are each other's peers; a later judgment is compared with them only
VOTER_CAP = 32  # an item's first labels that vote on its true answer; a later judgment is held against them only
SHARE = 65_535  # 1.0 as a probability travels; 0 stands for none
NAT = 65_536.0  # one nat in sums of logarithms, which are whole numbers too
LABELS_MAX = 32  # classes of a queue's answers
PREDICTED = 4  # likeliest answers that travel with an outcome
NO_LABEL = 255
MARK_CAP = 4096  # judgments remembered per item (duplicates, retraction, corrected golds)


def _record(fields: list[Any]) -> np.dtype[np.void]:
    """An aligned record without holes: numpy copies fields and leaves in a hole what memory held before, so that bytes
    in the store would tell more than the log and differ from run to run."""
    aligned = np.dtype(fields, align=True)
    placed: Mapping[str, Any] = aligned.fields or {}
    whole: list[Any] = []
    for field, until in zip(fields, [*(placed[name][1] for name, *_ in fields[1:]), aligned.itemsize], strict=True):
        whole.append(field)
        kind, begin, *_ = placed[field[0]]
        if begin + kind.itemsize < until:
            whole.append((f"spare{len(whole)}", "u1", (until - begin - kind.itemsize,)))
    return np.dtype(whole, align=True)


def classes_of(kind: "Kind", scale: int) -> int:
    """How many answers posteriors know: of a nominal queue all but the undeclared ones, of sets none."""
    if kind == Kind.SET:
        return 0
    classes = min(scale, OTHER) if kind == Kind.NOMINAL else min(scale, LABELS_MAX)
    return classes if classes > 1 else 0


class Op(IntEnum):
    """What a decoded record asks of stage 1."""

    JUDGMENT = 0
    GOLD = 1
    ADJUDICATION = 2
    RETRACTION = 3
    VERDICT = 4
    CONTROL = 5  # already folded into the settings by the decoder; kept for its offset
    REJECT = 6  # refused by the decoder
    RELEASE = 7  # made by stage 1 itself: an item of a rater who is no longer restricted is looked at again


class Kind(IntEnum):
    """How two labels of a queue are compared; codes are an index, a level, or a bit mask of members."""

    NOMINAL = 0
    ORDINAL = 1
    SET = 2


class Flag(IntFlag):
    """Properties of a judgment, kept with its mark and sent with its outcome."""

    SKIPPED = 1
    ESCALATED = 2
    TRAINING = 4
    SENSITIVE = 8
    SEVERE = 16
    TIMED = 32
    COSTED = 64
    FAST = 128
    FAST_KNOWN = 256
    WITHDRAWN = 512  # retracted, or retracted before it arrived
    # What the item says about it (recomputed whenever the item changes):
    SCORED = 1024  # has at least one peer
    GOLD_SEEN = 2048
    AUDITED = 4096
    AUDITED_RANDOM = 8192
    REPEAT = 16384  # the same rater's further judgment on the item: self-consistency, not a peer


# One decoded record of `judgments`, in log order. Ids are 64-bit xxh3 hashes; `item` is the row of the item table.
RECORD = _record(
    [
        ("offset", "i8"),
        ("log_ms", "i8"),  # Kafka's LogAppendTime
        ("submitted_ms", "i8"),
        ("judgment", "u8"),  # xxh3_64(judgment_id)
        ("rater", "u8"),  # xxh3_64(rater_id)
        ("label", "u4"),  # code in the queue's declared labels: index, level or bit mask
        ("known", "u4"),  # inline gold of a judgment, or the label of a gold or adjudication
        ("duration_ms", "u4"),
        ("cost_micro", "u4"),
        ("guideline", "u4"),  # xxh32(version), 0 for none
        ("revision", "i4"),
        ("item", "i4"),
        ("queue", "i4"),  # row of the shard's queue table
        ("profile", "i4"),  # row of the batch's profile list
        ("item_id", "i4"),  # row of the batch's item id list
        ("flags", "u2"),
        ("destination", "u2"),  # partition of `outcomes`: murmur2(rater_id)
        ("item_kind", "u2"),  # row of the queue's declared item kinds, 0 for none or unknown
        ("op", "u1"),
        ("has_known", "u1"),  # 0: no gold here; for gold and adjudication: 0 means withdrawn
        ("random", "u1"),  # adjudication: sampled at random, hence fit for SLA and scorecards
        ("held", "u1"),  # Held.UNSENT for a judgment of a restricted rater
        ("terms", "u2"),  # see intake/terms.py
    ]
)

# What an item says about one of its judgments. `old` and `new` of an outcome have this shape.
SCORE = _record(
    [
        ("label", "u4"),
        ("duration_ms", "u4"),
        ("cost_micro", "u4"),
        ("agreement", "u4"),  # UNIT: mean w(x, y) over peers
        ("expected", "u4"),  # UNIT: the same against the queue's label marginals when it arrived
        ("credit", "u4"),  # UNIT: w(label, known answer)
        ("overturned", "u4"),  # UNIT: 1 - w(label, adjudication)
        ("same", "u4"),  # UNIT: w(label, own first answer on the item)
        ("peers", "u2"),
        ("flags", "u2"),
        # SHARE, 0 where nothing is known: see posterior.py for the readings A and B.
        ("fit_a", "u2"),
        ("belief_a", "u2"),
        ("fit_b", "u2"),
        ("belief_b", "u2"),
        ("share", "u2"),  # SHARE: the label's in the queue when it arrived, on scales only: see agreement.py
        ("hit", "u2"),  # the queue's accuracy on known answers when this one was weighed; 0: not weighed by a gold
        ("known", "u1"),  # the known answer it was weighed by
        ("pace", "i1"),  # PACE_STEP: how fast for its queue and item kind; known where flags have FAST_KNOWN
    ]
)

# One judgment as its item remembers it.
MARK = _record(
    [
        ("judgment", "u8"),
        ("rater", "u8"),
        ("submitted_ms", "i8"),
        ("guideline", "u4"),
        ("revision", "i4"),
        ("score", SCORE),  # what was last sent to stage 2
        ("destination", "u2"),
        ("hit", "u2"),  # see SCORE; kept while the gold is withdrawn
        ("weighed", "u1"),  # see Weighed: a judgment is evidence once
        ("held", "u1"),  # see Held: whether stage 2 hears of it
        ("terms", "u2"),  # see intake/terms.py
    ]
)

# An item's own row. The marks follow in chunks of MARK_CHUNK, in order of arrival.
ITEM = _record(
    [
        ("queue", "i4"),  # row of the shard's queue table
        ("marks", "i4"),  # how many marks it has
        ("generation", "i4"),  # log-time generation of its last record
        ("gold", "u4"),
        ("gold_revision", "i4"),
        ("gold_guideline", "u4"),  # 0: any
        ("adjudication", "u4"),
        ("adjudication_revision", "i4"),
        ("gold_state", "u1"),  # see Known
        ("adjudication_state", "u1"),
        ("adjudication_random", "u1"),
        ("kept", "u1"),  # see Kept
    ]
)
MARK_CHUNK = 4


class Weighed(IntEnum):
    """By what a judgment was weighed as evidence about its rater; by one of them only, and once."""

    NOT_YET = 0
    BY_PEERS = 1
    BY_GOLD = 2


class Held(IntEnum):
    """Whether stage 2 hears of a judgment. One that is held stays its peers' peer, so that their numbers stay true."""

    NO = 0
    FROZEN = 1  # its rater is restricted: stage 2 has it as it was last sent, and hears of no change
    UNSENT = 2  # it came while its rater was restricted: stage 2 never hears of it
    NAMELESS = 3  # its rater is forgotten: an answer on the item and nothing else


class Known(IntEnum):
    """Whether an item has a known answer."""

    NEVER = 0
    STANDING = 1
    WITHDRAWN = 2


class Kept(IntEnum):
    """Whether an item has or had a known answer, hence never expires, and what the answers on it make of that one."""

    NO = 0
    UNCOUNTED = 1  # withdrawn, or of a queue whose labels cannot be weighed
    TRUSTED = 2
    SUSPECT = 3


# One outcome: stage 2 adds new - old. `old` is all zero for a first one, `new` for a withdrawn one.
OUTCOME = _record(
    [
        ("offset", "i8"),  # source offset in `judgments`
        ("rater", "u8"),
        ("queue", "u8"),  # xxh3_64(queue), plus 1 for stage training: its windows stand apart
        ("judgment", "u8"),
        ("submitted_ms", "i8"),
        ("log_ms", "i8"),  # when the source record arrived in Kafka
        ("part", "u4"),  # running number among the outcomes of its source record
        ("profile", "i4"),  # row of the message's profiles, -1 when it is no new judgment
        ("item_id", "i4"),  # row of the message's item ids, -1 when it is no new judgment
        ("queue_row", "i4"),  # row of the message's queue list
        ("first", "u1"),  # 1: a judgment not seen before (or seen again after a withdrawal)
        ("last", "u1"),  # 1: withdrawn
        ("classes", "u1"),  # labels that the queue declared then, see classes_of
        ("weighed", "u1"),  # 1: labels, shares and own say what its peers led one to expect; else all zero
        ("labels", "u1", PREDICTED),  # likeliest answers, NO_LABEL where there are fewer; see predictive.py
        ("shares", "u2", PREDICTED),  # SHARE: how often raters give them here; the rest is spread evenly
        ("own", "u2"),  # SHARE: of the answer given
        ("terms", "u2"),  # see intake/terms.py
        ("old", SCORE),
        ("new", SCORE),
        ("guideline", "u4"),  # xxh32(version), 0 for none; the message names it at a first judgment
    ]
)


# Another rater's answer on the item, beside the OUTCOME of a judgment that is weighed.
# Fields: rater, index of the outcome, label, and 1 where the other answered before.
MEETING = _record([("key", "u8"), ("row", "i4"), ("label", "u1"), ("before", "u1")])

# What became of the doubt in an item's known answer; see gold_doubts.py. Without votes: it is suspect no more.
DOUBT = _record(
    [
        ("record", "i8"),  # of the batch, which names the item
        ("queue", "i4"),  # row of the shard's queue table
        ("known", "u4"),
        ("label", "u4"),  # the likeliest other label
        ("votes", "i4"),
        ("fitting", "i4"),  # of these, equal to the known answer
        ("for_label", "i4"),
        ("nats", "f8"),
        ("probability", "f8"),  # that the known answer is wrong
    ]
)

# What stage 2 tells stage 1 of a rater on a queue, see votes.py.
SUMMARY = _record([("rater", "u8"), ("queue", "u8"), ("skill", "u2"), ("mix", "u2", LABELS_MAX)])

# What stage 1 knows of a queue: from its control records, and counted along its log.
QUEUE = _record(
    [
        ("key", "u8"),  # xxh3_64(name)
        ("kind", "u1"),
        ("scale", "i4"),  # declared labels
        ("width", "i4"),  # length of its label vectors, "other" included
        ("recent", "i4"),  # whole answers seen, for the ring of set answers
        ("classes", "i4"),  # answers that posteriors know; 0 where labels are sets
        ("redundancy", "i4"),  # judgments an item is meant to get
        ("dirty", "u1"),
    ]
)
RECENT_ANSWERS = 128
ITEM_KINDS = 8  # further kinds share the last
TIME_BINS = 64  # of the duration sketch: bin b starts at TIME_FIRST_MS * TIME_STEP**b
TIME_FIRST_MS = 50.0
TIME_STEP = 1.3  # so a median is known to within 14 %
FAST_AFTER = 100  # timed judgments before "fast" means anything
FAST_SHARE_OF_MEDIAN = 1 / 3  # product.md: below a third of the item kind's median

# One of a rater's latest judgments, as the last-50 window and the evidence see it.
ENTRY = _record([("submitted_ms", "i8"), ("judgment", "u8"), ("score", SCORE), ("name", "u1")])
RING = 64  # entries kept: the 50 of the window and room for retractions among them
WINDOW_JUDGMENTS = 50

# What stage 2 keeps of a rater and queue besides the columns. Groups (a vendor's queue, a queue) use the same row.
HOT = _record(
    [
        ("rater", "u8"),
        ("queue", "u8"),
        ("latest_ms", "i8"),  # latest submitted_at seen
        ("seen", "i8"),  # judgments in order of arrival: the n of "at the rater's n-th judgment"
        ("run_label", "u4"),
        ("run", "i4"),  # current run of one answer
        ("longest_run", "i4"),
        ("gold_seen_before", "i8"),  # golds before the current episode (a verdict restarts the test)
        ("gold_right_before", "i8"),
        ("scored_before", "i8"),
        ("agreement_before", "i8"),
        ("expected_before", "i8"),
        ("unrelated_from", "i8"),  # `seen` when these detectors' episodes began: the last 50 count from there on
        ("constant_from", "i8"),
        ("vendor_row", "i4"),  # rows of the groups this rater counts in; set by the stage, not stored
        ("queue_row", "i4"),
        ("recent_scored", "i4"),  # running sums over the last 50 judgments of the episode, see recent.py
        ("recent_agreement", "i8"),
        ("recent_expected", "i8"),
        ("ring_start", "i4"),
        ("ring_length", "i4"),
        ("alarm_from_ms", "i8"),  # log time of the verdict that began the alarm anew
        ("change_from_ms", "i8"),  # the same of the change detector
        ("changed_from", "i8"),  # `seen` when the change detector last stood low
        ("alarm_classes", "i4"),  # how many labels the tests' rows are laid out for
        ("episodes", "i4", 8),  # per detector: how many findings were opened so far
        ("open", "u2"),  # bit per detector: a finding is open
        ("pending", "u2"),  # the same as of now, while the caller opens and closes findings
        ("critical", "u2"),  # bit per detector: the evidence is beyond the critical threshold
        ("shown", "u2"),  # `critical` as the findings say it
        ("watch", "u2"),  # bit per detector: evidence worth a look
        ("policy", "i4"),  # row of the thresholds that hold in the queue; set by the stage, not stored
        ("state", "u1"),
        ("kind", "u1"),  # 0 rater, 1 group
        ("told", "u1"),  # of a rater: stage 1 was told its summary; of a queue: stage 1 said what is usual there
        ("period", "i4"),  # of log time in which the rater's summary was last looked at
        ("training", "u1"),  # stage training: measured, never a finding
        ("label_kind", "u1"),  # of the queue, see Kind
        ("scale", "i4"),  # declared labels of the queue
    ]
)

FIVE_MINUTES_MS = 300_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
FIVES, HOURS, DAYS = 12, 24, 7
BUCKETS = FIVES + HOURS + DAYS
