import signal

import pytest

from stream.transport.faults import Point, self_inflicted


@pytest.fixture
def signals(monkeypatch):
    sent = []
    monkeypatch.setattr("os.kill", lambda pid, number: sent.append(number))
    return sent


def test_a_fault_strikes_at_the_named_passage_once(signals):
    fault = self_inflicted("KILL@after_commit:2:judgments")
    fault("judgments:0", Point.BEFORE_COMMIT)
    fault("outcomes:0", Point.AFTER_COMMIT)
    fault("judgments:0", Point.AFTER_COMMIT)
    assert signals == []
    fault("judgments:1", Point.AFTER_COMMIT)
    fault("judgments:1", Point.AFTER_COMMIT)
    assert signals == [signal.SIGKILL]


def test_without_count_and_topic_the_first_passage_of_any_shard_is_meant(signals):
    self_inflicted("STOP@claimed")("outcomes:3", Point.CLAIMED)
    assert signals == [signal.SIGSTOP]


def test_an_unknown_point_is_refused():
    with pytest.raises(ValueError, match="lunch"):
        self_inflicted("KILL@lunch")
