from hypothesis import given
from hypothesis import strategies as some

from stream.policy.blame import Blame
from stream.policy.cap import let_go_ms
from stream.policy.declared import DAY_MS
from stream.policy.storm import Verdict
from tests.unit.policy.crowds import crowd, hours, judged

TIMES = some.lists(some.integers(0, 5 * DAY_MS), max_size=30).map(sorted)


def test_ten_new_cases_a_day_at_a_vendor_and_the_others_wait():
    found = judged(crowd("acme", 100, 13, hours_ago=2), crowd("zenith", 10, 0))
    assert found.verdict is Verdict.CAPPED
    [line] = found.waiting
    assert (line.vendor, line.level, len(line.raters), line.next_ms) == ("acme", "ticket", 3, hours(22))


def test_a_day_later_the_next_ten_may_go():
    rows = crowd("acme", 200, 23, hours_ago=2), crowd("zenith", 10, 0)
    assert [len(line.raters) for line in judged(*rows, at=hours(21)).waiting] == [13]
    assert [len(line.raters) for line in judged(*rows, at=hours(22)).waiting] == [3]
    assert judged(*rows, at=hours(46)).verdict is Verdict.CALM


def test_whoever_was_flagged_first_goes_first():
    late = [row for row in crowd("acme", 100, 13, hours_ago=1) if row.flagged][-2:]
    early = crowd("acme", 100, 11, hours_ago=5)
    [line] = judged(early, late).waiting
    assert line.raters == ("acme-None-010", "acme-None-011", "acme-None-012")


def test_a_rater_with_several_findings_takes_one_place_that_of_the_first():
    twice = crowd("acme", 100, 10, hours_ago=5), crowd("acme", 1, 1, hours_ago=2, detector="changed")
    assert judged(*twice).waiting == ()
    [line] = judged(*twice, [crowd("acme", 11, 11, hours_ago=3)[-1]]).waiting
    assert line.raters == ("acme-None-010",)


def test_critical_cases_do_not_wait_behind_tickets_and_vendors_not_for_one_another():
    rows = crowd("acme", 100, 10), crowd("acme", 10, 3, site="Porto", severity="critical"), crowd("zenith", 100, 10)
    assert judged(*rows).waiting == ()


def test_what_only_looks_so_takes_no_place():
    assert judged(crowd("acme", 100, 10), crowd("acme", 40, 20, site="Porto", severity="watch")).waiting == ()


def test_raters_held_back_by_a_storm_get_in_line_when_it_lets_them_go():
    rows = crowd("acme", 30, 12, hours_ago=2), crowd("zenith", 30, 12, hours_ago=2)
    during, after = judged(*rows), judged(*rows, at=hours(22))
    assert (len(during.inhibited), during.waiting) == (24, ())
    assert after.inhibited == ()
    assert [(line.vendor, len(line.raters), line.next_ms) for line in after.waiting] == [
        ("acme", 2, hours(46)),
        ("zenith", 2, hours(46)),
    ]


def test_flags_before_a_storm_have_had_their_places_already():
    early = crowd("acme", 30, 8, hours_ago=20)
    storm = [row for row in crowd("acme", 60, 18, hours_ago=2) if row.rater_key > "acme-None-007"]
    found = judged(early, storm, crowd("zenith", 30, 10, hours_ago=2), at=hours(22))
    assert (found.blame.since_ms, found.inhibited) == (hours(-2), ())
    assert found.waiting == ()


@given(TIMES, some.integers(1, 5), some.none() | some.integers(0, 5 * DAY_MS))
def test_no_24_hours_see_more_cases_than_allowed(since_ms, cases, storm_ms):
    storm = None if storm_ms is None else Blame("spread", storm_ms, storm_ms + DAY_MS)
    let_go = let_go_ms(since_ms, cases, storm)
    assert let_go == sorted(let_go)
    assert all(later - earlier >= DAY_MS for earlier, later in zip(let_go, let_go[cases:], strict=False))
    assert all(go >= since for go, since in zip(let_go, since_ms, strict=True))
    assert storm is None or not any(storm.since_ms <= go < storm.until_ms for go in let_go)


@given(TIMES, some.integers(1, 5))
def test_what_was_let_through_is_not_called_back_by_later_flags(since_ms, cases):
    whole = let_go_ms(since_ms, cases)
    assert all(let_go_ms(since_ms[:known], cases) == whole[:known] for known in range(len(since_ms)))
