"""The whole story on real parts: an unusual pattern, a case, an appeal, a wrong known answer, and all of it undone."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

from stream.demo.alerting import DEMO_PACE
from stream.demo.desk import Desk
from tests.integration.alerts.crowds import LABELS, Rater, Work
from tests.integration.alerts.scene import Scene, scene, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium is installed here"),
]
ITEMS = [f"known-{n}" for n in range(16)]
OURS_WAS_WRONG = "I looked at all of them: the guideline changed in March and our answers did not"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("story"), DEMO_PACE, "known", vendors_of_the_desk=("north",)) as made:
        yield made


class Staff:
    """Somebody of ours at the API of the desk."""

    def __init__(self, desk: Desk, person: str) -> None:
        self._bearer = {"Authorization": f"Bearer {desk.token(person, 'decider')}"}
        self._api = f"{desk.address}/api/v1"

    def get(self, path: str, **params: str) -> Any:
        found = httpx.get(self._api + path, params=params, headers=self._bearer, timeout=30)
        return found.raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return httpx.post(self._api + path, json=body, headers=self._bearer, timeout=30).raise_for_status().json()

    def act(self, case_id: str, action: str, **more: str) -> None:
        self.post(f"/cases/{case_id}/actions", {"action": action, **more})


def test_a_wrong_known_answer_is_found_by_an_appeal_and_everything_is_undone(told: Scene) -> None:
    desk = told.deployment.desk
    assert desk is not None
    work, honest, rater = Work("known"), [Rater("zenith") for _ in range(5)], Rater("north")
    told.send(work.items(100, ([*honest, rater], 6)))
    fine = [work.judgment(one, f"fine-{n}", LABELS[n % 3], gold=LABELS[n % 3]) for n in range(30) for one in honest]
    told.send(fine)
    told.send(work.judgment(rater, item, LABELS[1]) for item in ITEMS)
    told.send(work.gold(item, LABELS[0], 1) for item in ITEMS)

    staff = Staff(desk, "dora")
    [case] = until(lambda: staff.get("/cases", rater=rater.name)["cases"], "a case")
    until(lambda: told.firing("RaterNeedsReview", rater=rater.name), "the alert")
    staff.act(case["id"], "triage")
    staff.act(case["id"], "notify")
    sent = until(lambda: [m for m in told.recorder.messages if m.service == "vendor"], "the signed webhook")
    assert (sent[0].channel, sent[0].body["case"]["rater"]) == ("north", rater.name)

    receipt = appeal(sent[0].body["links"]["for_the_rater"])
    [appealed] = until(lambda: staff.get(f"/cases/{case['id']}")["appeals"], "the appeal")
    assert appealed["id"] == receipt
    staff.act(case["id"], "open_evidence")
    staff.post("/known-answers", {"queue": "known", "item_ids": ITEMS, "label": LABELS[1]})

    until(lambda: staff.get(f"/cases/{case['id']}")["case"]["state"] == "withdrawn", "the case to be withdrawn")
    until(lambda: not told.firing("RaterNeedsReview", rater=rater.name), "the alert to end")
    until(lambda: told.messages(naming=rater.name, resolved=True), "the message that it is over")
    assert rater.name not in {found.rater_id for found in told.findings()}
    until(
        lambda: [m for m in told.recorder.messages if m.body.get("type") == "case.withdrawn"], "the vendor to hear it"
    )
    assert staff.get(f"/cases/{case['id']}")["appeals"][0]["state"] == "granted"
    done = [event["action"] for event in staff.get(f"/cases/{case['id']}/history")]
    assert [one for one in done if one in STORY] == STORY
    assert verified(desk)["rows"] >= len(STORY)


STORY = ["open", "triage", "notify", "delivered", "tell_rater", "appeal", "open_evidence", "withdraw"]


def appeal(link: str) -> str:
    """As the rater does it, in a browser; answers the receipt."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(link)
        page.locator("input[name=item_ids]").first.check()
        page.locator("textarea[name=words]").first.fill("I stand by these answers: the new guideline says so.")
        page.get_by_role("button", name="Send the appeal").click()
        receipt = page.locator("code", has_text="appeal-").first.inner_text()
        browser.close()
    return receipt


def verified(desk: Desk) -> dict[str, Any]:
    command = [sys.executable, "-m", "stream", "audit", "verify", "--json", "--settings", str(desk.settings_file)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # type: ignore[no-any-return]


def test_no_name_of_a_rater_stands_in_what_was_recorded_as_text(told: Scene, tmp_path: Path) -> None:
    """The link that the vendor was given has no name in it."""
    [sent] = [m for m in told.recorder.messages if m.body.get("type") == "case.case"]
    assert sent.body["case"]["rater"] not in sent.body["links"]["for_the_rater"]
