import msgspec
import pytest

from stream.backtest.rows import RaterRow
from stream.quality.profile import Profile
from stream.report.answers import Worked
from stream.report.standing import DAY_MS, standings
from stream.report.truth import NO_TRUTH
from tests.unit.report.test_flagged import finding

ROW = RaterRow("ann", "q", "v", 90, 0.7, 0.6, 0.8, 3, 1.0, 1500.0, None, 0.4, "suspect", 40, "", 0.8, 0.7, 0.9, 0.5)


def worked(queue, first_day, last_day, **fields):
    return Worked(Profile("ann", queue, "v", **fields), int(first_day * DAY_MS), int(last_day * DAY_MS))


@pytest.mark.parametrize(
    ("days", "tenure"),
    [(0.5, "under 1 day"), (1, "1 to 7 days"), (6.9, "1 to 7 days"), (7, "7 to 28 days"), (28, "28 days and more")],
)
def test_tenure_is_from_first_to_last_judgment_over_all_queues(days, tenure):
    known = [worked("q", 3, 3), worked("p", 3 - days / 2, 3 + days / 2)]

    [found] = standings([ROW], [], known, NO_TRUTH, has_clock=True)

    assert found.tenure == tenure


def test_without_a_clock_there_is_no_tenure():
    [found] = standings([ROW], [], [worked("q", 0, 9)], NO_TRUTH, has_clock=False)

    assert found.tenure is None


def test_locale_and_site_are_those_of_the_queue():
    known = [worked("p", 0, 0, site="Lima"), worked("q", 0, 0, site="Riga", locale="lv-LV")]

    [found] = standings([ROW], [], known, NO_TRUTH, has_clock=True)

    assert (found.site, found.locale, found.needs_review, found.flagged_at) == ("Riga", "lv-LV", True, 40)


def test_the_engines_estimates_are_taken_over_and_what_it_cannot_say_stays_unknown():
    alone = ROW._replace(accuracy=None, informativeness=None)

    known, unknown = standings([ROW, alone], [], [], NO_TRUTH, has_clock=True)

    assert (known.accuracy, known.informativeness) == (0.8, 0.5)
    assert (unknown.accuracy, unknown.informativeness) == (None, None)


def test_a_critical_finding_counts_even_when_it_has_closed():
    critical = msgspec.structs.replace(finding("ann"), state="critical")
    closed = finding("ann", version=2, event="closed")

    [found] = standings([ROW], [critical, closed], [], NO_TRUTH, has_clock=True)

    assert found.critical
