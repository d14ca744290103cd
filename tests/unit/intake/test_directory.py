from typing import Any

import msgspec
import numpy as np
import pytest
import xxhash

from stream.errors import SettingsError, StateError
from stream.events import Control
from stream.intake.control import ControlKey, sign
from stream.intake.directory import Directory, Fold
from stream.intake.payload import QueuePayload, SettingsPayload
from stream.intake.reasons import Reason
from stream.quality.schema import OTHER, Kind
from tests.unit.intake.samples import SETTINGS

A = QueuePayload(name="a", labels=("x", "y"))
B = QueuePayload(name="b", labels=("1", "2"), kind="ordinal")
C = QueuePayload(name="c", labels=("r", "g"), kind="set")


def control(key: ControlKey, payload: Any, version: int = 1, source: str = "settings") -> Control:
    return msgspec.json.decode(sign(key, source=source, version=version, at=1, payload=payload), type=Control)


def settings(*queues: QueuePayload, **more: Any) -> SettingsPayload:
    return SettingsPayload(queues=queues, **more)


def test_queues_keep_their_rows_in_the_order_of_first_declaration(key: ControlKey) -> None:
    directory = Directory(key)
    directory.apply(control(key, settings(B, A), 1))
    directory.apply(control(key, settings(A), 2))
    directory.apply(control(key, settings(C, A, B), 3))
    assert [(queue.row, queue.name, queue.is_open) for queue in directory.queues] == [
        (0, "b", True),
        (1, "a", True),
        (2, "c", True),
    ]
    assert directory.queues[1].key == xxhash.xxh3_64_intdigest(b"a")
    assert (directory.row("c"), directory.row("nowhere")) == (2, -1)


def test_a_queue_that_is_left_out_is_closed_and_keeps_its_settings(key: ControlKey) -> None:
    directory = Directory(key)
    directory.apply(control(key, settings(A, B), 1))
    directory.apply(control(key, settings(B), 2))
    closed = directory.queues[0]
    assert (closed.is_open, closed.labels) == (False, ("x", "y"))


@pytest.mark.parametrize("version", [1, 2])
def test_lower_and_equal_versions_are_stale(key: ControlKey, version: int) -> None:
    directory = Directory(key)
    assert directory.apply(control(key, settings(A), 2)) is Fold.APPLIED
    assert directory.apply(control(key, settings(A, B), version)) is Fold.STALE
    assert len(directory.queues) == 1
    assert directory.version("settings") == 2


def test_versions_are_counted_per_source(key: ControlKey) -> None:
    directory = Directory(key)
    assert directory.apply(control(key, 1, 9, "reference:a")) is Fold.APPLIED
    assert directory.apply(control(key, settings(A), 1)) is Fold.APPLIED
    assert directory.apply(control(key, 1, 8, "reference:b")) is Fold.APPLIED
    assert directory.apply(control(key, 1, 8, "reference:a")) is Fold.STALE


def test_a_forged_record_changes_nothing(key: ControlKey) -> None:
    directory = Directory(key)
    assert directory.apply(control(ControlKey(b"x" * 32), settings(A))) is Reason.FORGED_CONTROL
    assert Directory().apply(control(key, settings(A))) is Reason.FORGED_CONTROL
    assert not directory.queues
    assert directory.version("settings") == 0


@pytest.mark.parametrize(
    "payload",
    [
        settings(C, msgspec.structs.replace(A, labels=("y", "x"))),
        settings(C, msgspec.structs.replace(A, labels=("x",))),
        settings(C, msgspec.structs.replace(A, labels=("x", "z", "y"))),
        settings(C, msgspec.structs.replace(A, kind="ordinal")),
        settings(C, C),
        settings(C, QueuePayload(name="d", labels=("x", "x"))),
        settings(C, QueuePayload(name="d\0", labels=("x",))),
        settings(C, QueuePayload(name="d", kind="ordinal", labels=tuple(map(str, range(33))))),
        settings(C, QueuePayload(name="d", kind="set", labels=tuple(map(str, range(33))))),
        {"queues": [{"name": "d"}]},
        [],
    ],
)
def test_settings_that_conflict_are_refused_whole(key: ControlKey, payload: Any) -> None:
    directory = Directory(key)
    directory.apply(control(key, settings(A), 1))
    before = directory.to_bytes()
    assert directory.apply(control(key, payload, 2)) is Reason.SETTINGS_CONFLICT
    assert directory.to_bytes() == before
    assert directory.row("c") == -1


def test_labels_may_be_appended_and_other_keeps_its_code(key: ControlKey) -> None:
    directory = Directory(key)
    directory.apply(control(key, settings(A), 1))
    assert directory.labels["a", "z"] == OTHER
    directory.apply(control(key, settings(msgspec.structs.replace(A, labels=("x", "y", "z"))), 2))
    assert [directory.labels["a", label] for label in ("x", "y", "z", "w")] == [0, 1, 2, OTHER]


def test_a_change_of_vendors_takes_effect_on_known_profiles(key: ControlKey) -> None:
    directory = Directory.of(settings(A, accept_raw_ids=True), key)
    wire = ("r", "a", "acme", None, None, None)
    slot = directory.profiles[wire]
    assert directory.profiles.slots["refused"][slot] == 0
    directory.apply(control(key, settings(A, accept_raw_ids=True, vendors=("zenith",)), 1))
    slot = directory.profiles[wire]
    assert directory.profiles.slots["refused"][slot] == Reason.UNKNOWN_VENDOR.code


def test_it_comes_back_from_the_store(key: ControlKey) -> None:
    directory = Directory.of(SETTINGS, key)
    directory.apply(control(key, settings(*SETTINGS.queues[1:], A, accept_raw_ids=True), 7))
    restored = Directory.from_bytes(directory.to_bytes(), key)
    assert restored.queues == directory.queues
    assert restored.to_bytes() == directory.to_bytes()
    assert restored.accept_raw_ids
    assert restored.version("settings") == 7
    assert restored.apply(control(key, settings(A), 7)) is Fold.STALE
    assert np.array_equal(restored.horizon_ms, directory.horizon_ms)


def test_the_stored_bytes_follow_every_change(key: ControlKey) -> None:
    directory = Directory(key)
    states = {directory.to_bytes()}
    for version, source in ((1, "settings"), (1, "reference:a"), (2, "settings")):
        directory.apply(control(key, settings(*(A, B)[:version]), version, source))
        states.add(directory.to_bytes())
    assert len(states) == 4


def test_the_key_is_not_stored(key: ControlKey) -> None:
    assert b"kkkk" not in Directory.of(SETTINGS, key).to_bytes()


@pytest.mark.parametrize("data", [b"", b"?", msgspec.msgpack.encode([99, {}, [], False, []])])
def test_what_is_no_directory_stops_the_shard(data: bytes) -> None:
    with pytest.raises(StateError, match="queue settings"):
        Directory.from_bytes(data)


def test_settings_given_at_the_start_are_checked_too() -> None:
    with pytest.raises(SettingsError, match="declared twice"):
        Directory.of(settings(A, A))


@pytest.mark.parametrize(
    ("kind", "labels", "width"),
    [
        ("nominal", 1, 2),
        ("nominal", 2, 4),
        ("nominal", 3, 4),
        ("nominal", 4, 8),
        ("nominal", 15, 16),
        ("nominal", 16, 32),
        ("nominal", 31, 32),
        ("nominal", 32, 32),
        ("nominal", 500, 32),
        ("ordinal", 2, 2),
        ("ordinal", 5, 8),
        ("ordinal", 32, 32),
        ("set", 3, 4),
        ("set", 32, 32),
    ],
)
def test_a_label_vector_has_room_for_other_where_there_is_one(kind: Any, labels: int, width: int) -> None:
    queue = QueuePayload(name="q", kind=kind, labels=tuple(map(str, range(labels))))
    assert Directory.of(settings(queue)).queues[0].width == width


def test_labels_beyond_the_cells_are_other() -> None:
    queue = Directory.of(settings(QueuePayload(name="q", labels=tuple(map(str, range(40)))))).queues[0]
    assert [queue.code(str(label)) for label in (0, 30, 31, 39, 40)] == [0, 30, OTHER, OTHER, OTHER]


def test_every_level_and_member_of_a_full_queue_has_its_code() -> None:
    full = tuple(map(str, range(32)))
    ordinal, members = Directory.of(
        settings(QueuePayload(name="o", kind="ordinal", labels=full), QueuePayload(name="s", kind="set", labels=full))
    ).queues
    assert [ordinal.code(level) for level in full] == list(range(32))
    assert members.code(list(full)) == 2**32 - 1
    assert (ordinal.kind, members.kind) == (Kind.ORDINAL, Kind.SET)
    assert Directory.of(settings(members.payload)).is_other(np.array([OTHER]), np.array([0])).tolist() == [False]
