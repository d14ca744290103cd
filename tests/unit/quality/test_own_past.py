import math

import numpy as np
import pytest

from stream.quality import alarm
from stream.quality.compiled import plain
from stream.quality.honest_models import HONEST_MODELS, HONEST_WEIGHTS
from stream.quality.own_past import PAST, SINKS_IN, predicted_nats, sink_in, won_so_far
from stream.quality.schema import NAT
from tests.oracle import answers_drive as drive


def nats(*values: float) -> np.ndarray:
    return np.rint(NAT * np.array(values)).astype("i8")


def test_a_past_predicts_by_the_weights_of_its_models() -> None:
    chance = np.random.default_rng(1)
    past, before = nats(*chance.normal(0, 3, PAST)), nats(*chance.normal(0, 50, PAST))
    chances = chance.uniform(0.05, 1, PAST)
    weights = np.array([*HONEST_WEIGHTS, 1.0]) * np.exp(past / NAT)
    found = plain(predicted_nats)(past, before, before + nats(*np.log(chances)))
    assert found == pytest.approx(math.log((weights * chances).sum() / weights.sum()), abs=1e-4)


def test_an_empty_past_gives_the_honest_and_the_others_the_same_weight() -> None:
    after = nats(*[math.log(0.5)] * HONEST_MODELS, math.log(0.1))
    assert plain(predicted_nats)(np.zeros(PAST, "i8"), np.zeros(PAST, "i8"), after) == pytest.approx(
        math.log(0.3), abs=1e-4
    )


def test_half_of_what_was_won_counts_after_89_answers() -> None:
    past, won = np.zeros(PAST, "i8"), nats(*np.linspace(-40, 40, PAST))
    for _ in range(89):
        plain(sink_in)(won, past)
    assert past == pytest.approx(0.5 * won, abs=0.3 * NAT)
    for _ in range(3_000):
        plain(sink_in)(won, past)
    assert past == pytest.approx(won, abs=SINKS_IN)


def test_what_was_won_is_that_of_the_alarms_models() -> None:
    rows, won = drive.fresh(), np.zeros(PAST, "i8")
    for answer in drive.answers(drive.random, 50, 1):
        drive.take(rows, answer)
    plain(won_so_far)(rows.alarm, 4, won)
    assert won[:HONEST_MODELS].tolist() == rows.alarm[:HONEST_MODELS].tolist()
    assert won[HONEST_MODELS] / NAT == pytest.approx(alarm.unusual_nats(rows.alarm, 4), abs=1e-4)


def test_the_compiled_form_equals_the_plain_one() -> None:
    chance = np.random.default_rng(3)
    past, before, after = (nats(*chance.normal(0, 20, PAST)) for _ in range(3))
    assert predicted_nats(past, before, after) == pytest.approx(plain(predicted_nats)(past, before, after))
    one, other = past.copy(), past.copy()
    sink_in(after, one)
    plain(sink_in)(after, other)
    assert one.tolist() == other.tolist()
