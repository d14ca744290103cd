import logging

import pytest

from stream.state.port import Refusal
from stream.transport.observer import SilentObserver
from stream.transport.telling import TellingObserver


class Heard(SilentObserver):
    def __init__(self) -> None:
        self.calls: list[str] = []

    def refused(self, shard: str, refusal: Refusal) -> None:
        self.calls.append(f"refused {refusal}")

    def halted(self, shard: str, reason: str, remedy: str) -> None:
        self.calls.append("halted")


def test_what_is_not_ordinary_is_in_the_log_and_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    observer = TellingObserver(heard)
    with caplog.at_level(logging.INFO):
        observer.refused("judgments:3", Refusal.FENCED)
        observer.halted("outcomes:1", "outcomes are missing", "Rebuild the sender")
        observer.rewound("judgments:0", 17)
    assert heard.calls == ["refused fenced", "halted"]
    text = caplog.text
    assert "judgments:3: commit refused (fenced)" in text
    assert "outcomes:1 halted: outcomes are missing. Rebuild the sender" in text
    assert "17 offsets" in text
