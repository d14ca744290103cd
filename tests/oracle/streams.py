"""Random streams of events for property tests: few items, raters and labels, so that everything meets everything."""

from typing import Any

from hypothesis import strategies as st

from stream.quality.policy import Detector
from stream.quality.profile import Profile
from stream.stages.findings import finding_id

START_MS = 1_700_000_000_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
Timed = tuple[int, dict[str, Any]]

_LABELS: dict[str, st.SearchStrategy[Any]] = {
    "nominal": st.sampled_from(["a", "b", "c", "unheard of"]),
    "ordinal": st.sampled_from(["1", "2", "3", "4"]),
    "set": st.lists(st.sampled_from(["x", "y", "z"]), unique=True),
}
_KNOWN = {**_LABELS, "nominal": st.sampled_from(["a", "b", "c"])}
_GUIDELINE = st.sampled_from([None, None, "v2"])
_ITEM = st.sampled_from(["i1", "i2", "i3"])


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@st.composite
def judgments(draw: st.DrawFn, item: tuple[str, str] | None = None, number: int | None = None) -> dict[str, Any]:
    """A judgment. Its id is of a small pool, so that duplicates, conflicts and revisions come by themselves."""
    queue, item_id = item or (draw(st.sampled_from(sorted(_LABELS))), draw(_ITEM))
    rater = draw(st.integers(0, 4))
    outcome = draw(st.sampled_from([None] * 6 + ["skipped", "escalated"]))
    name = draw(st.integers(0, 2)) if number is None else number
    return _given(
        judgment_id=f"{item_id}-r{rater}-{name}",
        item_id=item_id,
        rater_id=f"r{rater}",
        queue=queue,
        vendor=f"v{rater % 2}",
        label=draw(_LABELS[queue]),
        submitted_at=START_MS
        - draw(st.sampled_from([0, 1, 299_999, 300_000, HOUR_MS, DAY_MS, 3 * DAY_MS, 8 * DAY_MS])),
        duration_ms=draw(st.sampled_from([None, 0, 1, 900, 5_000, 60_000])),
        outcome=outcome,
        gold=draw(st.none() | st.none() | _KNOWN[queue]),
        revision=draw(st.sampled_from([None, None, 1, 2])),
        guideline=draw(_GUIDELINE),
        stage=draw(st.sampled_from([None, None, None, "training"])),
        sensitivity=draw(st.sampled_from([None, "none", "sensitive", "severe"])),
        cost=draw(st.sampled_from([None, "0.05", "1.5"])),
    )


@st.composite
def corrections(draw: st.DrawFn) -> dict[str, Any]:
    """A gold, an adjudication or a retraction; a retraction may name a judgment that has not come, or never will."""
    queue, item_id = draw(st.sampled_from(sorted(_LABELS))), draw(_ITEM)
    return draw(known_answers(queue, item_id, draw(st.integers(0, 4))) | retractions(queue, item_id))


@st.composite
def known_answers(draw: st.DrawFn, queue: str, item_id: str, revision: int) -> dict[str, Any]:
    common = {"queue": queue, "item_id": item_id, "label": draw(st.none() | _KNOWN[queue]), "revision": revision}
    if draw(st.booleans()):
        return {"type": "gold", **common, "at": START_MS, **_given(guideline=draw(_GUIDELINE))}
    sampling = draw(st.sampled_from(["random", "targeted", "appeal"]))
    audit = {"auditor": "someone", "sampling": sampling, "severity": "minor", "at": START_MS}
    return {"type": "adjudication", **common, **audit}


@st.composite
def retractions(draw: st.DrawFn, queue: str, item_id: str) -> dict[str, Any]:
    rater = draw(st.integers(0, 4))
    name = f"{item_id}-r{rater}-{draw(st.integers(0, 2))}"
    return retraction(queue, item_id, name, f"r{rater}")


@st.composite
def verdicts(draw: st.DrawFn) -> dict[str, Any]:
    """A person's word on a finding that may be open, closed, or never was."""
    profile = Profile(f"r{draw(st.integers(0, 4))}", draw(st.sampled_from(sorted(_LABELS))), "v0")
    name = finding_id(profile, draw(st.sampled_from(Detector)), draw(st.integers(1, 2)))
    word = draw(st.sampled_from(["confirmed", "cleared", "retrained"]))
    subject = {"finding_id": name, "rater_id": profile.rater_id, "queue": profile.queue}
    return {"type": "verdict", **subject, "verdict": word, "by": "someone", "at": START_MS}


def retraction(queue: str, item_id: str, judgment_id: str, rater_id: str) -> dict[str, Any]:
    names = {"queue": queue, "item_id": item_id, "judgment_id": judgment_id, "rater_id": rater_id}
    return {"type": "retraction", **names, "reason": "by mistake", "at": START_MS}


@st.composite
def logs(draw: st.DrawFn, most: int = 60) -> list[Timed]:
    """Events in the order of a log, with the times of their arrival; some arrive days later."""
    log_ms, timed = START_MS, []
    for event in draw(st.lists(judgments() | judgments() | judgments() | corrections() | verdicts(), max_size=most)):
        log_ms += draw(st.sampled_from([1, 1, 1, 1, 1_000, DAY_MS]))
        timed.append((log_ms, event))
    return timed


@st.composite
def shuffled_facts(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The same consistent facts in two orders: unique ids and revisions, one inline known answer an item.

    The first event of an item stays first: a retraction of an item nobody heard of is refused, see `_retract`.
    """
    facts: list[dict[str, Any]] = []
    anchors: list[dict[str, Any]] = []
    for queue in draw(st.lists(st.sampled_from(sorted(_LABELS)), min_size=1, max_size=3, unique=True)):
        inline = draw(st.none() | _KNOWN[queue])
        for item_id in ("i1", "i2"):
            anchors.append(draw(judgments((queue, item_id), 99)))
            mine = [draw(judgments((queue, item_id), n)) for n in range(draw(st.integers(0, 7)))]
            for judgment in [*mine, anchors[-1]]:
                judgment.pop("gold", None)
                judgment["revision"] = 0
                if inline is not None and draw(st.booleans()):
                    judgment["gold"] = inline
            revised = [{**judgment, "revision": 1, "label": draw(_LABELS[queue])} for judgment in mine[:1]]
            withdrawn = [retraction(queue, item_id, j["judgment_id"], j["rater_id"]) for j in mine[1:3]]
            truths = [draw(known_answers(queue, item_id, n)) for n in range(draw(st.integers(0, 3)))]
            facts += [*mine, *revised, *mine[3:4], *withdrawn, *truths]
    return [*anchors, *draw(st.permutations(facts))], [*anchors, *draw(st.permutations(facts))]
