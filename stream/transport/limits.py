"""The runner's knobs, with their units in their names and why they stand where they do."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RunnerLimits:
    """How a shard runner paces itself. The defaults were chosen by measuring."""

    linger_ms: int = 0  # age of the oldest unwritten record at which a commit starts: what it holds up waits behind it
    backlog_linger_ms: int = 600  # the same while there is more to come: larger commits are cheaper
    busy_records: int = 500  # unwritten records that tell of more to come, though no batch waits at the moment
    flush_records: int = 20_000  # at full speed a commit starts here; unwritten work never grows much beyond it
    batch_records: int = 4_000  # records applied in one go: keeps one turn of the event loop well below a second
    queued_batches: int = 2  # fetched batches waiting for the shard: one being worked on, one ready
    claim_wait_s: float = 5.0  # how long an assignment waits for claims; later ones finish on their own
    stop_wait_s: float = 4.0  # how long a stopping shard may take to commit what it has applied
    retry_first_s: float = 0.05  # pause after a first failed try, doubled up to the next line
    retry_longest_s: float = 2.0
    idle_check_s: float = 5.0  # a shard without work reads its head this often, to notice a store that went back
    halted_poll_s: float = 3.0  # how often a halted shard looks whether an operator changed its head
    owned_poll_s: float = 0.5  # how often a fenced shard asks the group whether it still owns the partition
    stuck_s: float = 120.0  # delivered but uncommitted for so long, without a known reason: the process exits
    watch_every_s: float = 10.0  # how often the watchdog looks, and lag is observed


def patient(limits: RunnerLimits) -> RunnerLimits:
    """The pace of stage 2: its memory is what a scrape sees, so its commits hold up nobody: batches may share one."""
    return replace(
        limits,
        linger_ms=max(limits.linger_ms, 1_000),
        backlog_linger_ms=max(limits.backlog_linger_ms, 1_500),
        flush_records=max(limits.flush_records, 40_000),
    )
