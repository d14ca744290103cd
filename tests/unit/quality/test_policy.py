"""How a finding stands: levels, hysteresis, verdicts, corrected known answers, and what a queue's own policy turns."""

import math
import random

import numpy as np
import pytest

from stream.quality.alarm import alarm_nats
from stream.quality.alarm_kinds import AlarmKind, shares_of_kinds
from stream.quality.change import change_nats
from stream.quality.own_past import PAST, won_so_far
from stream.quality.policy import ALL_ON, DEFAULT_POLICY, OUT_OF_QUESTION, SURE_OF_KIND, Detector, Policy, State
from stream.quality.reference import as_share
from stream.quality.schema import SHARE, Column, Kind
from tests.oracle.answers import always, answers, blindly, honestly
from tests.oracle.raters_drive import Bench, Moved, Seen

ALARM = DEFAULT_POLICY.alarm
SAME = answers(40, 1, always(2))
OPENS = 7  # judgments until SAME opens a finding
KIND_OF = {
    Detector.UNRELATED: AlarmKind.UNRELATED,
    Detector.INVERTED: AlarmKind.INVERTED,
    Detector.LOW_SKILL: AlarmKind.LOW_SKILL,
}


def fed(bench: Bench, judgments: list[Seen], slot: int = 0) -> list[Moved]:
    return bench.feed((slot, seen) for seen in judgments).get(slot, [])


def nats(bench: Bench, slot: int = 0) -> float:
    return float(alarm_nats(bench.rows.alarm[slot], 4))


def test_a_finding_opens_at_its_threshold_and_says_it_again_when_it_is_critical() -> None:
    bench = Bench(1)
    moved, reached = [], []
    for seen in SAME:
        moved += fed(bench, [seen])
        reached.append(nats(bench))
    opened = next(n for n, so_far in enumerate(reached, 1) if so_far >= ALARM)
    critical = next(n for n, so_far in enumerate(reached, 1) if so_far >= DEFAULT_POLICY.alarm_critical)
    assert opened < critical
    assert fed(Bench(1), SAME) == [
        Moved(opened, Detector.CONSTANT, is_open=True),
        Moved(critical, Detector.CONSTANT, is_open=True, is_critical=True),
    ]
    assert [(one.is_open, one.is_critical) for one in moved] == [(True, False), (True, True)]


def test_an_open_finding_stays_until_half_of_its_threshold_is_gone_and_keeps_its_name() -> None:
    bench = Bench(1)
    assert fed(bench, SAME[:OPENS]) == [Moved(OPENS, Detector.CONSTANT, is_open=True)]
    for seen in answers(60, 3, honestly):
        (closed,) = fed(bench, [seen]) or [None]
        if closed:
            assert closed.detector == Detector.CONSTANT
            assert nats(bench) < ALARM / 2
            break
        assert nats(bench) >= ALARM / 2
    else:
        pytest.fail("an honest rater's finding never closed")
    assert State(int(bench.rows.hot["state"][0])) != State.SUSPECT


def opened_as(bench: Bench) -> list[Detector]:
    return [detector for detector in Detector if int(bench.rows.hot["open"][0]) >> detector & 1]


def renamed_bench(policy: Policy = DEFAULT_POLICY) -> tuple[Bench, list[Moved]]:
    """A rater who gives one answer until a finding opens, and then any answer, whatever the item."""
    bench = Bench(1, policies=[policy])
    fed(bench, SAME[:OPENS])
    assert opened_as(bench) == [Detector.CONSTANT]
    return bench, fed(bench, answers(120, 5, blindly))


def test_an_open_finding_takes_the_name_that_has_become_surely_likelier_and_stays_one_finding() -> None:
    bench, moved = renamed_bench()
    (renamed,) = [one for one in moved if one.was is not None]
    assert renamed.was == Detector.CONSTANT
    assert [one for one in moved if not one.is_open] == []
    assert opened_as(bench) == [renamed.detector]
    shares = shares_of_kinds(bench.rows.alarm[0], 4)
    assert max(shares) == shares[int(KIND_OF[renamed.detector])]
    assert int(bench.rows.hot["critical"][0]) & ~int(bench.rows.hot["open"][0]) == 0, "no level without a finding"


def test_a_finding_is_renamed_to_no_detector_that_is_off() -> None:
    off = sum(1 << detector for detector in (Detector.UNRELATED, Detector.INVERTED, Detector.LOW_SKILL))
    bench, moved = renamed_bench(DEFAULT_POLICY._replace(detectors_on=float(ALL_ON & ~off)))
    assert opened_as(bench) == [Detector.CONSTANT]
    assert [one for one in moved if one.was is not None or not one.is_open] == []


def test_a_name_is_kept_while_none_is_surely_likelier() -> None:
    bench = Bench(1)
    fed(bench, SAME[:OPENS])
    for seen in answers(120, 5, blindly):
        before = opened_as(bench)
        fed(bench, [seen])
        shares = shares_of_kinds(bench.rows.alarm[0], 4)
        is_sure = max(shares) >= SURE_OF_KIND or shares[int(AlarmKind.CONSTANT)] < OUT_OF_QUESTION
        assert (opened_as(bench) != before) == (is_sure and nats(bench) >= ALARM)
        if opened_as(bench) != before:
            break
    else:
        pytest.fail("the finding was never renamed")


def test_right_on_known_answers_renames_a_constant_rater_and_does_not_flicker() -> None:
    bench = Bench(1)
    fed(bench, SAME)
    assert opened_as(bench) == [Detector.CONSTANT]
    fed(bench, [Seen(label=2, credit=1.0, hit=0.9)] * 5)
    assert opened_as(bench) == [Detector.KNOWN_AGAINST_REST]
    fed(bench, [Seen(label=2, credit=0.0, hit=0.9)] * 2)
    assert opened_as(bench) == [Detector.KNOWN_AGAINST_REST], "5 of 7 keep the name"
    fed(bench, [Seen(label=2, credit=0.0, hit=0.9)])
    assert opened_as(bench) == [Detector.CONSTANT], "5 of 8 do not"


def test_evidence_worth_a_look_is_watched_before_anything_opens() -> None:
    bench = Bench(1)
    for n in range(1, OPENS):
        fed(bench, SAME[n - 1 : n])
        assert bool(bench.rows.hot["watch"][0]) == (nats(bench) >= DEFAULT_POLICY.watch), n
    assert int(bench.rows.hot["watch"][0]) == 1 << Detector.CONSTANT
    assert State(int(bench.rows.hot["state"][0])) == State.WATCH


def test_a_change_is_watched_within_the_watch_distance_of_its_threshold() -> None:
    bench = Bench(1)
    fed(bench, answers(250, 1, honestly))
    seen = []
    for one in answers(12, 51, always(2)):
        fed(bench, [one])
        so_far = float(change_nats(bench.rows.change[0], 4))
        bits = tuple(bool(bench.rows.hot[name][0] & (1 << Detector.CHANGED)) for name in ("watch", "open"))
        assert bits == (so_far >= DEFAULT_POLICY.change - DEFAULT_POLICY.watch, so_far >= DEFAULT_POLICY.change)
        seen.append(bits)
    assert list(dict.fromkeys(seen)) == [(False, False), (True, False), (True, True)]


def test_the_own_past_is_thirty_scored_answers_before_a_change_of_it_can_be_seen() -> None:
    bench = Bench(1)
    fed(bench, answers(30, 1, honestly))
    assert not bench.rows.change[0, PAST:].any()
    fed(bench, SAME[:1])
    assert bench.rows.change[0, PAST:].any()


def test_a_verdict_begins_the_alarm_anew_and_asks_for_as_many_new_answers() -> None:
    bench = Bench(2)
    fed(bench, answers(300, 9, honestly), slot=1)  # what the queue tells of honest raters is known before and after
    first = fed(bench, SAME[:20])
    bench.restart(0, Detector.CONSTANT)
    hot = bench.rows.hot[0]
    assert (int(hot["open"]), int(hot["critical"]), State(int(hot["state"]))) == (0, 0, State.OK)
    assert not bench.rows.alarm[0].any()
    assert fed(bench, SAME[:20]) == first


@pytest.mark.parametrize("decided", [Detector.CHANGED, Detector.CONSTANT])
def test_a_verdict_leaves_the_other_open_finding_and_its_evidence_to_a_verdict_of_its_own(decided: Detector) -> None:
    bench = Bench(1)
    fed(bench, answers(100, 1, honestly) + answers(220, 51, always(2)))
    both = {Detector.CHANGED, Detector.CONSTANT}
    assert int(bench.rows.hot["open"][0]) == sum(1 << detector for detector in both)
    alarm, change = bench.rows.alarm[0].copy(), bench.rows.change[0].copy()
    bench.restart(0, decided)
    (left,) = both - {decided}
    assert int(bench.rows.hot["open"][0]) == 1 << left
    assert np.array_equal(bench.rows.alarm[0], alarm) == (left == Detector.CONSTANT)
    assert np.array_equal(bench.rows.change[0], change) == (left == Detector.CHANGED)
    if decided == Detector.CHANGED:
        won = np.zeros(PAST, "i8")
        won_so_far(alarm, 4, won)
        assert np.array_equal(bench.rows.change[0, :PAST], won), "the past is what the alarm knows"
        assert not bench.rows.change[0, PAST:].any()
    else:
        assert not bench.rows.alarm[0].any()
    assert [moved for moved in fed(bench, SAME[:1]) if moved.detector == left] == []


def test_a_verdict_on_the_only_open_finding_begins_both_tests_anew() -> None:
    """A person who clears a rater's answers clears what the other test made of them."""
    bench = Bench(1)
    fed(bench, answers(60, 1, honestly) + SAME[:12])
    assert int(bench.rows.hot["open"][0]) in {1 << Detector.CHANGED, 1 << Detector.CONSTANT}
    assert bench.rows.change[0].any()
    bench.restart(0, Detector(int(bench.rows.hot["open"][0]).bit_length() - 1))
    assert not bench.rows.change[0].any()
    assert not bench.rows.alarm[0].any()


def test_what_was_judged_before_the_verdict_on_a_change_still_corrects_the_open_alarm() -> None:
    wrong, right = Seen(label=1, credit=0.0, hit=0.9), Seen(label=1, credit=1.0, hit=0.9)
    bench = Bench(1)
    fed(bench, [wrong, *answers(100, 1, honestly), *answers(220, 51, always(2))])
    bench.restart(0, Detector.CHANGED)
    before = bench.rows.alarm[0].copy()
    bench.correct(0, 0, wrong, right)
    assert not np.array_equal(bench.rows.alarm[0], before)
    bench.correct(0, 0, right, wrong)
    assert np.array_equal(bench.rows.alarm[0], before)


def test_a_verdict_on_known_answers_leaves_the_alarm_as_it_is() -> None:
    bench = Bench(1)
    fed(bench, [seen._replace(credit=0.0) for seen in SAME[:20]])
    assert int(bench.rows.hot["open"][0]) == 1 << Detector.KNOWN_ANSWERS | 1 << Detector.CONSTANT
    before = bench.rows.alarm[0].copy()
    bench.restart(0, Detector.KNOWN_ANSWERS)
    assert int(bench.rows.hot["open"][0]) == 1 << Detector.CONSTANT
    assert np.array_equal(bench.rows.alarm[0], before)
    assert fed(bench, [Seen(credit=0.0)]) == [], "what was before the verdict does not count again"


def test_what_was_judged_before_a_verdict_changes_the_new_test_no_more() -> None:
    bench = Bench(1)
    wrong, right = Seen(credit=0.0, hit=0.9), Seen(credit=1.0, hit=0.9)
    fed(bench, [wrong, Seen(), *SAME])
    bench.restart(0, Detector.CONSTANT)
    bench.correct(0, 0, wrong, right)
    assert not bench.rows.alarm[0].any(), "a corrected known answer"
    bench.correct(0, 1, Seen(), SAME[0])
    assert not bench.rows.alarm[0].any(), "peers that came later"


@pytest.mark.parametrize("between", [0, 7])
def test_a_corrected_known_answer_takes_its_nats_back_exactly(between: int) -> None:
    wrong, right = Seen(label=1, credit=0.0, hit=0.9), Seen(label=1, credit=1.0, hit=0.9)
    others = answers(between, 4, blindly)
    corrected, never_wrong, without = Bench(1), Bench(1), Bench(1)
    fed(corrected, [wrong, wrong, *others])
    fed(never_wrong, [right, right, *others])
    fed(without, [Seen(label=1), Seen(label=1), *others])
    for at in (0, 1):
        corrected.correct(0, at, wrong, right)
    assert np.array_equal(corrected.rows.alarm[0], never_wrong.rows.alarm[0])
    for at in (0, 1):
        corrected.correct(0, at, right, Seen(label=1))  # the known answer is withdrawn
    assert np.array_equal(corrected.rows.alarm[0], without.rows.alarm[0])


def test_a_corrected_known_answer_closes_what_it_had_opened() -> None:
    bench, wrong, right = Bench(1, scale=2), Seen(credit=0.0), Seen(credit=1.0)
    assert fed(bench, [wrong] * 11) == [Moved(11, Detector.KNOWN_ANSWERS, is_open=True)]
    closed = [moved for at in range(7) for moved in bench.correct(0, at, wrong, right)]
    assert [(moved.detector, moved.is_open) for moved in closed] == [(Detector.KNOWN_ANSWERS, False)]
    assert int(bench.rows.life[0, Column.GOLD_RIGHT]) == 7 * 2**30


def test_a_detector_that_the_policy_turned_off_is_neither_opened_nor_watched() -> None:
    without = DEFAULT_POLICY._replace(detectors_on=float(ALL_ON & ~(1 << Detector.CONSTANT)))
    bench = Bench(1, policies=[without])
    assert fed(bench, SAME) == []
    assert nats(bench) > DEFAULT_POLICY.alarm_critical
    assert (int(bench.rows.hot["watch"][0]), State(int(bench.rows.hot["state"][0]))) == (0, State.OK)


def test_a_threshold_that_no_budget_pays_for_never_opens() -> None:
    never = Policy(alarm=math.inf, change=math.inf, gold_alarm=math.inf)
    bench = Bench(1, policies=[never])
    assert fed(bench, [seen._replace(credit=0.0) for seen in answers(300, 1, always(2))]) == []


def test_each_queue_holds_its_raters_to_its_own_policy() -> None:
    bench = Bench(2, policies=[DEFAULT_POLICY, DEFAULT_POLICY._replace(alarm=1.0, alarm_critical=math.inf)])
    bench.rows.hot["policy"][1] = 1
    moved = bench.feed((slot, seen) for seen in SAME for slot in (0, 1))
    early, named = moved[1]
    assert (named.was, named.detector) == (early.detector, Detector.CONSTANT), "so few answers named it wrongly"
    assert early.n < moved[0][0].n
    assert [one.is_critical for one in moved[0]] == [False, True]


def test_on_a_queue_with_more_labels_the_tests_begin_anew_with_room_for_them() -> None:
    bench = Bench(1)
    fed(bench, SAME[:20])
    bench.rows.hot["scale"] = bench.classes = 5
    five = [seen._replace(predictive=(*seen.predictive, 0.0)) for seen in SAME if seen.predictive]
    (closed, *again) = fed(bench, five)
    assert (closed.n, closed.is_open) == (1, False)
    assert [one.is_open for one in again] == [True, True]


def test_on_a_scale_honest_known_answers_are_no_evidence_however_close_the_levels_lie() -> None:
    """By degree two answers agree to 70 % by chance, while the label's own share is a quarter."""
    random_ = random.Random(7)
    known = [Seen(label=random_.randrange(4), credit=1.0, hit=0.85, expected=0.7) for _ in range(200)]
    known = [seen if random_.random() < 0.85 else seen._replace(credit=0.0) for seen in known]
    scale = Bench(1, kind=Kind.ORDINAL)
    assert fed(scale, known) == []
    assert nats(scale) < DEFAULT_POLICY.watch
    nominal = Bench(1)
    fed(nominal, [seen._replace(expected=as_share(0.25) / SHARE) for seen in known])
    assert np.array_equal(scale.rows.alarm[0], nominal.rows.alarm[0])
