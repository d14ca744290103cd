"""Opens and closes findings as the policy's detectors say, with the evidence as it stood at that outcome."""

import hashlib

import numpy as np

from stream.events import Evidence, Finding
from stream.quality.alarm_kinds import shares_of_kinds
from stream.quality.outcome_message import QueueInfo
from stream.quality.policy import ALARM_KINDS, DETECTOR_NAMES, Detector, Policy, share_of_name
from stream.quality.profile import Profile
from stream.quality.rater_table import RaterTable
from stream.quality.schema import RING, UNIT, Flag, Kind
from stream.stages.corroboration import corroborations
from stream.stages.finding_book import Why
from stream.stages.measured import measured
from stream.stages.row import Row

MOVED_MOST, AT_RANDOM = 10, 5
_BY_GOLDS = frozenset(Detector) - {Detector.CHANGED, Detector.COPYING}  # tests that known answers enter


def open_finding(
    table: RaterTable, slot: int, detector: Detector, queue: QueueInfo, policy: Policy, at_ms: int, *, shadow: bool
) -> Finding:
    """The finding of a detector that has just passed its threshold."""
    profile, hot = table.profiles[slot], table.rows.hot[slot]
    episode = int(hot["episodes"][detector])
    row = Row(table, slot, queue, policy)
    numbers = measured(row, detector)
    return Finding(
        id=finding_id(profile, detector, episode),
        version=1,
        event="opened",
        queue=profile.queue,
        detector=DETECTOR_NAMES[detector],
        state="critical" if hot["critical"] & (1 << detector) else "suspect",
        sentence=numbers.text,
        opened_at=at_ms,
        at=at_ms,
        rater_id=profile.rater_id,
        vendor=profile.vendor,
        site=profile.site,
        episode=episode,
        measure=float(numbers.value),
        low=float(numbers.low),
        high=float(numbers.high),
        threshold=float(numbers.against),
        nats=None if numbers.nats is None else round(float(numbers.nats), 3),
        sureness=_sureness(table, slot, detector, queue),
        partner=numbers.partner,
        nats_needed=None if numbers.needed is None else round(float(numbers.needed), 3),
        n=numbers.n,
        peers=_peers(table, slot),
        evidence=_evidence(table, slot, queue),
        corroboration=corroborations(row, policy.watch),
        shadow=shadow,
    )


def _sureness(table: RaterTable, slot: int, detector: Detector, queue: QueueInfo) -> float | None:
    """How much of the alarm's evidence the kind that names the finding has; None where there is but one kind."""
    if not ALARM_KINDS >> detector & 1 or queue.kind == Kind.SET:
        return None
    shares = shares_of_kinds(table.rows.alarm[slot], int(table.rows.hot["alarm_classes"][slot]))
    return round(float(share_of_name(1 << detector, shares)), 3)


def why_closed(detector: Detector, row: np.void) -> Why:
    """Why a finding closed at this OUTCOME: someone corrected a known answer, or the evidence went by itself."""
    old, new = row["old"], row["new"]
    changed = old["credit"] != new["credit"] or bool((old["flags"] ^ new["flags"]) & Flag.GOLD_SEEN)
    corrected = detector in _BY_GOLDS and not row["first"] and not row["last"] and changed
    return "gold_corrected" if corrected else "evidence_gone"


def finding_id(profile: Profile, detector: Detector, episode: int) -> str:
    """The same for the same rater, queue, detector and episode, wherever it is computed."""
    name = "\0".join((profile.rater_id, profile.queue, DETECTOR_NAMES[detector], str(episode)))
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def _peers(table: RaterTable, slot: int) -> int:
    return int(_entries(table, slot)["score"]["peers"].sum())


def _entries(table: RaterTable, slot: int) -> np.ndarray:
    hot = table.rows.hot[slot]
    places = (int(hot["ring_start"]) + np.arange(int(hot["ring_length"]))) % RING
    entries: np.ndarray = table.rows.ring[slot][places]
    return entries


def _evidence(table: RaterTable, slot: int, queue: QueueInfo) -> list[Evidence]:
    """The judgments that lowered the measure most, and a few drawn by their id's hash, which nobody chose."""
    entries = _entries(table, slot)
    score = entries["score"]
    answered = (score["flags"] & (Flag.SKIPPED | Flag.ESCALATED)) == 0
    entries, score = entries[answered], score[answered]
    missed = np.where(score["flags"] & Flag.GOLD_SEEN, UNIT - score["credit"].astype("i8"), 0)
    apart = np.where(score["flags"] & Flag.SCORED, score["expected"].astype("i8") - score["agreement"].astype("i8"), 0)
    order = np.argsort(-(missed + apart), kind="stable")
    moved = order[:MOVED_MOST]
    rest = order[MOVED_MOST:]
    drawn = rest[np.argsort(entries["judgment"][rest], kind="stable")][:AT_RANDOM]
    ids = table.item_ids[slot]
    return [
        _one(entries[at], ids[entries["name"][at]], queue, chosen)
        for chosen, some in (("moved", moved), ("random", drawn))
        for at in some.tolist()
    ]


def _one(entry: np.void, item_id: str, queue: QueueInfo, chosen: str) -> Evidence:
    score = entry["score"]
    flags = int(score["flags"])
    return Evidence(
        item_id=item_id,
        label=label_name(queue, int(score["label"])),
        at=int(entry["submitted_ms"]),
        peers=int(score["peers"]),
        peers_agree=int(score["agreement"]) / UNIT if flags & Flag.SCORED else None,
        duration_ms=int(score["duration_ms"]) if flags & Flag.TIMED else None,
        chosen=chosen,  # type: ignore[arg-type]
    )


def label_name(queue: QueueInfo, code: int) -> str | list[str]:
    """The label a code stands for; "other" for one that was never declared."""
    if queue.kind == Kind.SET:
        return [label for bit, label in enumerate(queue.labels) if code >> bit & 1]
    return queue.labels[code] if code < len(queue.labels) else "other"
