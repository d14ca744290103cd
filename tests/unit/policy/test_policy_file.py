import tomllib
from pathlib import Path

import msgspec
import pytest

from stream.errors import SettingsError
from stream.policy.declared import DETECTORS, FLAGGING, DeclaredPolicy, QueuePolicy
from stream.policy.policy_file import check_queues, load_policy, parse_policy

SHIPPED = Path(__file__).parents[3] / "deploy" / "policy.toml"


def test_the_shipped_file_says_the_defaults() -> None:
    assert load_policy(SHIPPED) == parse_policy("") == DeclaredPolicy()


def test_the_shipped_file_names_every_number() -> None:
    everything = msgspec.to_builtins(DeclaredPolicy())
    del everything["queues"]
    assert tomllib.loads(SHIPPED.read_text()) == everything


def test_every_number_of_the_shipped_file_has_its_unit_and_reason_beside_it() -> None:
    lines = [line for line in SHIPPED.read_text().splitlines() if " = " in line and not line.startswith("#")]
    bare = [line for line in lines if "#" not in line and not line.endswith("= true")]
    assert bare == []
    assert len(lines) > 20


def test_the_examples_in_the_shipped_file_can_be_used_as_they_stand() -> None:
    _, _, examples = SHIPPED.read_text().partition("cannot differ.\n")
    policy = parse_policy("\n".join(line.removeprefix("#").strip() for line in examples.splitlines()))
    assert policy.of("toxicity").shadow.days == 28
    assert not policy.of("toxicity").detectors.copying.on


def test_a_queue_has_its_own_values_and_else_those_of_the_file() -> None:
    policy = parse_policy(
        """
        [storm]
        flagged_share = 0.3
        [detectors.copying]
        on = false
        [queues.toxicity.storm]
        active_raters = 12
        """
    )
    assert policy.of("toxicity").storm.active_raters == 12
    assert policy.of("toxicity").storm.flagged_share == 0.3
    assert not policy.of("toxicity").detectors.copying.on
    assert (policy.of("other").storm.active_raters, policy.of("other").storm.flagged_share) == (20, 0.3)
    assert type(policy.of("toxicity")) is QueuePolicy


def test_the_digest_follows_what_is_declared_and_not_how_it_is_written() -> None:
    one = parse_policy("[storm]\nflagged_share = 0.3\n[cap]\ncases_per_queue_and_vendor = 7")
    same = parse_policy("# later\n[cap]\ncases_per_queue_and_vendor = 7\n\n[storm]\nflagged_share = 0.30")
    assert one.digest == same.digest
    assert one.digest != parse_policy("[storm]\nflagged_share = 0.31").digest


def test_the_detectors_share_one_budget_and_one_that_is_off_leaves_its_share_unspent() -> None:
    policy = parse_policy("[detectors.changed]\non = false")
    spent = sum(policy.allowance(detector, "ticket") for detector in DETECTORS)
    assert spent == pytest.approx(10 / 10_000)
    assert policy.allowance("changed", "ticket") == pytest.approx(2 / 10_000)
    assert policy.allowance("changed", "critical") == pytest.approx(0.2 / 10_000)
    beside = set(DETECTORS) - set(FLAGGING)
    assert beside == {"fast", "metronomic", "inconsistent", "known_gap"}
    assert all(policy.allowance(detector, "ticket") == 0 for detector in beside)


def test_a_queue_may_spend_its_part_of_the_budget_otherwise() -> None:
    policy = parse_policy("[queues.q.detectors]\nchanged.budget_share = 0.05\nunrelated_to_peers.budget_share = 0.4\n")
    assert policy.allowance("changed", "ticket", "q") == pytest.approx(0.5 / 10_000)
    assert policy.allowance("unrelated_to_peers", "ticket", "q") == pytest.approx(4 / 10_000)
    assert policy.allowance("changed", "ticket", "other") == policy.allowance("changed", "ticket")


def test_a_rater_in_several_queues_is_not_flagged_wrongly_more_often() -> None:
    one, four = parse_policy(""), parse_policy("[budget]\nqueues_per_rater = 4")
    assert 4 * four.allowance("changed", "ticket") == pytest.approx(one.allowance("changed", "ticket"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("budgt = 3", "policy.toml: budgt: is no setting; allowed here: budget, cap, clear, detectors"),
        ("[storm]\nflaged_share = 0.1", "storm.flaged_share: is no setting; allowed here: active_judgments"),
        ("[detectors.slow]\non = true", "detectors.slow: is no setting; allowed here: changed, constant_answer"),
        ("[detectors.fast]\nbudget_share = 0.1", "detectors.fast.budget_share: is no setting; allowed here: on"),
        ("[exposure]\nhours = 4", "exposure: is no setting"),
        ("[storm]\nflagged_share = 20", "storm.flagged_share: Expected `float` <= 1.0"),
        ("[storm]\nflagged_share = nan", "storm.flagged_share: Expected `float` >= 0.0"),
        ("[storm]\ninhibit_hours = 48", "storm.inhibit_hours: Expected `float` <= 24.0"),
        ("[cap]\ncases_per_queue_and_vendor = 2.5", "cap.cases_per_queue_and_vendor: Expected `int`"),
        ("[shadow]\nafterwards = 'maybe'", "shadow.afterwards: is one of armed, shadow"),
        ("storm = 3", "storm: is a table: write [storm]"),
        ("[detectors]\nchanged = true", "detectors.changed: is a table: write [detectors.changed]"),
        ("[detectors.changed]\nbudget_share = 0.9", "detectors: the budget_share of all detectors sums to 1.7; lower"),
        (
            "[budget]\nhonest_critical_per_10000_rater_weeks = 11",
            "budget.honest_critical_per_10000_rater_weeks: is at most honest_ticketed_per_10000_rater_weeks",
        ),
        ("[storm]\nactive_raters = 50", "storm.group_active_raters: is at least half of active_raters (50)"),
        ("[queues.q.storm]\nactive_raters = 50", "queues.q.storm.group_active_raters: is at least half"),
        ("[queues.q.storm]\nshare = 1", "queues.q.storm.share: is no setting; allowed here: active_judgments"),
        ("[queues.q.shadow]\nafterwards = 1", "queues.q.shadow.afterwards: Expected `str`"),
        ("[queues.q.budget]", "queues.q.budget: holds for all queues together; set it in [budget]"),
        (
            "[queues.q.detectors.changed]\nbudget_share = 0.5",
            "queues.q.detectors: the budget_share of all detectors sums to 1.3; lower some",
        ),
        ("[evidence]\nleast_scored_judgments = 51", "evidence.least_scored_judgments: Expected `int` <= 50"),
        ("queues = 3", "queues: is a table of tables"),
        ("[queues]\nq = 3", "queues.q: is a table: write [queues.q.SECTION]"),
        ('[queues."".storm]', "queues.: a name has 1 to 128 characters"),
        ("[storm", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_policy(text)
    assert message in str(error.value)


def test_a_queue_that_the_deployment_does_not_have_is_named() -> None:
    policy = parse_policy("[queues.toxicty.shadow]\ndays = 3")
    check_queues(policy, ["toxicty"])
    with pytest.raises(SettingsError, match=r"queues\.toxicty: is no queue of .* there are spam, toxicity"):
        check_queues(policy, ["spam", "toxicity"])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml: cannot be read"):
        load_policy(tmp_path / "absent.toml")
