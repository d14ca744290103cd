import pytest
from scipy.stats import chi2

from stream.report.by_group import UNTOLD, by_group
from stream.report.detection import detection
from stream.report.flag_scores import flag_scores
from stream.report.intervals import poisson_interval
from stream.report.reliability import reliability
from stream.report.spending import Budget, spending
from stream.report.wording import percent, plain
from tests.unit.report.values import standing


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 500])
def test_the_exact_interval_is_that_of_the_chi_square_distribution(count):
    expected = (chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2)

    assert poisson_interval(count) == pytest.approx(expected, rel=1e-9)


def test_precision_and_recall_are_over_raters_whose_truth_is_known():
    crowd = [
        *[standing(flagged_at=30, below=True)] * 3,
        standing(flagged_at=30, below=False),
        *[standing(below=True)] * 2,
        *[standing(below=False)] * 4,
        standing(flagged_at=9),
    ]

    found = flag_scores(crowd)

    assert (found.known, found.below_bar, found.flagged_known, found.flagged_below_bar) == (10, 5, 4, 3)
    assert (found.precision.value, found.recall.value, found.flagged_among_rest.value) == (3 / 4, 3 / 5, 1 / 5)


def test_nothing_known_is_no_zero():
    found = flag_scores([standing(flagged_at=3)])

    assert (found.precision, found.recall, found.flagged_among_rest) == (None, None, None)


def test_delay_counts_from_the_first_judgment_below_the_bar():
    crowd = [
        standing(flagged_at=270, below=True, since=251, judgments=400),
        standing(flagged_at=40, below=True, judgments=60),
        standing(flagged_at=100, below=True, since=251, judgments=400),
        standing(below=True, judgments=30),
        standing(flagged_at=5, below=False),
    ]

    found = detection(crowd)

    assert (found.below_bar, found.found, found.found_before) == (4, 2, 1)
    assert (found.median_delay, found.late_delay) == (30.0, pytest.approx(38))
    within = {one.judgments: one.found for one in found.within}
    assert (within[20].value, within[20].n) == (1 / 4, 4)
    assert (within[40].value, within[40].n) == (2 / 3, 3)
    assert within[200] is None


def test_reliability_holds_scores_against_what_is_true():
    crowd = [standing(suspicion=0.25, below=n < 2) for n in range(8)] + [standing(suspicion=1.0, below=True)]

    found = reliability([*crowd, standing(suspicion=0.9)])

    assert (found.known, len(found.bins)) == (9, 10)
    assert (found.bins[2].mean_suspicion, found.bins[2].below_bar.value) == (0.25, 0.25)
    assert (found.bins[9].below_bar.n, found.bins[5].below_bar) == (1, None)
    assert found.brier == pytest.approx((2 * 0.75**2 + 6 * 0.25**2) / 9)
    assert found.error == pytest.approx(0.0)


def test_calibration_error_is_the_mean_gap_over_raters():
    crowd = [standing(suspicion=0.85, below=False)] * 3 + [standing(suspicion=0.05, below=False)]

    assert reliability(crowd).error == pytest.approx((3 * 0.85 + 0.05) / 4)


@pytest.mark.parametrize(("wrong", "verdict"), [(0, "kept"), (4, "too little data to tell"), (60, "exceeded")])
def test_the_budget_is_kept_only_with_its_whole_interval(wrong, verdict):
    # 2,000 raters of 5,000 judgments are 4,000 rater-weeks: 4 wrong flags are exactly 10 per 10,000.
    honest = [standing(below=False, judgments=5_000, flagged_at=9 if n < wrong else None) for n in range(2_000)]

    ticketed, critical = spending([*honest, standing(below=True, flagged_at=3)], Budget())

    assert (ticketed.honest_flagged, ticketed.flagged, ticketed.verdict) == (wrong, wrong + 1, verdict)
    assert ticketed.rate == pytest.approx(wrong * 2.5)
    assert ticketed.allowed == pytest.approx(4.0, abs=0.001)
    assert (critical.flagged, critical.declared) == (0, 1.0)


def test_without_truth_the_budget_has_no_verdict():
    assert {one.verdict for one in spending([standing(flagged_at=3)], Budget())} == {"truth not known"}


def group_of(groups, by, name):
    [found] = [group for group in groups if (group.by, group.name) == (by, name)]
    return found


def test_a_group_flagged_more_than_a_quarter_above_the_rest_is_a_warning():
    def crowd(vendor, flagged, n):
        return [standing(vendor=vendor, flagged_at=9 if at < flagged else None, below=at < 2) for at in range(n)]

    groups = by_group([*crowd("east", 30, 100), *crowd("west", 5, 100), *crowd("south", 1, 4)])

    east, west, south = (group_of(groups, "vendor", name) for name in ("east", "west", "south"))
    assert (east.warning, east.maybe_chance, east.rest_rate.value) == (True, False, 6 / 104)
    assert (west.warning, west.rate.n) == (False, 100)
    assert (south.warning, south.maybe_chance) == (True, True)
    assert (east.precision.value, east.precision.n) == (2 / 30, 30)


def test_just_a_quarter_above_the_rest_is_no_warning():
    crowd = [standing(vendor=v, flagged_at=9 if at < n else None) for v, n in (("a", 5), ("b", 4)) for at in range(100)]

    assert not any(group.warning for group in by_group(crowd))


def test_what_the_log_does_not_tell_makes_no_groups_and_gaps_are_named():
    groups = by_group([standing(locale="lt-LT"), standing(locale=None)])

    assert {group.by for group in groups} == {"vendor", "locale"}
    assert {group.name for group in groups if group.by == "locale"} == {"lt-LT", UNTOLD}
    assert group_of(groups, "vendor", "v").rest_rate is None


def test_tenures_stand_in_their_order():
    names = ["28 days and more", "under 1 day", "7 to 28 days", "1 to 7 days"]

    groups = by_group([standing(tenure=name) for name in names])

    assert [group.name for group in groups if group.by == "tenure"] == [
        "under 1 day",
        "1 to 7 days",
        "7 to 28 days",
        "28 days and more",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0.0, "0 %"), (1e-17, "0 %"), (0.0123, "1.2 %"), (0.0999, "10 %"), (1.0, "100 %")]
)
def test_shares_are_written_as_percent(value, text):
    assert percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (12345.6, "12,346"), (0.12345, "0.123"), (4.0, "4")])
def test_numbers_are_written_short(value, text):
    assert plain(value) == text
