"""Every metric that raterwatch exports: the contract that alert rules, dashboards and their tests hold on to.

Numbers of quality are gauges, because a corrected answer lowers them. Sums stand beside their counts, so that shards,
workers and vendors add up: `sum(agreed) / sum(scored)`. What is unknown is absent, never 0.
"""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How Prometheus reads a metric."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """One metric family. `help` says in one line how to read the number."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    unit: str
    help: str
    buckets: tuple[float, ...] = ()  # upper bounds of a histogram, without the last one, infinity


def _counter(name: str, labels: str, unit: str, help_: str) -> Metric:
    return Metric(f"raterwatch_{name}_total", Kind.COUNTER, tuple(labels.split()), unit, help_)


def gauge(name: str, labels: str, unit: str, help_: str) -> Metric:
    """A gauge of raterwatch; `labels` are separated by spaces."""
    return Metric(f"raterwatch_{name}", Kind.GAUGE, tuple(labels.split()), unit, help_)


def _histogram(name: str, labels: str, help_: str, buckets: tuple[float, ...]) -> Metric:
    return Metric(f"raterwatch_{name}_seconds", Kind.HISTOGRAM, tuple(labels.split()), "seconds", help_, buckets)


_LATENCY_S = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.15,
    0.2,
    0.25,
    0.3,
    0.4,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    300.0,
    3600.0,
)
_WORK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STALL_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

# The pipeline, in the order of the data's way.
RECORDS = _counter("records", "topic result", "records", "Records joined with their items, by what they did there.")
REJECTS = _counter("rejects", "topic reason", "records", "Records refused, by reason; any lasting rate needs a look.")
NOTES = _counter(
    "notes", "what detail", "events", "Accepted but worth knowing, such as unknown fields or undeclared labels."
)
OUTCOMES = _counter("outcomes", "result", "outcomes", "Outcomes at stage 2: applied, or seen before and dropped.")
VERDICTS = _counter("verdicts", "result", "verdicts", "People's decisions that reached a rater's shard.")
APPLIED_LATENCY = _histogram(
    "applied_latency",
    "topic",
    "From a judgment's arrival in Kafka to its stage's memory; topic outcomes is end to end: then scrapes show it.",
    _LATENCY_S,
)
STORED_LATENCY = _histogram(
    "stored_latency", "topic", "From a judgment's arrival in Kafka to its durable commit in this stage.", _LATENCY_S
)
CLOCK_AHEAD = gauge(
    "clock_ahead_seconds", "topic", "seconds", "How far Kafka's clock ran ahead of this worker's in the last batch."
)
LAST_ARRIVAL = gauge(
    "last_arrival_timestamp_seconds", "topic partition", "Unix time", "When the newest applied judgment came to Kafka."
)
LAG = gauge("lag_records", "topic partition", "records", "Readable records not committed yet; near 0 when all is well.")

# Commits and shards.
COMMITS = _counter(
    "commits",
    "topic result",
    "commits",
    "Commits by result: ok, fenced, rewound, unexplained, empty; unavailable counts tries that will be repeated.",
)
COMMITTED = _counter("committed_records", "topic", "records", "Records (stage 2: outcomes) in stored commits.")
COMMIT_TIME = _histogram(
    "commit", "topic", "One commit, from its first try until all its messages are acknowledged.", _WORK_S
)
CLAIM_TIME = _histogram("claim", "topic", "Taking over a shard, until it reads on.", _WORK_S)
UNAVAILABLE = _counter("unavailable", "what", "tries", "Calls that Kafka or Redis did not answer; each is tried again.")
REGRESSIONS = _counter(
    "regressions", "topic", "events", "Times the stored state had gone back; 0 unless Redis lost data."
)
REPLAYED = _counter("replayed_records", "topic", "records", "Offsets applied again because the stored state went back.")
SHARDS = gauge("shards", "topic state", "shards", "Shards of this worker: claiming, running or halted.")
HALTED = gauge(
    "shard_halted", "topic partition", "0 or 1", "1 while the shard waits for an operator; /readyz says why."
)
RETENTION = gauge("retention_seconds", "topic", "seconds", "How long Kafka keeps a record; absent: for ever.")
REDIS_USED = gauge("redis_used_bytes", "server", "bytes", "Memory that Redis uses.")
REDIS_LIMIT = gauge("redis_limit_bytes", "server", "bytes", "Its maxmemory: beyond it commits fail; 0 is no limit.")
GENERATION = gauge("generation", "topic partition", "generation", "Log-time generation of the items shard.")
CACHE_LOOKUPS = _counter("cache_lookups", "topic result", "rows", "Rows looked for in memory: hit, or miss and loaded.")
CACHED_ROWS = gauge("cached_rows", "topic", "rows", "Rows held in memory.")

# The process.
BUILD = gauge("build_info", "version python", "1", "Always 1; the labels say what runs.")
POLICY = gauge(
    "policy_info", "digest", "1", "Always 1; the digest of the policy file's meaning says which one decides."
)
LOOP_DELAY = _histogram("loop_delay", "", "How late the event loop woke a timer: the stream's stalls.", _STALL_S)
BOARD_TIME = _histogram("board_render", "", "Rendering the quality series, pauses for the stream included.", _WORK_S)
BOARD_AT = gauge("board_timestamp_seconds", "", "Unix time", "When the quality series were last rendered.")

# Findings.
FINDINGS_OPENED = _counter("findings_opened", "detector", "findings", "Findings opened.")
FINDINGS_CLOSED = _counter("findings_closed", "detector", "findings", "Findings closed: evidence gone, or a verdict.")
FINDINGS_FORGIVEN = _counter(
    "findings_forgiven", "detector", "findings", "Of those, closed because a known answer was corrected: its fault."
)
FINDINGS_DECIDED = _counter(
    "findings_decided",
    "detector verdict",
    "findings",
    "Verdicts: confirmed, cleared (wrongly flagged), retrained.",
)
DETECTOR_MUTED = gauge("detector_muted", "detector", "0 or 1", "1 while the policy switches it off in any queue.")
FINDINGS_OPEN = gauge("findings_open", "vendor queue detector", "findings", "Findings open now.")
FLAGGED_RATERS = gauge("flagged_raters", "vendor queue", "raters", "Raters with at least one open finding.")

# A vendor's raters in a queue together: what each window (1h, 24h, 7d, lifetime) holds, as sums.
_GROUP = "vendor queue window"


def _judgments(name: str, help_: str) -> Metric:
    return gauge(f"quality_{name}_judgments", _GROUP, "judgments", help_)


JUDGMENTS = gauge("quality_judgments", _GROUP, "judgments", "Answered and standing judgments.")
SKIPPED = _judgments("skipped", "Skips; never dissent.")
ESCALATED = _judgments("escalated", "Escalations; never dissent.")
SCORED = _judgments("scored", "Judgments with at least one peer: what agreement divides by.")
PEERS = gauge("quality_peers", _GROUP, "peers", "Peers of all scored judgments; over scored: peers a judgment.")
AGREED = _judgments("agreed", "Agreement with peers, summed over scored judgments.")
EXPECTED = _judgments(
    "expected_agreed", "Agreement that the label mix alone gives; (agreed-this)/(scored-this): skill."
)
GOLD = _judgments("gold", "Judgments on items with a known answer.")
GOLD_RIGHT = _judgments("gold_right", "Credit on those; over gold: accuracy.")
AUDITED = _judgments("audited", "Adjudicated judgments, however they were chosen.")
OVERTURNED = _judgments("overturned", "How many of those were overturned.")
AUDITED_RANDOM = _judgments("random_audited", "Adjudicated at random: the only ones fit for contracts.")
OVERTURNED_RANDOM = _judgments("random_overturned", "How many of those were overturned.")
TIMED = _judgments("timed", "Answers with a duration.")
LOG_TIME = gauge(
    "quality_log_time", _GROUP, "ln(seconds)", "Sum of ln(seconds); exp(this/timed): the typical duration."
)
LOG_TIME_SQUARED = gauge("quality_log_time_squared", _GROUP, "ln(seconds)^2", "Sum of squares, for the spread.")
FAST = _judgments("fast", "Faster than a third of the item kind's median.")
FAST_KNOWN = _judgments("speed_known", "Timed while the usual time was known: what fast divides by.")
REPEATS = _judgments("repeated", "Judgments on an item the same rater had answered before.")
REPEATS_SAME = _judgments("repeated_same", "How far those agree with the first answer.")
COST = gauge("quality_cost", _GROUP, "currency of the contract", "Cost of the costed judgments.")
COSTED = _judgments("costed", "Judgments with a cost.")
FLAGGED = _judgments("flagged", "Judgments of raters who have an open finding now; over all: what labels rest on.")

# A queue as a whole.
ANSWERS = gauge("queue_answers", "queue label window", "answers", "How often a label was given; other: not declared.")
TOLD_JUDGMENTS = gauge("queue_told_judgments", "queue", "judgments", "Judgments that what follows was summed over.")
TOLD = gauge(
    "queue_told_nats", "queue kind", "nats", "What peers told of a rater of that kind; over those judgments: each."
)
NEEDED = gauge("queue_needed_nats", "queue kind", "nats", "What the alarm needs; over nats each: judgments.")

# A queue as its shards of stage 1 know it. Answers that are sets have no votes: their known answers have no series.
KNOWN_ITEMS = gauge("known_items", "queue", "items", "Items with a known answer, over the shards of this worker.")
SUSPECT_KNOWN_ITEMS = gauge(
    "suspect_known_items", "queue", "items", "How many of those the answers of raters right elsewhere speak against."
)
QUEUE_LEVEL = gauge(
    "queue_level_ratio", "queue", "0 to 1", "Usual mean belief in the answers, the hours of a shift left out."
)
QUEUE_SHIFT = gauge(
    "queue_shift_ratio", "queue", "-1 to 1", "How far the level has moved from that; 0 while it stands still."
)
QUEUE_SHIFT_RARITY = gauge(
    "queue_shift_rarity_hours", "queue", "hours", "A queue at rest shows as much once in so many; 8760: alarm."
)
QUEUE_SHIFT_SINCE = gauge(
    "queue_shift_since_timestamp_seconds", "queue", "Unix time", "When the shift began; absent without one."
)
AGREEMENT_CHANGE = gauge(
    "queue_agreement_change_ratio",
    "queue part",
    "-1 to 1",
    "24 h against the six days before: whole, within (vendors' own change), mix (who does the work); average workers.",
)
AGREEMENT_CHANGE_VENDORS = gauge(
    "queue_agreement_change_vendors", "queue part", "vendors", "Behind that: stayed, or moved (came, or went)."
)

# What was agreed on with vendors, from the queues file.
CONTRACT_TARGET = gauge(
    "contract_target_ratio",
    "vendor queue period",
    "0 to 1",
    "Agreed accuracy, on random audits and known answers.",
)
CONTRACT_COST = gauge(
    "contract_cost_per_correct_max", "vendor", "currency of the contract", "What a correct judgment may cost."
)

# Raters, counted. Only raters whose rows this worker holds in memory are seen.
RATERS = gauge("raters", "vendor queue state", "raters", "Raters by state: unknown, ok, watch, suspect.")
ACTIVE_RATERS = gauge("active_raters", _GROUP, "raters", "Raters whose latest judgment lies in the window.")
SITE_RATERS = gauge(
    "site_active_raters",
    "vendor queue site",
    "raters",
    "Active in 24 h at each of the largest sites of a vendor's queue.",
)
TRAINING_RATERS = gauge("training_raters", "vendor queue", "raters", "Raters in training: measured, never flagged.")
UNKNOWN_RATERS = gauge(
    "unknown_raters",
    "vendor queue reason",
    "raters",
    "Why nothing can be said: few_judgments, no_peers, or no_peers_no_gold (cannot be judged at all).",
)

# Care, not suspicion: sums and counts only, never a person.
EXPOSURE = gauge("care_exposure_seconds", f"{_GROUP} sensitivity", "seconds", "Time on items by their sensitivity.")
EXPOSED_RATERS = gauge(
    "care_raters", "vendor queue level", "raters", "Raters near or over the limit of sensitive content in 24 h."
)

# One rater in one queue. Bounded: see `--rater-series`; window is last50 or 7d.
_RATER = "rater queue vendor"
_RATER_WINDOW = f"{_RATER} window"
_FOUND = f"{_RATER} detector mode site"
RATER_SUSPECT = gauge("rater_suspect", _FOUND, "0 or 1", "1 while a finding is open; 0 for a while after it closed.")
RATER_CRITICAL = gauge("rater_critical", _FOUND, "0 or 1", "1 while an open finding is critical; 0 for a while after.")
RATER_STATE = gauge("rater_state", _RATER, "state", "1 ok, 2 watch, 3 suspect; absent while unknown.")
RATER_SUSPICION = gauge("rater_suspicion_ratio", _RATER, "0 to 1", "Ranks a queue's raters; decides nothing.")
RATER_JUDGMENTS = gauge(
    "rater_judgments", _RATER_WINDOW, "judgments", "Answered and standing judgments; also in the windows 1h and 24h."
)
RATER_AGREEMENT = gauge("rater_agreement_ratio", _RATER_WINDOW, "0 to 1", "Mean agreement with peers.")
RATER_SKILL = gauge("rater_skill_ratio", _RATER_WINDOW, "-1 to 1", "Chance-corrected agreement: 1 perfect, 0 chance.")
RATER_SKILL_LOW = gauge("rater_skill_low_ratio", _RATER_WINDOW, "-1 to 1", "Its 95 % interval's lower end.")
RATER_SKILL_HIGH = gauge("rater_skill_high_ratio", _RATER_WINDOW, "-1 to 1", "Its 95 % interval's upper end.")
RATER_GOLD = gauge("rater_gold_accuracy_ratio", _RATER_WINDOW, "0 to 1", "Share right on items with a known answer.")
RATER_GOLD_LOW = gauge("rater_gold_accuracy_low_ratio", _RATER_WINDOW, "0 to 1", "Its 95 % interval's lower end.")
RATER_GOLD_HIGH = gauge("rater_gold_accuracy_high_ratio", _RATER_WINDOW, "0 to 1", "Its 95 % interval's upper end.")
RATER_DURATION = gauge("rater_duration_seconds", _RATER_WINDOW, "seconds", "Typical time on an item (geometric mean).")
RATERS_SHOWN = gauge("rater_series_raters", "", "raters", "Raters (per queue) that have series of their own.")
RATERS_CUT = gauge("rater_series_cut_raters", "", "raters", "Raters, and findings, left out by the cap; 0 is well.")

METRICS: dict[str, Metric] = {metric.name: metric for metric in list(globals().values()) if isinstance(metric, Metric)}
