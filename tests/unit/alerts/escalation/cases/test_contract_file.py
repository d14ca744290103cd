from datetime import date
from pathlib import Path

import pytest

from alerts.escalation.cases.contract import Contract
from alerts.escalation.cases.contract_file import load_contracts, parse_contracts
from stream.errors import SettingsError

REPOSITORY = Path(__file__).parents[5]


def test_the_file_in_deploy_is_read_and_holds_the_defaults_of_its_deadlines() -> None:
    alba = load_contracts(REPOSITORY / "deploy/contracts.toml").of("alba")
    assert alba.deadlines == Contract().deadlines
    assert alba.ladder == Contract().ladder
    assert date(2026, 12, 25) in alba.calendar.holidays
    assert alba.name == "alba"


def test_a_vendor_that_is_not_in_the_file_has_the_defaults_and_gets_no_message() -> None:
    unknown = parse_contracts("").of("zeta")
    assert (unknown.name, unknown.webhook, unknown.lead_email) == ("zeta", None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("vendor = 1", "c.toml: vendor: is no setting; allowed here: vendors"),
        ("[vendors.a]\ncalender = 1", "vendors.a.calender: is no setting; allowed here: calendar,"),
        ('[vendors.a.calendar]\ntime_zone = "Mars"', "vendors.a.calendar.time_zone: 'Mars' is no time zone"),
        ('[vendors.a.calendar]\nfrom = "17:00"', "vendors.a.calendar.until: has to be later than from"),
        ('[vendors.a.calendar]\ndays = ["caturday"]', r"vendors.a.calendar.days\[0\]: is one of monday, tuesday"),
        ("[vendors.a.deadlines]\nanswer_business_days = 0", "answer_business_days: is no less than"),
        ("[vendors.a]\ndeadlines = 3", r"is a table: write \[vendors.a.deadlines\]"),
        ('[[vendors.a.ladder]]\nafter_business_days = 1\ntell = "boss"', "is one of lead, manager, us"),
        (
            '[vendors.a]\nladder = [{after_business_days = 2, tell = "us"}, {after_business_days = 1, tell = "us"}]',
            "vendors.a.ladder: goes up",
        ),
        (
            '[vendors.a.webhook]\nurl = "http://a.example"\nsecret_files = ["/secret"]',
            "vendors.a.webhook.url: begins with https",
        ),
        ('[vendors.a]\nlead_email = "lead"', "'lead' is no mail address"),
        ('[vendors.a]\nlead_email = "a@b.c, d@e.f"', "is no mail address"),
        ('[vendors.a]\nname = "b"', "is the table's own name"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        parse_contracts(text, "c.toml")
