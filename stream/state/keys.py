"""Every Redis key of the product and every field name that the store itself writes, each with its reason.

A key is `prefix{shard}:name`. The braces make the shard the Redis Cluster hash tag, so that all keys of a shard live in
one slot and one script may write them together; the prefix stands before the tag so that one ACL rule (`~rw:*`) covers
the product. Hashes, not a key for every row: measured at half of Redis's CPU and 40 % less memory.
"""

from dataclasses import dataclass
from functools import lru_cache

DEFAULT_PREFIX = "rw:"

# Both kinds of shard.
HEAD = "head"
OUTBOX = "outbox"
# Stage 1, shards of `judgments`.
QUEUES = "queues"
GOLDS = "golds"
ITEMS = "items"
VOTES = "votes"
# Stage 2, shards of `outcomes`.
RATERS = "raters"
HISTORY = "history"
EVIDENCE = "evidence"
FINDINGS = "findings"
BOARD = "board"

# Fields of the head that belong to the store; a stage's own head fields must be named otherwise.
OWNER = b"owner"  # the token of the last claim: a commit with another one is a zombie's
OFFSET = b"offset"  # next offset of the log to apply, decimal; its presence is what "born" means
COMMIT = b"commit"  # id of the last commit: tells a lost reply from a stranger's write
RESERVED = frozenset({OWNER, OFFSET, COMMIT})

# Start of a shard name that no partition has: the start-up check claims, commits and wipes it, which proves the ACL.
PROBE_SHARD = "raterwatch-probe:"


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """One key of a shard: its name under the hash tag, its Redis type, and why it exists."""

    name: str
    type: str
    reason: str
    generations: bool = False  # the name is followed by `:G`, G a whole number


DECLARED = (
    DeclaredKey(
        HEAD, "hash", "owner, next offset and commit id: what a commit is compared with; and the stage's own position"
    ),
    DeclaredKey(OUTBOX, "list", "messages of the last commit, sent again at a claim until Kafka has acknowledged them"),
    DeclaredKey(QUEUES, "hash", "the settings, whom to forget or restrict, and per queue counts; whole at a claim"),
    DeclaredKey(
        GOLDS, "hash", "golds and who judged them; never expires, so that a corrected gold re-scores old answers"
    ),
    DeclaredKey(
        ITEMS, "hash", "a generation of items with their judgments; dropped whole at rotation", generations=True
    ),
    DeclaredKey(VOTES, "hash", "how much raters' answers weigh, from summaries that came back; whole at a claim"),
    DeclaredKey(RATERS, "hash", "per rater and queue the sums and detector values that every judgment changes"),
    DeclaredKey(
        HISTORY, "hash", "per rater and queue the hourly and daily buckets; apart from the sums, for it changes less"
    ),
    DeclaredKey(
        EVIDENCE, "hash", "per rater and queue the latest judgments, for people to read; never read to compute"
    ),
    DeclaredKey(FINDINGS, "hash", "open findings with the evidence frozen when they opened; whole at a claim"),
    DeclaredKey(
        BOARD, "hash", "totals per queue and vendor, arming, silent raters; whole at a claim, so /metrics has no gap"
    ),
)


def items(generation: int) -> str:
    """Name of a generation of items.

    >>> items(3)
    'items:3'
    """
    return f"{ITEMS}:{generation}"


@lru_cache(maxsize=4096)
def full_key(prefix: str, shard: str, name: str) -> bytes:
    """The key as Redis knows it.

    >>> full_key("rw:", "judgments:7", "head")
    b'rw:{judgments:7}:head'
    """
    return f"{prefix}{{{shard}}}:{name}".encode()


def all_keys_pattern(prefix: str, shard: str) -> str:
    r"""A SCAN pattern that finds a shard's keys, whatever signs the prefix has.

    >>> all_keys_pattern("rw[1]:", "judgments:7")
    'rw\\[1\\]:{judgments:7}:*'
    """
    escaped = "".join(f"\\{sign}" if sign in "*?[]^\\" else sign for sign in prefix)
    return f"{escaped}{{{shard}}}:*"
