"""Scorecards: the numbers against other libraries, the way to both signatures, and frozen from then on."""

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

from alerts.escalation.cases.roles import STAFF, SYSTEM
from alerts.escalation.errors import NotThere
from alerts.escalation.scorecards.card import Excluded, make_card, wilson
from alerts.escalation.scorecards.period import latest_over, period_named
from alerts.escalation.scorecards.port import DayCounts
from alerts.escalation.scorecards.prometheus_counts import METRICS
from stream.telemetry import metrics
from tests.unit.alerts.escalation.pages.browsing import Browser
from tests.unit.alerts.escalation.pages.sample import ANALYST, DAY_MS, DECIDER, LEAD, NOW_MS, Sample, counts

FEBRUARY = period_named("2026-02")
CARD = "/scorecards/alba/2026-02"


@pytest.mark.parametrize(("right", "n"), [(0, 5), (5, 5), (180, 200), (1, 1), (3, 1_000)])
def test_the_interval_is_wilsons(right: int, n: int) -> None:
    low, high = proportion_confint(right, n, method="wilson")
    found = wilson(right, n)
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high)


def one(vendor: str, queue: str, audited: int, overturned: int) -> DayCounts:
    return DayCounts(
        vendor=vendor, queue=queue, day=date(2026, 2, 3), judgments=1_000, audited=audited, overturned=overturned
    )


def test_a_vendor_with_the_hard_queue_does_not_look_worse_for_it() -> None:
    # Everybody is right on 95 % of the easy queue and 70 % of the hard one; alba gets nearly all of the hard one.
    work = [one("alba", "easy", 100, 5), one("alba", "hard", 900, 270)]
    work += [
        one(vendor, queue, n, wrong) for vendor in "bc" for queue, n, wrong in (("easy", 400, 20), ("hard", 100, 30))
    ]
    card = make_card("alba", FEBRUARY, work, {})
    assert card.checked.share == pytest.approx(0.725)
    overall = (900 * 0.95 + 1_100 * 0.7) / 2_000
    assert card.adjusted.share == pytest.approx(overall)
    assert card.expected == pytest.approx(725)


def test_a_common_rate_is_told_from_three_vendors_on() -> None:
    two = [one("alba", "q", 100, 5), one("b", "q", 100, 9)]
    assert make_card("alba", FEBRUARY, two, {}).queues[0].common is None
    assert make_card("alba", FEBRUARY, two, {}).adjusted.share is None
    three = [*two, one("c", "q", 100, 1)]
    assert make_card("alba", FEBRUARY, three, {}).queues[0].common == pytest.approx(285 / 300)


@pytest.mark.parametrize(
    ("wrong", "n", "target", "conclusion"),
    [
        (10, 400, 0.9, "met"),
        (80, 400, 0.9, "missed"),
        (40, 400, 0.9, "open"),
        (1, 199, 0.9, "few"),
        (1, 400, None, "none"),
    ],
)
def test_a_conclusion_needs_enough_and_the_whole_interval(
    wrong: int, n: int, target: float | None, conclusion: str
) -> None:
    targets = {} if target is None else {("alba", "q"): target}
    assert make_card("alba", FEBRUARY, [one("alba", "q", n, wrong)], targets).conclusion == conclusion


def test_days_that_are_left_out_count_nowhere_and_are_named() -> None:
    rule = Excluded(queue="spam", first_day="2026-02-09", last_day="2026-02-10", reason="storm", judgments=0)
    whole, part = make_card("alba", FEBRUARY, counts(), {}), make_card("alba", FEBRUARY, counts(), {}, [rule])
    [excluded] = part.excluded
    assert (
        whole.judgments - part.judgments
        == excluded.judgments
        == sum(
            day.judgments for day in counts() if (day.vendor, day.queue) == ("alba", "spam") and day.day.day in (9, 10)
        )
    )


@pytest.mark.parametrize(
    ("name", "first", "until"),
    [
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 4)),
    ],
)
def test_a_period_has_its_days(name: str, first: date, until: date) -> None:
    found = period_named(name)
    assert (found.first, found.until) == (first, until)


@pytest.mark.parametrize("name", ["2026-13", "2026-W54", "2026-Q5", "0000-01", "9999-12", "x", ""])
def test_what_is_no_period_is_not_there(name: str) -> None:
    with pytest.raises(NotThere):
        period_named(name)


def test_the_latest_period_is_over() -> None:
    assert [latest_over(kind, NOW_MS).name for kind in ("week", "month", "quarter")] == [
        "2026-W10",
        "2026-02",
        "2025-Q4",
    ]


def test_the_metrics_asked_for_are_exported() -> None:
    exported = {one.name for one in vars(metrics).values() if isinstance(one, metrics.Metric)}
    assert set(METRICS.values()) <= exported
    assert "raterwatch_contract_target_ratio" in exported


def digest(page: str) -> str:
    return page.split('name="digest" value="')[1].split('"', maxsplit=1)[0]


def test_it_is_frozen_once_both_have_signed(made: Sample) -> None:
    vendor, ours, analyst = Browser(made, LEAD["alba"]), Browser(made, DECIDER), Browser(made, ANALYST)
    signed = digest(vendor.get(CARD).text)
    assert vendor.post(f"{CARD}/sign", digest=signed).status_code == 303
    assert "sign" not in vendor.get(CARD).text.split("Signatures")[1].split("csv")[0].replace("signed", "")
    assert ours.post(f"{CARD}/sign", digest="0" * 64).status_code == 409
    assert ours.post(f"{CARD}/sign", digest=signed).status_code == 303
    assert "Both sides have signed" in vendor.get(CARD).text
    assert analyst.post("/scorecards", vendor="alba", period="2026-02").status_code == 409
    assert vendor.post(f"{CARD}/dispute", words="We would like to have another look at it.").status_code == 409


def test_a_dispute_holds_the_signatures_until_it_is_issued_again(made: Sample) -> None:
    vendor, ours, analyst = Browser(made, LEAD["alba"]), Browser(made, DECIDER), Browser(made, ANALYST)
    words = "The audits of the fourth of February were of a test queue."
    assert vendor.post(f"{CARD}/dispute", words=words).status_code == 303
    page = ours.get(CARD).text
    assert words in page
    assert 'name="digest"' not in page
    excluded = {"queue": "spam", "first_day": "2026-02-04", "last_day": "2026-02-04", "reason": "training"}
    analyst.post("/scorecards/exclusions", **excluded, words="That day was a training of the new guide.")
    made.clock[0] += 1_000
    before = page.split('class="digest" dir="ltr">')[1][:64]
    assert analyst.post("/scorecards", vendor="alba", period="2026-02").status_code == 303
    after = digest(vendor.get(CARD).text)
    assert after != before
    assert vendor.post(f"{CARD}/sign", digest=after).status_code == 303


def test_a_dispute_comes_in_time_or_not_at_all(made: Sample) -> None:
    made.clock[0] += 15 * DAY_MS
    vendor = Browser(made, LEAD["alba"])
    assert vendor.post(f"{CARD}/dispute", words="We would like to have another look at it.").status_code == 422


def test_only_our_own_people_issue_and_only_for_periods_that_are_over(made: Sample) -> None:
    assert Browser(made, LEAD["alba"]).post("/scorecards", vendor="alba", period="2026-02").status_code == 404
    assert Browser(made, ANALYST).post("/scorecards", vendor="alba", period="2026-03").status_code == 422
    assert Browser(made, ANALYST).post("/scorecards", vendor="alba", period="2026-01").status_code == 422
    assert ANALYST.role in STAFF
    assert SYSTEM.role not in STAFF


def test_the_csv_has_a_row_a_queue(made: Sample) -> None:
    lines = Browser(made, LEAD["alba"]).get(f"{CARD}/csv").text.splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["spam", "toxicity", "all", '"all']
