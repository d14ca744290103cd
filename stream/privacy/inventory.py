"""Every kind of data that may be about a person: where it is, what for, who gets it, how long it stays.

The one declaration: docs/privacy.md, `disclose` and `notice` are written from it. A test holds it against the keys and
topics that exist, so that none is left out.
"""

from typing import NamedTuple


class Held(NamedTuple):
    """A kind of data. `places` are names of topics or of Redis keys; `kept` says which setting decides how long."""

    name: str
    places: tuple[str, ...]
    holds: str
    purpose: str
    recipients: str
    kept: str
    when_forgotten: str


_SCORING = "to say how far a rater's answers can be relied on"
_TEAM = "the quality team, through commands and boards"
_MACHINES = "the workers; engineers who may read Kafka or Redis"
_LOG_DAYS = "topic setting retention.ms; `raterwatch topics` makes it 30 days"
_RECORD_DAYS = "topic setting retention.ms; `raterwatch topics` makes it 90 days"
_HORIZON = "RATERWATCH_HORIZON_DAYS (14) after the item's last record, twice at most"

INVENTORY = (
    Held(
        "judgments as sent",
        ("topic judgments",),
        "pseudonym, item, answer, time, duration, vendor, locale, site, cost; by a hash, orders about people and how "
        "far raters' answers are relied on",
        "the record from which all else is computed, also after a loss",
        _MACHINES,
        _LOG_DAYS,
        "stays until the topic's retention; a replay meets the order and comes to the erased state",
    ),
    Held(
        "what each judgment meant",
        ("topic outcomes",),
        "hash of the pseudonym, pseudonym at a first judgment, agreement, known answer met or not, duration, cost",
        "carries what an item says about a judgment to the rater's numbers",
        _MACHINES,
        _LOG_DAYS,
        "stays until the topic's retention",
    ),
    Held(
        "findings as published",
        ("topic findings",),
        "pseudonym, queue, vendor, measure with interval, sentence, up to 64 items with the answer given; where "
        "answers are like one other rater's, that one's hash",
        "tells case service and boards that something needs review",
        "the case service; engineers who may read Kafka",
        _RECORD_DAYS,
        "a closing record without evidence follows; earlier records stay until the topic's retention",
    ),
    Held(
        "refused records",
        ("topic judgments.rejected",),
        "the record as it was sent, which may hold anything, raw ids of people included",
        "so that a producer's mistake can be mended and nothing is lost",
        "engineers who run `raterwatch rejects`",
        _RECORD_DAYS,
        "records refused before stay until the topic's retention; later ones are kept without their content",
    ),
    Held(
        "answers on items",
        ("items", "golds"),
        "hash of the pseudonym, hash of the judgment's id, answer, time, duration, cost, by item",
        "compares a new answer with the earlier ones, drops duplicates, re-scores after a correction",
        _MACHINES,
        f"{_HORIZON}; items with a known answer for good, RATERWATCH_KEPT_ITEMS (100,000) a shard",
        "the answer stays without a name, id, time, duration or cost, for others were compared with it",
    ),
    Held(
        "weight of a rater's answers",
        ("votes",),
        "hash of pseudonym and queue, skill, mix of answers",
        "weighs answers when an item's true answer is estimated",
        _MACHINES,
        "as long as the shard, 200,000 raters at most",
        "removed",
    ),
    Held(
        "a rater's numbers",
        ("raters", "history", "evidence"),
        "pseudonym, vendor, locale, site; sums and windows of 1 h, 24 h, 7 days, lifetime; the 64 latest judgments; up "
        "to 16 others with whom answers are compared, by hash; minutes of exposure",
        _SCORING,
        _TEAM,
        "until `raterwatch forget`",
        "removed; other raters' rows lose the place that named this one",
    ),
    Held(
        "open findings",
        ("findings",),
        "the same as a published finding",
        "so that a finding outlives a restart",
        _TEAM,
        "until the finding closes",
        "closed, and removed",
    ),
    Held(
        "orders about people",
        ("queues", "board"),
        "keyed 64-bit hashes of forgotten and restricted raters, when; for a restriction who ordered it and why",
        "so that a forgotten rater is recognised and a restricted one is left alone",
        _MACHINES,
        "the latest 50,000 forgotten and 10,000 restricted raters a shard",
        "the keyed hash stays, for without it the next judgment would bring the person back",
    ),
    Held(
        "sums of queues and vendors",
        ("queues", "board"),
        "counts of answers, agreement, times, cost by queue and vendor: nobody's name",
        "what is usual in a queue, and what a vendor delivered",
        _TEAM,
        "as long as the shard",
        "stays: it names nobody; where a vendor has one rater only, it is that rater's sum",
    ),
    Held(
        "messages on their way",
        ("head", "outbox"),
        "positions in the logs; the messages of the last commit",
        "so that nothing is lost or counted twice when a worker dies",
        _MACHINES,
        "until the next commit",
        "cleared by the commit that follows that of the order",
    ),
    Held(
        "births of shards",
        ("topic raterwatch.births",),
        "identities of topics: nothing of any person",
        "notices that Redis was emptied",
        _MACHINES,
        "for good",
        "not concerned",
    ),
    Held(
        "metrics",
        ("/metrics, Prometheus",),
        "pseudonym, queue, vendor, state and measures of raters with a finding and of the lowest ranked, as "
        "RATERWATCH_RATER_SERIES says",
        "boards and alerts",
        "the quality team; no vendor",
        "--storage.tsdb.retention.time of Prometheus",
        "no new samples, but that its findings are 0 until alert rules no longer look back on them, or the worker "
        "restarts; earlier samples stay until Prometheus's retention",
    ),
    Held(
        "cases",
        ("the case service's store",),
        "what it says of itself",
        "the conversation with vendor and rater: evidence, answers, appeals, decisions, audit",
        "by role, see the case service",
        "its own settings",
        "erased there, its audit chain staying valid; an open case or legal hold stops the erasure",
    ),
    Held(
        "who is behind a pseudonym",
        ("the vendor's roster and key",),
        "nothing here: `raterwatch whois` runs at the vendor, offline",
        "so that a vendor can speak with the person",
        "the vendor",
        "the vendor's own rules",
        "not reached",
    ),
)
