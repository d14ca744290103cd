import msgspec

from stream.backtest.watch import Snapshot
from stream.events import Corroboration, Finding, Sentence
from stream.report.account import Account
from stream.report.by_group import by_group
from stream.report.comparison import compare
from stream.report.detection import detection
from stream.report.flag_scores import flag_scores
from stream.report.flagged import flagged_raters
from stream.report.reliability import reliability
from stream.report.spending import Budget, spending
from tests.unit.report.values import queue_told, standing


def finding(rater, detector="constant_answer", *, version=1, event="opened", at=1_000, **fields):
    return Finding(
        id=f"{rater}-{detector}",
        version=version,
        event=event,
        queue="q",
        detector=detector,
        state="suspect",
        sentence=Sentence(key=detector, params={}, text=f"what {rater} did"),
        opened_at=1_000,
        at=at,
        rater_id=rater,
        n=30,
        peers=7,
        measure=0.9,
        low=0.8,
        high=0.95,
        threshold=0.85,
        **fields,
    )


def snapshot(rater, n, score):
    return Snapshot(rater, "q", n, score, 0.0, 0.0, 0.0, 0.5, 0.8, 0.3)


def account(standings, findings):
    return Account(
        rated=len(standings),
        needs_review=0,
        flagged=flagged_raters(standings, findings, []),
        scores=flag_scores(standings),
        detection=detection(standings),
        reliability=reliability(standings),
        budget=Budget(),
        spending=spending(standings, Budget()),
        groups=by_group(standings),
        queues=[queue_told()],
    )


def test_a_flagged_rater_comes_with_reasons_and_the_way_of_the_score():
    crowd = [standing("ann", flagged_at=40, needs_review=True, suspicion=0.9, judgments=90), standing("bob")]
    others = [snapshot("bob", 5, 0.1)]
    scores = [snapshot("ann", 20, 0.7), snapshot("ann", 5, 0.4), snapshot("ann", 90, 0.8)]

    [ann] = flagged_raters(crowd, [finding("ann")], scores + others)

    [reason] = ann.reasons
    assert (ann.rater_id, ann.flagged_at, ann.needs_review, ann.below_bar) == ("ann", 40, True, None)
    assert (reason.sentence, reason.n, reason.peers, reason.low, reason.closed_why) == (
        "what ann did",
        30,
        7,
        0.8,
        None,
    )
    assert ann.trail == [(5, 0.4), (20, 0.7), (90, 0.9)]


def test_a_closed_finding_tells_when_and_why():
    told = [finding("ann", version=2, event="closed", at=9_000, why="gold_corrected"), finding("ann")]

    [ann] = flagged_raters([standing("ann", flagged_at=40)], told, [])

    assert [(one.closed_at_ms, one.closed_why) for one in ann.reasons] == [(9_000, "gold_corrected")]


def test_a_renamed_finding_is_told_under_its_last_name_and_with_what_stood_beside_it():
    beside = Corroboration(
        name="fast",
        sentence=Sentence(key="fast", params={}, text="quick"),
        n=30,
        others=900,
        measure=-2.0,
        low=-2.3,
        high=-1.7,
        usual=0.0,
        nats=4.0,
    )
    told = [
        finding("ann", version=3, event="closed", at=9_000, why="verdict", corroboration=[beside]),
        msgspec.structs.replace(finding("ann", "inverted"), id="ann-constant_answer"),
        finding("ann", version=2, event="updated", at=5_000, corroboration=[beside]),
    ]

    [ann] = flagged_raters([standing("ann", flagged_at=40)], told, [])

    [reason] = ann.reasons
    assert (reason.detector, reason.opened_at_ms, reason.closed_why) == ("constant_answer", 1_000, "verdict")
    assert reason.corroboration == ["quick"]


def test_who_needs_review_now_comes_first():
    crowd = [
        standing("closed", flagged_at=9, suspicion=0.99),
        standing("mild", flagged_at=9, suspicion=0.6, needs_review=True),
        standing("clear", flagged_at=9, suspicion=0.8, needs_review=True),
    ]

    assert [one.rater_id for one in flagged_raters(crowd, [], [])] == ["clear", "mild", "closed"]


def test_two_policies_differ_by_whom_only_one_of_them_flags():
    new = account([standing("ann", flagged_at=40, below=True), standing("bob", flagged_at=9)], [finding("ann")])
    old = account([standing("cat", flagged_at=7), standing("bob", flagged_at=80)], [finding("cat")])

    changes = compare(new, old)

    assert [(one.rater_id, one.flagged_at, one.below_bar, one.sentences) for one in changes.newly] == [
        ("ann", 40, True, ["what ann did"])
    ]
    assert [(one.rater_id, one.sentences) for one in changes.cleared] == [("cat", ["what cat did"])]
    assert changes.both == 1


def test_the_same_rater_in_two_queues_is_two():
    new = account([standing("ann", flagged_at=4), standing("ann", queue="p", flagged_at=4)], [])
    old = account([standing("ann", flagged_at=4)], [])

    assert [(one.rater_id, one.queue) for one in compare(new, old).newly] == [("ann", "p")]
