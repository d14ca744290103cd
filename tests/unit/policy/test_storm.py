from hypothesis import given
from hypothesis import strategies as some

from stream.policy.declared import HOUR_MS
from stream.policy.flags import FlagRow
from stream.policy.policy_file import parse_policy
from stream.policy.storm import Verdict, judge_flags
from tests.unit.policy.crowds import NOW, POLICY, crowd, hours, judged

CALM, VENDOR, QUEUE = Verdict.CALM, Verdict.VENDOR_NEEDS_REVIEW, Verdict.QUEUE_TO_BLAME


def test_a_fifth_of_20_active_raters_flagged_over_vendors_blames_the_queue():
    found = judged(crowd("acme", 10, 2), crowd("zenith", 10, 2))
    assert (found.verdict, found.blame.why) == (QUEUE, "spread")
    assert (found.active_raters, found.flagged_raters, len(found.inhibited)) == (20, 4, 4)


def test_a_smaller_share_or_fewer_raters_blame_nobody():
    assert judged(crowd("acme", 10, 2), crowd("zenith", 10, 1)).verdict is CALM
    assert judged(crowd("acme", 10, 5), crowd("zenith", 9, 5)).verdict is CALM


def test_raters_who_hardly_worked_today_do_not_count():
    def zenith(judgments):
        return [row._replace(active_judgments=judgments) for row in crowd("zenith", 10, 2)]

    assert judged(crowd("acme", 10, 2), zenith(9)).verdict is CALM
    assert judged(crowd("acme", 10, 2), zenith(10)).verdict is QUEUE


def test_alerts_wait_24_hours_from_the_flag_that_made_them_too_many():
    rows = crowd("acme", 10, 2, hours_ago=20), crowd("zenith", 10, 2, hours_ago=3)
    found = judged(*rows)
    assert (found.blame.since_ms, found.blame.until_ms) == (hours(-3), hours(21))
    assert len(judged(*rows, at=hours(3)).inhibited) == 4
    # The earlier flags have waited as long as any alert may.
    assert {rater.partition("-")[0] for rater in judged(*rows, at=hours(4)).inhibited} == {"zenith"}
    over = judged(*rows, at=hours(21))
    assert (over.verdict, over.inhibited) == (QUEUE, ())


def test_later_flags_do_not_prolong_the_wait():
    early = crowd("acme", 10, 2, hours_ago=20), crowd("zenith", 10, 2, hours_ago=20)
    more = crowd("borea", 10, 6, hours_ago=1)
    assert judged(*early, more).blame.until_ms == hours(-1) + 24 * HOUR_MS
    assert judged(*early, crowd("borea", 1, 1, hours_ago=1)).blame.until_ms == hours(23)
    assert judged(*early).blame.until_ms == hours(4)
    more = crowd("acme", 10, 3, hours_ago=20), crowd("zenith", 10, 3, hours_ago=20), crowd("borea", 1, 1, hours_ago=1)
    assert len(judged(*more).inhibited) == 7
    assert judged(*more, at=hours(4)).inhibited == ()


def test_of_two_reasons_the_earlier_counts_so_that_24_hours_are_not_begun_anew():
    constant = crowd("acme", 20, 12, detector="constant_answer", hours_ago=1)
    found = judged(crowd("acme", 10, 5, site="Porto", hours_ago=9), constant, crowd("zenith", 10, 5, hours_ago=9))
    assert (found.blame.why, found.blame.since_ms) == ("spread", hours(-9))
    alone = judged(crowd("acme", 40, 12, detector="constant_answer", hours_ago=1))
    assert alone.blame.since_ms == hours(-1)


def test_flags_at_one_vendor_while_others_agree_are_the_vendors():
    found = judged(crowd("acme", 10, 6), crowd("zenith", 20, 1))
    assert (found.verdict, found.blame, found.inhibited) == (VENDOR, None, ())
    [review] = found.reviews
    assert (review.vendor, review.site, review.active_raters, review.flagged_raters) == ("acme", None, 10, 6)
    assert (review.others_active, review.others_flagged) == (20, 1)


def test_flags_at_one_site_are_the_sites():
    found = judged(crowd("acme", 10, 6, site="Porto"), crowd("acme", 20, 1, site="Cebu"), crowd("zenith", 20, 1))
    assert [(review.vendor, review.site) for review in found.reviews] == [("acme", "Porto")]


def test_a_vendor_whose_sites_are_all_flagged_is_named_whole():
    sites = crowd("acme", 10, 5, site="Porto"), crowd("acme", 10, 5, site="Cebu")
    found = judged(*sites, crowd("zenith", 60, 1))
    assert [(review.vendor, review.site) for review in found.reviews] == [("acme", None)]


def test_a_vendor_with_one_site_is_named_as_a_vendor():
    found = judged(crowd("acme", 10, 6, site="Porto"), crowd("zenith", 20, 1, site="Cebu"))
    assert [(review.vendor, review.site) for review in found.reviews] == [("acme", None)]


def test_several_vendors_may_stand_out():
    found = judged(crowd("acme", 10, 4), crowd("borea", 10, 4), crowd("zenith", 60, 0))
    assert [review.vendor for review in found.reviews] == ["acme", "borea"]


def test_the_only_vendor_of_a_queue_has_nobody_to_be_compared_with():
    assert judged(crowd("acme", 30, 10)).verdict is QUEUE
    assert judged(crowd("acme", 30, 10), crowd("zenith", 9, 0)).verdict is QUEUE


def test_one_or_two_raters_are_no_vendor():
    assert judged(crowd("acme", 10, 2), crowd("zenith", 30, 0)).verdict is CALM


def test_a_vendor_is_reviewed_in_a_queue_that_is_calm_as_a_whole():
    assert judged(crowd("acme", 10, 4), crowd("zenith", 90, 2)).verdict is VENDOR


def test_above_a_quarter_who_look_constant_the_queue_is_to_blame_whoever_employs_them():
    watched = {"detector": "constant_answer", "severity": "watch"}
    assert judged(crowd("acme", 10, 10, **watched), crowd("zenith", 30, 0)).verdict is CALM
    found = judged(crowd("acme", 11, 11, **watched), crowd("zenith", 29, 0))
    assert (found.verdict, found.blame.why, found.flagged_raters) == (QUEUE, "constant", 0)
    assert found.inhibited == ()


def test_a_vendor_that_answers_constantly_is_named_beside_the_queue():
    found = judged(crowd("acme", 15, 12, detector="constant_answer"), crowd("zenith", 25, 0))
    assert (found.verdict, found.blame.why) == (QUEUE, "constant")
    assert [review.vendor for review in found.reviews] == ["acme"]
    assert len(found.inhibited) == 12


def test_a_rater_with_several_findings_is_one_rater():
    twice = crowd("acme", 10, 2, hours_ago=9) + crowd("acme", 2, 2, detector="changed", hours_ago=1)
    found = judged(twice, crowd("zenith", 10, 1))
    assert (found.active_raters, found.flagged_raters) == (20, 3)
    assert judged(twice, crowd("zenith", 10, 2, hours_ago=9)).blame.since_ms == hours(-9)


def test_a_rater_who_moved_counts_where_most_of_the_work_is():
    moved = [row._replace(vendor="zenith", active_judgments=5) for row in crowd("acme", 10, 6)]
    found = judged(crowd("acme", 10, 6), moved, crowd("zenith", 20, 1))
    assert [(review.vendor, review.flagged_raters, review.others_active) for review in found.reviews] == [
        ("acme", 6, 20)
    ]


def test_each_queue_is_judged_by_itself_and_by_its_own_numbers():
    rows = crowd("acme", 10, 2) + crowd("zenith", 10, 2)
    rows += [row._replace(queue="toxicity") for row in rows]
    lenient = parse_policy("[queues.toxicity.storm]\nflagged_share = 0.5")
    verdicts = judge_flags(rows, lenient, NOW)
    assert {queue: found.verdict for queue, found in verdicts.items()} == {"spam": QUEUE, "toxicity": CALM}


ROWS = some.lists(
    some.builds(
        FlagRow,
        queue=some.just("spam"),
        vendor=some.sampled_from(["acme", "borea", "zenith"]),
        site=some.sampled_from([None, "Porto", "Cebu"]),
        rater_key=some.integers(0, 60).map(str),
        active_judgments=some.sampled_from([0, 9, 10, 100]),
        since_ms=some.none() | some.integers(-40, 0).map(hours),
        detector=some.sampled_from(["constant_answer", "changed"]),
        severity=some.sampled_from(["watch", "ticket", "critical"]),
    ),
    min_size=1,
    max_size=80,
)


@some.composite
def crowds(draw):
    """Raters by vendor and site with any number of flags: verdicts of every kind come up."""
    sizes = some.integers(0, 25)
    rows = []
    for vendor in ("acme", "borea", "zenith"):
        for site in ("Porto", "Cebu"):
            raters = draw(sizes)
            flagged = draw(some.integers(0, raters))
            detector = draw(some.sampled_from(["changed", "constant_answer"]))
            rows += crowd(vendor, raters, flagged, site=site, hours_ago=draw(some.integers(0, 30)), detector=detector)
    return rows


def changed(rows):
    return judge_flags(rows, POLICY, NOW)


@given(ROWS, some.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_row_twice_matters(rows, random):
    shuffled = rows + rows[:3]
    random.shuffle(shuffled)
    assert changed(shuffled) == changed(rows)


@given(crowds(), some.sampled_from(["changed", "constant_answer"]), some.data())
def test_one_more_flag_never_lowers_the_verdict(rows, detector, data):
    unflagged = [at for at, row in enumerate(rows) if row.since_ms is None]
    if not unflagged:
        return
    at = data.draw(some.sampled_from(unflagged))
    more = list(rows)
    more[at] = rows[at]._replace(since_ms=hours(-data.draw(some.integers(0, 30))), detector=detector, severity="ticket")
    assert judged(more).verdict >= judged(rows).verdict


@given(crowds().filter(bool) | ROWS, some.integers(-40, 80))
def test_no_alert_waits_for_a_storm_longer_than_24_hours(rows, later):
    found = judged(rows, at=hours(later))
    since = {row.rater_key: row.since_ms for row in sorted(rows, key=lambda row: -(row.since_ms or 0)) if row.flagged}
    assert all(hours(later) < since[rater] + 24 * HOUR_MS for rater in found.inhibited)
