"""What stands beside a finding: seeded crowds in which it shows, and in which it stays silent."""

import math
import random
from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from stream.backtest.rows import rater_slots
from stream.backtest.run import Plan, Result, run
from stream.events import Corroboration, Judgment
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.policy.policy_file import parse_policy
from stream.quality.policy import DEFAULT_POLICY, Policy
from stream.stages.corroboration import corroborations
from stream.stages.policies import Policies
from stream.stages.row import Row

START_MS = 1_767_571_200_000
LABELS = ("a", "b", "c", "d")
RATERS, ITEMS = 10, 500
ODD = "r0"  # who works otherwise

Work = Callable[[random.Random, str, bool], str]


def usual(random_: random.Random, truth: str, _: bool) -> str:
    return truth if random_.random() < 0.85 else random_.choice(LABELS)


def only_where_known(random_: random.Random, truth: str, known: bool) -> str:
    return truth if known else random_.choice(LABELS)


def log_normal(random_: random.Random) -> int:
    return round(8_000 * math.exp(random_.gauss(0.0, 0.6)))


def crowd(
    *, work: Work = usual, time_ms: Callable[[random.Random], int] = log_normal, forgetful: bool = False, seed: int = 1
) -> list[Judgment]:
    """Ten raters, a known answer on each fifth item, and now and then an item that comes back to the same rater."""
    random_, events = random.Random(seed), list[Judgment]()

    def judge(item: int, rater: str, label: str, *, known: str | None) -> None:
        events.append(
            Judgment(
                judgment_id=f"j{len(events)}",
                item_id=f"i{item}",
                rater_id=rater,
                queue="q",
                vendor="v",
                submitted_at=START_MS + 10_000 * len(events),
                label=label,
                gold=known,
                duration_ms=time_ms(random_) if rater == ODD else log_normal(random_),
            )
        )

    for item in range(ITEMS):
        truth = random_.choice(LABELS)
        known = truth if item % 5 == 0 else None
        for number in random_.sample(range(RATERS), 4):
            rater = f"r{number}"
            label = (work if rater == ODD else usual)(random_, truth, known is not None)
            judge(item, rater, label, known=known)
            if item % 7 == 3:
                again = random_.choice([other for other in LABELS if other != label])
                judge(item, rater, again if forgetful and rater == ODD else label, known=known)
    return events


def ran(events: list[Judgment], kind: str = "nominal") -> Result:
    payload = SettingsPayload(queues=(QueuePayload(name="q", kind=kind, labels=LABELS),), accept_raw_ids=True)
    return run(events, payload, Plan(2))


def beside(result: Result, policy: Policy = DEFAULT_POLICY) -> dict[str, dict[str, Corroboration]]:
    """By rater and name."""
    return {
        table.profiles[slot].rater_id: {
            one.name: one for one in corroborations(Row(table, slot, next(iter(stage.queues.values())), policy))
        }
        for stage in result.shards
        for table in stage.tables.values()
        for slot in rater_slots(table)
    }


def speaks(found: dict[str, dict[str, Corroboration]]) -> set[tuple[str, str]]:
    """(rater, name) of all with evidence that a finding would show."""
    return {(r, name) for r, some in found.items() for name, one in some.items() if one.nats >= DEFAULT_POLICY.watch}


def test_of_usual_raters_everything_is_told_and_nothing_speaks() -> None:
    found = beside(ran(crowd()))
    assert speaks(found) == set()
    assert len(found) == RATERS
    assert all(set(some) == {"fast", "metronomic", "inconsistent", "known_gap"} for some in found.values())


def test_a_rater_who_answers_in_a_fraction_of_the_time_is_fast_and_nobody_else_is() -> None:
    result = ran(crowd(time_ms=lambda random_: round(1_500 * math.exp(random_.gauss(0.0, 0.6)))))
    found = beside(result)
    assert {rater for rater, some in found.items() if some["fast"].nats > 2} == {ODD}
    told = found[ODD]["fast"]
    assert told.high < -1
    assert told.support == 2.0, "what speed may add is capped"
    assert told.sentence.params["slower"] > 90
    assert told.others > 5 * told.n > 500
    assert result.findings == [], "speed alone opens nothing"


def test_a_rater_whose_times_are_even_is_metronomic_and_opens_no_finding() -> None:
    result = ran(crowd(time_ms=lambda random_: 8_000 + random_.randrange(300)))
    found = beside(result)
    assert speaks(found) == {(ODD, "metronomic")}
    told = found[ODD]["metronomic"]
    assert told.low < told.measure < told.high < told.usual
    assert told.sentence.params["share"] < 30
    assert result.findings == []


def test_a_rater_who_answers_the_same_item_otherwise_is_inconsistent_and_opens_no_finding() -> None:
    result = ran(crowd(forgetful=True))
    found = beside(result)
    assert speaks(found) == {(ODD, "inconsistent")}
    told = found[ODD]["inconsistent"]
    assert (told.measure, told.n > 10, told.usual > 0.9) == (0.0, True, True)
    assert result.findings == []


def test_a_rater_right_on_known_answers_and_blind_elsewhere_shows_a_gap_in_the_finding() -> None:
    result = ran(crowd(work=only_where_known))
    found = beside(result)
    assert speaks(found) == {(ODD, "known_gap")}
    told = found[ODD]["known_gap"]
    assert (told.measure, told.sentence.key, told.support) == (1.0, "known_gap", 4.0)
    opened = [finding for finding in result.findings if finding.rater_id == ODD and finding.corroboration]
    assert opened
    assert {one.name for finding in opened for one in finding.corroboration} == {"known_gap"}
    assert all(one.nats >= DEFAULT_POLICY.watch for finding in opened for one in finding.corroboration)


def test_on_a_scale_nothing_is_said_of_known_answers_against_the_rest() -> None:
    found = beside(ran(crowd(work=only_where_known), kind="ordinal"))
    assert all("known_gap" not in some for some in found.values())
    assert all({"fast", "metronomic", "inconsistent"} <= set(some) for some in found.values())


@pytest.mark.parametrize("name", ["fast", "metronomic", "inconsistent", "known_gap"])
def test_what_the_policy_turns_off_is_not_told(name: str) -> None:
    policies = Policies.of(parse_policy(f"[detectors]\n{name}.on = false"))
    told = set(beside(_usual_run(), policies.common)["r1"])
    assert told == {"fast", "metronomic", "inconsistent", "known_gap"} - {name}


@cache
def _usual_run() -> Result:
    return ran(crowd())


def test_nothing_told_accuses_and_each_says_how_much_it_rests_on() -> None:
    for some in beside(_usual_run()).values():
        for one in some.values():
            assert one.n > 0
            assert one.others > 0
            assert one.low <= one.measure <= one.high
            assert not {"suspect", "fraud", "cheat", "spam", "lazy"} & set(one.sentence.text.lower().split())
            assert msgspec.convert(msgspec.to_builtins(one), Corroboration) == one
