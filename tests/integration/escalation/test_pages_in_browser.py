"""The pages in a real Chromium: without scripts, by keyboard, on a phone, from right to left, and read by axe-core."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alerts.escalation.cases.roles import Person
from tests.unit.alerts.escalation.pages.sample import DECIDER, LEAD, Sample, sample
from tests.unit.alerts.escalation.pages.serving import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium is installed here"),
]
DESK, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # A sandbox cannot be had in a container; the pages are our own.
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sample, str]]:
    with sample(Path(tmp_path_factory.mktemp("desk"))) as made, served(made.app) as address:
        made.site.rate.burst = 100_000
        yield made, address


def opened(
    browser: Browser, size: tuple[int, int], language: str = "en", scheme: str = "light", *, scripts: bool = True
) -> BrowserContext:
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )


def sign_in(page: Page, address: str, made: Sample, person: Person) -> None:
    page.goto(f"{address}/sign-in?token={made.secret[person.id]}")
    page.click("button.main")
    page.wait_for_url("**/cases")


def paths(made: Sample) -> list[str]:
    case = f"/cases/{made.case['alba']}"
    return [
        "/cases",
        "/cases?state=answered",
        case,
        "/scorecards",
        "/scorecards/alba/2026-02",
        "/deliveries",
        "/answers",
    ]


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [(DESK, "en", "light"), (PHONE, "en", "dark"), (DESK, "de", "dark"), (PHONE, "ar", "light")],
)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser: Browser, desk: tuple[Sample, str], size: tuple[int, int], language: str, scheme: str
) -> None:
    made, address = desk
    axe, faults = Axe(), {}
    with closing(opened(browser, size, language, scheme)) as context:
        page = context.new_page()
        sign_in(page, address, made, DECIDER)
        case = f"{address}/cases/{made.case['alba']}"
        page.goto(case)
        if page.locator('form[action$="open_evidence"]').count():
            page.click('form[action$="open_evidence"] button')
        for path in (*paths(made), f"/r/{made.link['alba']}", "/sign-in", "/nowhere"):
            page.goto(address + path)
            found = [violation["id"] for violation in axe.run(page).response["violations"]]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if found or wide > 0:
                faults[path] = (found, wide)
            assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert faults == {}


def test_a_case_is_decided_without_any_script(browser: Browser, desk: tuple[Sample, str]) -> None:
    made, address = desk
    with closing(opened(browser, DESK, scripts=False)) as context:
        page = context.new_page()
        sign_in(page, address, made, DECIDER)
        page.goto(f"{address}/cases/{made.case['borea']}")
        page.click('form[action$="open_evidence"] button')
        page.fill(".decide textarea", "The older guide explains these answers, and it was ours.")
        page.click(".decide button.main")
        assert page.locator(".heading .state").inner_text() == "decided"


def test_a_rater_appeals_by_keyboard_and_gets_a_receipt(browser: Browser, desk: tuple[Sample, str]) -> None:
    made, address = desk
    with closing(opened(browser, PHONE)) as context:
        page = context.new_page()
        page.goto(f"{address}/r/{made.link['alba']}")
        page.locator('input[name="item_ids"]').first.focus()
        page.keyboard.press("Space")
        page.locator('textarea[name="words"]').first.focus()
        page.keyboard.type("The guide says that newsletters are fine.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**#receipt")
        receipt = page.locator("#receipt code").inner_text()
        assert receipt.startswith("appeal-")
        assert page.locator(".appeal", has_text=receipt).count() == 1


def test_in_a_right_to_left_language_the_page_runs_from_right_to_left(
    browser: Browser, desk: tuple[Sample, str]
) -> None:
    made, address = desk
    with closing(opened(browser, DESK, "ar")) as context:
        page = context.new_page()
        sign_in(page, address, made, LEAD["alba"])
        page.goto(f"{address}/cases/{made.case['alba']}")
        main, aside = page.locator(".first").bounding_box(), page.locator(".second .next").bounding_box()
        code = page.locator(".facts code").first
        assert main is not None
        assert aside is not None
        assert aside["x"] < main["x"], "what comes second stands on the left"
        assert code.evaluate("one => getComputedStyle(one.querySelector('bdi')).direction") == "ltr"


def test_no_page_breaks_its_own_content_security_policy(browser: Browser, desk: tuple[Sample, str]) -> None:
    made, address = desk
    said: list[str] = []
    with closing(opened(browser, DESK)) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        sign_in(page, address, made, DECIDER)
        for path in (*paths(made), f"/r/{made.link['alba']}"):
            page.goto(address + path)
    assert [text for text in said if "Content Security Policy" in text] == []
