"""Findings as the stream tells them, with evidence and sentences."""

import math

from stream.events import Corroboration, Evidence, Finding, Sentence

SAID = "62 % of 180 answers are “not spam”; in the queue it is 31 %."


def finding(
    id_: str,
    version: int,
    rater_id: str,
    vendor: str,
    detector: str,
    queue: str,
    opened_at: int,
    at: int,
    *,
    critical: bool = False,
) -> Finding:
    share = 0.66 - 0.03 * math.sin(version) - 0.004 * version
    return Finding(
        id=id_,
        version=version,
        event="opened" if version == 1 else "updated",
        queue=queue,
        detector=detector,
        state="critical" if critical else "ticket",
        sentence=SENTENCES[detector],
        opened_at=opened_at,
        at=at,
        rater_id=rater_id,
        vendor=vendor,
        measure=share,
        low=share - 0.07,
        high=share + 0.06,
        threshold=0.31 + 0.008 * math.cos(version / 2),
        nats=14.2,
        n=100 + 8 * version,
        peers=64,
        evidence=evidence(at),
        corroboration=[FAST],
    )


def evidence(at: int) -> list[Evidence]:
    return [
        Evidence(
            item_id=f"mail-{10_431 + 17 * n}",
            label="not spam" if n % 5 else "spam",
            at=at - n * 420_000,
            peers=3 + n % 3,
            peers_agree=(n % 4) / 4,
            duration_ms=3_100 + 240 * (n % 7),
            chosen="moved" if n < 6 else "random",
        )
        for n in range(9)
    ]


FAST = Corroboration(
    name="fast",
    sentence=Sentence(
        key="fast",
        params={"slower": "88", "n": "142"},
        text=(
            "Of the queue's answers to items of the same kind, 88 % took longer than this rater's typical one "
            "(142 answers were timed)."
        ),
    ),
    n=142,
    others=9_000,
    measure=0.88,
    low=0.8,
    high=0.93,
    usual=0.5,
    nats=3.1,
)
SENTENCES = {
    "constant_answer": Sentence(
        key="constant_answer", params={"share": "62", "n": "180", "label": "not spam", "usual": "31"}, text=SAID
    ),
    "unrelated_to_peers": Sentence(
        key="unrelated_to_peers",
        params={"n": "140", "share": "41", "expected": "39"},
        text=(
            "On 140 items that others judged too, the answers agree with theirs hardly more than the queue's label "
            "mix alone would give: 41 % where 39 % come by chance."
        ),
    ),
    "copying": Sentence(
        key="copying",
        params={"n": "90", "agreements": "86", "expected": "51", "minority": "17"},
        text=(
            "Of 90 items that one other rater judged too, the answers to 86 are the same; 51 would be usual. 17 of "
            "them are answers that few others gave."
        ),
    ),
    "known_answers": Sentence(
        key="known_answers",
        params={"n": "44", "share": "57", "threshold": "70"},
        text="On 44 items with a known answer, 57 % of the answers match it; here at least 70 % is usual.",
    ),
}
