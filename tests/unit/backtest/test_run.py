import random

import pytest

from stream.backtest.run import Backtest, Plan, batches
from stream.errors import InputError
from stream.events import Gold, Retraction
from stream.quality.policy import DEFAULT_POLICY
from stream.quality.schema import Column
from stream.stages.policies import Policies
from tests.unit.backtest.worlds import SETTINGS, START_MS, columns_of, judgment, ran, row_of


def test_agreement_gold_and_median_are_those_computed_by_hand():
    result = ran(
        [
            judgment(1, "x", "ann", "a", gold="a", duration_ms=1000),
            judgment(2, "x", "bob", "a", duration_ms=9000),
            judgment(3, "x", "cat", "b"),
            judgment(4, "y", "ann", "b", duration_ms=2000),
            judgment(5, "y", "bob", "a", duration_ms=3000),
            judgment(6, "z", "ann", "b", duration_ms=4000),
        ]
    )

    ann, bob, cat = (row_of(result, name) for name in ("ann", "bob", "cat"))
    # ann: half of her two peers on x agree, none on y, and on z she is alone.
    assert ann.agreement == pytest.approx((1 / 2 + 0) / 2, abs=1e-9)
    assert bob.agreement == pytest.approx((1 / 2 + 0) / 2, abs=1e-9)
    assert cat.agreement == 0
    assert (ann.judgments, ann.gold_judgments, ann.gold_accuracy) == (3, 1, 1.0)
    assert (cat.gold_judgments, cat.gold_accuracy) == (1, 0.0)
    assert (ann.median_duration_ms, bob.median_duration_ms, cat.median_duration_ms) == (2000, 6000, None)
    assert (ann.state, ann.reasons) == ("unknown", "needs 7 more judgments")


def test_a_rater_without_peers_is_unknown_and_not_zero():
    row = row_of(ran([judgment(1, "x", "ann", "a")]), "ann")

    assert (row.agreement, row.agreement_low, row.gold_accuracy, row.fast_share) == (None, None, None, None)
    assert row.reasons == "needs 9 more judgments; no judgment has a peer yet"


def test_the_first_answer_on_an_item_is_the_peers_and_a_later_one_none():
    result = ran(
        [judgment(1, "x", "ann", "a"), judgment(2, "x", "bob", "a"), judgment(3, "x", "ann", "b")],
    )

    assert row_of(result, "bob").agreement == 1.0
    assert (row_of(result, "ann").agreement, row_of(result, "ann").judgments) == (1.0, 2)


def test_a_duplicate_counts_once_and_a_conflicting_one_is_refused_with_its_place():
    once = judgment(1, "x", "ann", "a")
    result = ran([once, judgment(2, "x", "bob", "a"), once, judgment(1, "x", "ann", "b")])

    assert row_of(result, "ann").judgments == 1
    assert result.counts["record", "duplicate"] == 1
    assert result.rejects == {"conflicting_duplicate": (1, 4)}


def test_a_retracted_judgment_leaves_agreement_and_median():
    events = [judgment(n, f"i{n}", "ann", "a", duration_ms=1000 * n) for n in (1, 2, 3)]
    taken = Retraction(queue="q", item_id="i1", judgment_id="j1", rater_id="ann", reason="", at=START_MS + 9000)

    assert row_of(ran([*events, taken]), "ann").median_duration_ms == 2500


def test_known_answers_may_come_as_events_of_their_own():
    gold = Gold(queue="q", item_id="x", label="b", revision=1, at=START_MS + 5000)

    assert row_of(ran([judgment(1, "x", "ann", "a"), gold]), "ann").gold_accuracy == 0.0


def test_a_file_with_a_clock_is_never_too_late_for_itself():
    queue = SETTINGS.queues[0]
    old = [judgment(n, f"i{n}", "ann", "a", submitted_at=86_400_000 * 400 * n) for n in range(1, 30)]

    assert queue.horizon_ms > 0
    assert ran(old).rejects == {}


def test_no_item_is_forgotten_for_its_age():
    years = 86_400_000 * 365
    events = [judgment(n, "x", f"r{n}", "a", submitted_at=START_MS - years * (3 - n)) for n in range(3)]

    assert [row.agreement for row in ran(events).raters] == [1.0, 1.0, 1.0]


def test_the_first_suspicion_is_counted_in_the_raters_own_judgments():
    events = []
    for n in range(60):
        events += [
            judgment(4 * n, f"i{n}", "good", "ab"[n % 2], gold="ab"[n % 2]),
            judgment(4 * n + 1, f"i{n}", "wrong", "ba"[n % 2]),
        ]
    result = ran(events, partitions=1)

    row, opened = row_of(result, "wrong"), [found for found in result.findings if found.event == "opened"]
    assert row.state == "suspect"
    # The first finding's own count of known answers is the count of judgments: each has one.
    assert row.first_suspect_at == opened[0].n
    assert 1 < row.first_suspect_at < 30
    assert {found.detector for found in opened} == {"known_answers", "inverted"}
    assert row.reasons.startswith("known_answers: On ")
    assert row_of(result, "good").first_suspect_at is None


def test_a_lower_threshold_flags_earlier():
    events = [judgment(n, f"i{n}", "wrong", "a", gold="b") for n in range(40)]
    early = row_of(ran(events, policies=Policies(DEFAULT_POLICY._replace(gold_alarm=3.0))), "wrong").first_suspect_at

    assert early < row_of(ran(events), "wrong").first_suspect_at


def test_a_snapshot_knows_nothing_of_what_comes_later_in_the_file():
    head = crowd(300, seed=1)
    tails = ([], crowd(300, seed=2, start=300), crowd(300, seed=3, start=300))
    snapshots = [ran(head + tail, snapshots=(5, 10)).snapshots for tail in tails]

    first = snapshots[0]
    assert first
    assert {row.n for row in first} == {5, 10}
    for longer in snapshots[1:]:
        assert set(first) <= set(longer)
    assert len({(row.rater_id, row.n) for row in first}) == len(first)


def test_a_finding_that_opens_later_does_not_repeat_a_snapshot():
    events = [judgment(n, f"i{n}", "wrong", "a") for n in range(5)]
    golds = [Gold(queue="q", item_id=f"i{n}", label="b", revision=1, at=START_MS + 9000) for n in range(5)]
    result = ran([*events, *golds], snapshots=(5,), policies=Policies(DEFAULT_POLICY._replace(gold_alarm=1.0)))

    assert row_of(result, "wrong").first_suspect_at == 5
    assert [(row.n, row.by_known_answers <= 0) for row in result.snapshots] == [(5, True)]


@pytest.mark.parametrize("partitions", [1, 4])
def test_how_the_file_is_cut_into_batches_changes_nothing(partitions):
    events = crowd(400, seed=4)

    def fed(size):
        engine = Backtest(SETTINGS, Plan(partitions, snapshots=(5, 20)))
        for batch in batches(events, size):
            engine.feed(batch)
        result = engine.finish()
        return result.raters, result.findings, result.snapshots, columns_of(result)

    assert fed(1) == fed(37) == fed(4000)


def test_partitions_do_not_change_the_commutative_columns():
    events = crowd(600, seed=5)

    assert columns_of(ran(events, partitions=1)) == columns_of(ran(events, partitions=4))


def test_each_partition_knows_the_label_mix_of_its_own_items_only():
    expectations = [
        sum(int(table.rows.life[:, Column.EXPECTED].sum()) for shard in ran(crowd(600, seed=5), partitions=n).shards
            for table in shard.tables.values())
        for n in (1, 4)
    ]  # fmt: skip

    assert expectations[0] != expectations[1]


def test_when_nearly_everything_is_refused_it_stops_and_says_why():
    events = [judgment(n, f"i{n}", "ann", "a", queue="nobody's") for n in range(10_000)]

    with pytest.raises(InputError, match=r"stopped: .* refused.*unknown_queue \(first: record 1\)"):
        ran(events, partitions=1)


def test_work_in_training_is_no_rater_row():
    result = ran([judgment(1, "x", "ann", "a", stage="training"), judgment(2, "x", "bob", "a")])

    assert [row.rater_id for row in result.raters] == ["bob"]


def crowd(count, *, seed, start=0):
    """Twelve raters on items of three, one of whom answers at random; a seventh of the items have a known answer."""
    rng = random.Random(seed)
    events = []
    for n in range(start, start + count):
        truth = "ab"[(n // 3) % 2]
        rater = f"r{(n % 3) * 4 + rng.randrange(4)}"
        label = rng.choice("ab") if rater == "r0" or rng.random() < 0.1 else truth
        gold = truth if (n // 3) % 7 == 0 else None
        events.append(judgment(n, f"item-{n // 3}", rater, label, gold=gold, duration_ms=rng.randrange(500, 9000)))
    return events
