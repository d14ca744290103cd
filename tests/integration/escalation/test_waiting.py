"""What the service tells Prometheus, on both databases."""

from sqlalchemy import text

from alerts.escalation import metrics
from alerts.escalation.cases.actions import Clear, OpenEvidence
from alerts.escalation.web.usage import Usage
from tests.escalation_world import DAY_MS, DORA, World


def told(world: World) -> dict[str, float]:
    text = Usage().page(world.store, world.now_ms).decode()
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("raterwatch_")]
    return {name: float(value) for name, _, value in lines}


def test_what_is_told_is_declared_and_everything_declared_that_is_known_is_told(world: World) -> None:
    world.confirmed(1)
    names = {name.partition("{")[0] for name in told(world)}
    blind = metrics.DETECTOR_BLIND.name  # unknown before anything was judged again
    waiting = metrics.FINDINGS_WAITING.name  # absent while nothing waits
    assert set(metrics.METRICS) - names == {blind, waiting}
    assert names <= set(metrics.METRICS)


def test_an_open_case_grows_old_and_one_that_the_vendor_has_does_not_wait_for_us(world: World) -> None:
    world.opened(1)
    world.notified(2)
    world.now_ms += 4 * DAY_MS
    page = told(world)
    assert page['raterwatch_cases_oldest_seconds{state="open"}'] == 4 * DAY_MS / 1_000
    assert page['raterwatch_cases_oldest_seconds{state="triaged"}'] == 0
    assert page['raterwatch_cases{kind="rater",state="open"}'] == 1
    assert page['raterwatch_cases_late{due="acknowledge"}'] == 1
    assert page['raterwatch_cases_late{due="reply"}'] == 0


def test_precision_is_that_of_what_people_decided(world: World) -> None:
    for number in (1, 2, 3):
        world.confirmed(number)
    case_id = world.opened(4)
    world.do(DORA, case_id, OpenEvidence(), Clear(words="These fit the new guideline, so nothing is wrong with them"))
    page = told(world)
    assert page['raterwatch_detector_precision_ratio{detector="constant_answer"}'] == 0.75
    assert 0.3 < page['raterwatch_detector_precision_low_ratio{detector="constant_answer"}'] < 0.75
    assert page['raterwatch_detector_decided_findings{detector="constant_answer",verdict="cleared"}'] == 1
    assert page['raterwatch_detector_watches{detector="constant_answer"}'] == 0


def test_a_database_that_does_not_answer_is_told_and_nothing_else_is(world: World) -> None:
    with world.store.writing() as session:
        session.execute(text("ALTER TABLE cases RENAME TO away"))
    assert told(world) == {"raterwatch_escalation_database_up": 0}
