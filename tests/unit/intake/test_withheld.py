"""Whom the decoder refuses or holds: by a keyed hash, from the very next record on, and whatever else is wrong."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
import xxhash

from stream.errors import StateError
from stream.events import Control
from stream.intake import withheld
from stream.intake.control import ControlKey, sign
from stream.intake.decode import Decoded, decode
from stream.intake.directory import Directory
from stream.intake.privacy_order import Word, order_about, privacy_control, read_order
from stream.intake.withheld import Withheld, token_of
from stream.quality.schema import Held
from tests.unit.intake.samples import DESTINATIONS, RATER, SETTINGS, judgment, records

OTHER = "rbc-2345bcdfghjm"
Decode = Callable[..., Decoded]


def order(key: ControlKey, word: Word, rater: str = RATER, version: int = 1) -> bytes:
    return privacy_control(key, order_about(rater, word, "ana", "as asked"), version, 5)


def refused(batch: Decoded) -> list[tuple[int, str, bytes | None]]:
    return [(reject.offset, reject.reason, reject.value) for reject in batch.rejects]


def test_a_forgotten_raters_judgments_are_refused_from_the_next_record_on(decoded: Decode, key: ControlKey) -> None:
    batch = decoded(judgment(), order(key, "forget"), judgment(), judgment(rater_id=OTHER))
    assert refused(batch) == [(102, "forgotten", None)]
    assert refused(decoded(judgment())) == [(100, "forgotten", None)]


@pytest.mark.parametrize("fault", [{"queue": "nowhere"}, {"vendor": "nobody"}, {"cost": "9999"}, {"submitted_at": 0}])
def test_what_else_is_wrong_keeps_nothing_of_the_record(
    decoded: Decode, key: ControlKey, fault: dict[str, object]
) -> None:
    assert refused(decoded(order(key, "forget"), judgment(**fault))) == [(101, "forgotten", None)]


def test_corrections_about_a_forgotten_rater_are_refused_too(decoded: Decode, key: ControlKey) -> None:
    verdict = {"type": "verdict", "finding_id": "f", "rater_id": RATER, "queue": "images", "verdict": "cleared"}
    taken_back = {"type": "retraction", "item_id": "i", "judgment_id": "j", "rater_id": RATER, "queue": "images"}
    batch = decoded(order(key, "forget"), verdict | {"by": "ana", "at": 1}, taken_back | {"reason": "", "at": 1})
    assert refused(batch) == [(101, "forgotten", None), (102, "forgotten", None)]


def test_a_restricted_raters_judgments_are_held_until_the_release(decoded: Decode, key: ControlKey) -> None:
    batch = decoded(
        judgment(),
        order(key, "restrict", version=1),
        judgment(),
        judgment(rater_id=OTHER),
        order(key, "release", version=2),
    )
    assert batch.rows["held"].tolist() == [Held.NO, Held.NO, Held.UNSENT, Held.NO, Held.NO]
    assert decoded(judgment()).rows["held"].tolist() == [Held.NO]


def test_the_directory_keeps_it_through_the_store_without_naming_anybody(directory: Directory, key: ControlKey) -> None:
    decode(records(order(key, "forget"), order(key, "restrict", OTHER)), directory, DESTINATIONS)
    stored = directory.to_bytes()
    for rater in (RATER, OTHER):
        hashed = xxhash.xxh3_64_intdigest(rater.encode())
        assert rater.encode() not in stored
        assert hashed.to_bytes(8, "little") not in stored
        assert hashed.to_bytes(8, "big") not in stored
    restored = Directory.from_bytes(stored, key)
    batch = decode(records(judgment(), judgment(rater_id=OTHER)), restored, DESTINATIONS)
    assert refused(batch) == [(100, "forgotten", None)]
    assert batch.rows["held"][1] == Held.UNSENT


def test_without_the_key_nobody_is_recognised_and_nothing_passes_unseen(directory: Directory, key: ControlKey) -> None:
    decode(records(order(key, "forget")), directory, DESTINATIONS)
    with pytest.raises(StateError, match="control key"):
        decode(records(judgment()), Directory.from_bytes(directory.to_bytes()), DESTINATIONS)


def test_directories_from_before_there_were_such_orders_are_read(key: ControlKey) -> None:
    old = msgspec.msgpack.decode(Directory.of(SETTINGS, key).to_bytes())[:5]
    assert not Directory.from_bytes(msgspec.msgpack.encode(old), key).withheld


def test_a_later_word_is_not_undone_by_an_earlier_one() -> None:
    key = ControlKey(b"k" * 16)
    token = token_of(key, 7)
    restrict, release = (order_about(RATER, word, "ana", "as asked") for word in ("restrict", "release"))
    assert Withheld().after(restrict, token, 2, 5).after(release, token, 1, 6).restriction(token) is not None
    assert Withheld().after(release, token, 2, 5).after(restrict, token, 1, 6).restriction(token) is None
    forgotten = (
        Withheld().after(restrict, token, 2, 5).after(order_about(RATER, "forget", "ana", "as asked"), token, 1, 6)
    )
    assert (forgotten.restricted, list(forgotten.forgotten)) == ({}, [token])
    assert forgotten.after(restrict, token, 9, 9) is forgotten


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withheld, "FORGOTTEN_MAX", 2)
    found = Withheld()
    for number in range(3):
        found = found.after(order_about(RATER, "forget", "ana", "as asked"), bytes([number]), number + 1, number)
    assert list(found.forgotten) == [b"\x01", b"\x02"]


def test_nobody_is_asked_for_while_nobody_is_withheld(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Directory, "_token", lambda _self, _rater: pytest.fail("looked somebody up"))
    decode(records(*(judgment(rater_id=rater) for rater in (RATER, OTHER))), directory, DESTINATIONS)


def test_an_order_of_another_version_changes_nothing(directory: Directory, key: ControlKey) -> None:
    strange = sign(key, source="privacy", version=1, at=5, payload={"rater": "x", "order": "whatever"})
    assert read_order(msgspec.json.decode(strange, type=Control)) is None
    batch = decode(records(strange, judgment()), directory, DESTINATIONS)
    assert (batch.rejects, dict(batch.counts)) == ([], {("stale_control", "privacy"): 1})
    assert np.all(batch.rows["held"] == Held.NO)
