"""What a phone shows, rendered by Alertmanager's own tool."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.alerts.test_routing import AMTOOL

TEMPLATE = Path(__file__).parents[3] / "alerts/templates/raterwatch.tmpl"
pytestmark = pytest.mark.skipif(AMTOOL.find() is None, reason="amtool is not installed")


def alert(rater: str, status: str = "firing") -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "RaterNeedsReview", "queue": "q", "vendor": "acme", "rater": rater},
        "annotations": {
            "summary": f"{rater} on q (acme) needs review",
            "description": "Seen: constant answer.",
            "dashboard_url": "http://b",
            "runbook_url": "http://r",
            "case_url": "http://c",
        },
        "startsAt": "2026-11-24T09:30:00Z",
        "endsAt": "2026-11-24T10:00:00Z",
    }


def rendered(name: str, folder: Path, *alerts: dict[str, Any], status: str = "firing", severity: str = "ticket") -> str:
    shared = {"alertname": "RaterNeedsReview", "queue": "q", "vendor": "acme", "severity": severity}
    data = {"receiver": "r", "status": status, "alerts": alerts, "groupLabels": shared, "commonLabels": shared}
    (folder / "data.json").write_text(json.dumps(data | {"commonAnnotations": {}, "externalURL": "http://a"}))
    command = [AMTOOL.require(), "template", "render", f"--template.glob={TEMPLATE}"]
    command += [f"--template.data={folder / 'data.json'}", f'--template.text={{{{ template "raterwatch.{name}" . }}}}']
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_one_alert_is_a_sentence(tmp_path: Path) -> None:
    assert rendered("title", tmp_path, alert("rkx-a")) == "rkx-a on q (acme) needs review"
    assert rendered("slack", tmp_path, alert("rkx-a")) == (
        "• rkx-a on q (acme) needs review, since 24 Nov 09:30 UTC\n"
        "<http://b|board> · <http://r|what to do> · <http://c|case>"
    )


def test_several_are_counted_and_listed(tmp_path: Path) -> None:
    two = alert("rkx-a"), alert("rkx-b")
    assert rendered("title", tmp_path, *two) == "2 × Rater Needs Review on q at acme"
    assert rendered("lines", tmp_path, *two) == (
        "rkx-a on q (acme) needs review, since 24 Nov 09:30 UTC; rkx-b on q (acme) needs review, since 24 Nov 09:30 UTC"
    )


def test_a_long_list_ends_after_ten(tmp_path: Path) -> None:
    many = [alert(f"rkx-{n}") for n in range(25)]
    assert rendered("title", tmp_path, *many).startswith("25 ×")
    assert rendered("slack", tmp_path, *many).count("needs review") == 10


def test_an_end_says_that_it_is_over(tmp_path: Path) -> None:
    over = alert("rkx-a", "resolved")
    assert rendered("title", tmp_path, over, status="resolved") == "Over: rkx-a on q (acme) needs review"
    assert rendered("lines", tmp_path, over, status="resolved").endswith("since 24 Nov 09:30 UTC, until 10:00 UTC")
    assert rendered("colour", tmp_path, over, status="resolved") == "good"


def test_only_the_full_texts_say_what_was_seen(tmp_path: Path) -> None:
    for name in ("slack", "lines", "title"):
        assert "constant" not in rendered(name, tmp_path, alert("rkx-a"))
    for name in ("slack.full", "lines.full"):
        assert "Seen: constant answer." in rendered(name, tmp_path, alert("rkx-a"))


@pytest.mark.parametrize(("severity", "colour"), [("page", "danger"), ("ticket", "warning")])
def test_the_colour_tells_a_page_from_a_ticket(tmp_path: Path, severity: str, colour: str) -> None:
    assert rendered("colour", tmp_path, alert("rkx-a"), severity=severity) == colour
