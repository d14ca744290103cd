"""What happens at the desk to cases about two people, step by step; and all that can be read there."""

import httpx

from tests.desk_staff import Staff
from tests.integration.privacy.mailing_desk import MailingDesk

OWN_WORDS = "canary-words: these answers follow the guideline of March"
_LISTS = ("/cases", "/cases?over=1", "/cases.csv", "/deliveries", "/answers", "/scorecards")
_EXPORTS = ("/cases.csv", "/cases.csv?ended=true", "/deliveries/dead", "/detectors")


def cases_of(staff: Staff, rater_id: str) -> list[str]:
    """Those that are not over."""
    return [case["id"] for case in staff.get("/cases", rater=rater_id)["cases"]]


def sent_to_vendor(staff: Staff, rater_id: str) -> bool:
    """Tells the vendor of a case, once there is one; whether there was one."""
    for case_id in cases_of(staff, rater_id)[:1]:
        staff.act(case_id, "triage")
        staff.act(case_id, "notify")
        return True
    return False


def appealed(link: str, case_id: str) -> str:
    """The rater opens the own page and appeals; answers the page."""
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        browser.get(link).raise_for_status()
        return browser.post(f"{link}/appeal", data={"case": case_id, "words": OWN_WORDS}).raise_for_status().text


def closed(staff: Staff, rater_id: str) -> bool:
    """Decides in favour of the rater, and closes; whether no case is left."""
    for case_id in cases_of(staff, rater_id):
        if staff.get(f"/cases/{case_id}")["case"]["state"] != "decided":
            staff.act(case_id, "open_evidence")
            staff.act(case_id, "clear", words=f"The answers of {case_id} follow an older guideline")
        staff.act(case_id, "close")
    return not cases_of(staff, rater_id)


def at_the_desk(staff: Staff, desk: MailingDesk) -> str:
    """Every list, case and export of desk and API, its metrics, and the bytes of its database."""
    for case in staff.get("/cases")["cases"]:
        staff.act(case["id"], "open_evidence")
    cases = [case["id"] for ended in ("false", "true") for case in staff.get("/cases", ended=ended)["cases"]]
    pages = [staff.page(path) for path in (*_LISTS, *(f"/cases/{one}" for one in cases))]
    parts = ("", "/evidence", "/evidence.csv", "/history")
    answers = [staff.text(path) for path in (*_EXPORTS, *(f"/cases/{one}{part}" for one in cases for part in parts))]
    return "\n".join([*pages, *answers, staff.page("/metrics"), desk.database().decode(errors="replace")])
