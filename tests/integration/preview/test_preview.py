"""Every panel of every board, put to a real Prometheus that scraped a real worker at work with all behaviours."""

import asyncio
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stack.local import LocalStack
from stack.prometheus import Scraping
from stream.cli import root
from stream.commands.preview import BOARDS
from stream.demo.crowd import simulated
from stream.demo.deployment import Deployment
from stream.demo.progress import caught_up
from stream.demo.sending import send
from stream.errors import InputError, RaterwatchError, Unavailable
from stream.preview.answers import AnsweredBoard, Asking, answer
from stream.preview.asking import HttpPrometheus, Span
from stream.preview.boards import Board, read_boards
from stream.preview.page.document import WIDTH_PX, empty_panels
from stream.preview.pictures import browser
from tests.integration.preview.case_numbers import served_case_numbers

pytestmark = [pytest.mark.timeout(400), pytest.mark.slow]

# What always fires in a deployment; here it stands for all rules, so that the boards do not depend on theirs.
WATCHDOG = """
groups:
  - name: watchdog
    rules:
      - alert: Watchdog
        expr: vector(1)
        labels: {severity: info}
"""
JUDGMENTS, PER_SECOND = 16_000, 1_000.0
SINCE_S, PATIENCE_S = 120.0, 90.0
# A moment that such a short run has seen; and a queue that is busy enough for audits and second answers.
AGO, QUEUE = {"ago": "10s"}, {"queue": "spam"}


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has seen the whole crowd."""
    folder = tmp_path_factory.mktemp("preview")
    rules = folder / "watchdog.yml"
    rules.write_text(WATCHDOG)
    crowd = simulated(JUDGMENTS, None, seed=7)
    scraping = Scraping(rule_files=[rules], interval_s=1)
    with (
        LocalStack(folder / "stack", prometheus=True, scraping=scraping) as stack,
        served_case_numbers(folder, stack.take_port()) as cases,
    ):
        deployment = Deployment(stack, folder)
        stack.prometheus.set_targets([f"127.0.0.1:{deployment.settings.metrics_port}", cases])
        deployment.make_topics()
        deployment.publish(crowd.settings)
        deployment.start_worker()
        try:
            deployment.wait_until_ready()
            asyncio.run(
                send(crowd.events, deployment.settings, per_second=PER_SECOND, progress=lambda _: None, keep=[])
            )
            while not asyncio.run(caught_up(deployment.settings)):
                deployment.check_alive()
            yield stack.prometheus.url
        finally:
            deployment.stop()


def ask(board: Board, server: HttpPrometheus) -> AnsweredBoard:
    given = AGO | QUEUE if board.uid == "raterwatch-queue" else AGO
    return answer(board, server, Asking(time.time(), SINCE_S, given))


def test_every_panel_of_every_board_has_data(prometheus: str) -> None:
    server, deadline = HttpPrometheus(prometheus), time.monotonic() + PATIENCE_S
    boards = read_boards(BOARDS)
    while True:
        answered = [ask(board, server) for board in boards]
        empty = [(title, panel.title) for title, panel in empty_panels(answered)]
        if not empty or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert empty == []
    assert sum(len(one.panels) for one in answered) > 100


def test_every_query_alone_is_accepted_and_most_find_something(prometheus: str) -> None:
    server = HttpPrometheus(prometheus)
    answered = [ask(board, server) for board in read_boards(BOARDS)]
    answers = [one for board in answered for panel in board.panels for one in panel.answers]
    assert sum(bool(one.series) for one in answers) / len(answers) > 0.9


def preview(*arguments: str) -> Result:
    return CliRunner().invoke(root, ["preview", *arguments])


def test_the_command_writes_one_page_and_names_what_is_empty(prometheus: str, tmp_path: Path) -> None:
    out = tmp_path / "boards.html"
    done = preview("--prometheus", prometheus, "--out", str(out), "--board", "raterwatch-queue", "--since", "2m")
    assert done.exit_code == 0, done.output
    [queue] = [board for board in read_boards(BOARDS) if board.uid == "raterwatch-queue"]
    assert out.read_text().count("<article") == len(queue.asking)
    nobody = ("--prometheus", prometheus, "--out", str(out), "--board", "raterwatch-queue", "--var", "queue=none")
    done = preview(*nobody, "--strict")
    assert isinstance(done.exception, RaterwatchError)
    assert "no data: Queue: Judged, 24 h" in done.output


def test_a_picture_is_as_large_as_the_board(prometheus: str, tmp_path: Path) -> None:
    try:
        browser()
    except InputError:
        pytest.skip("no browser is installed here")
    done = preview(
        *("--prometheus", prometheus, "--out", str(tmp_path / "x.html"), "--since", "2m"),
        *("--board", "raterwatch-care", "--png", str(tmp_path / "pictures")),
    )
    assert done.exit_code == 0, done.output
    data = (tmp_path / "pictures" / "raterwatch-care.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert width == WIDTH_PX
    assert height > 500


def test_a_query_that_prometheus_refuses_is_told_with_its_reason(prometheus: str) -> None:
    with pytest.raises(InputError, match="parse error"):
        HttpPrometheus(prometheus).at("sum(", time.time())
    with pytest.raises(InputError, match="parse error"):
        HttpPrometheus(prometheus).over("sum(", Span(0, 60, 10))


def test_no_prometheus_is_told_with_what_to_do() -> None:
    with pytest.raises(Unavailable, match="--prometheus"):
        HttpPrometheus("http://127.0.0.1:1").scrape_interval_s()
