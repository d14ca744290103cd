import pytest

from stream.backtest.policy_file import load_policy, parse_policy
from stream.errors import SettingsError
from stream.quality.policy import DEFAULT_POLICY


def test_named_thresholds_replace_their_defaults_and_the_others_stay():
    assert parse_policy("gold_floor = 0.6\nleast_scored = 20") == DEFAULT_POLICY._replace(
        gold_floor=0.6, least_scored=20.0
    )
    assert parse_policy("") == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gold_flor = 0.6", "policy.toml: gold_flor: is no threshold; allowed: gold_floor, gold_alarm"),
        ("gold_floor = 60", "gold_floor: is a number from 0 to 1, got 60"),
        ("gold_floor = true", "gold_floor: is a number"),
        ("gold_floor = nan", "gold_floor: is a number"),
        ("gold_alarm = 'high'", "gold_alarm: is a number"),
        ("gold_watch = 50", "gold_watch: is at most gold_alarm"),
        ("constant_share = 0.5", "constant_over: is at most constant_share"),
        ("gold_floor 1", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_and_what_is_allowed(text, message):
    with pytest.raises(SettingsError) as error:
        parse_policy(text)

    assert message in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"absent\.toml: cannot be read"):
        load_policy(tmp_path / "absent.toml")
