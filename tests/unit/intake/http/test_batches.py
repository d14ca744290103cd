import gzip
from pathlib import Path

import msgspec
import pytest

from stream.intake.http.tokens import Token
from stream.intake.pseudonyms import PseudonymKey, looks_like_pseudonym
from stream.intake.reasons import Reason
from tests.unit.intake.http.door import ALL_RIGHTS, NOW_MS, gold, judgment, opened, token
from tests.unit.intake.samples import RATER


async def test_a_batch_is_answered_once_it_is_in_kafka_under_its_items(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        batch = [judgment(), judgment(judgment_id="j2", item_id="i2", label="dog"), gold()]
        answer = await door.post(batch)
        assert (answer.status_code, answer.json()) == (200, {"accepted": 3, "refused": [], "notes": {}})
        assert door.sent == batch_as_sent(batch)
        assert [record.key for record in door.records] == [b"i1", b"i2", b"i1"]


def batch_as_sent(batch: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{"type": "judgment", **one} if "type" not in one else one for one in batch]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_lines_arrays_and_a_single_object_say_the_same(tmp_path: Path, encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else bytes
    one = msgspec.json.encode(judgment())
    async with opened(tmp_path) as door:
        for body, kind in ((one, "json"), (b"[" + one + b"]", "json"), (one + b"\n\n", "x-ndjson")):
            headers = {"Content-Type": f"application/{kind}; charset=utf-8", "Content-Encoding": encoding}
            answer = await door.post(pack(body), headers=headers)
            assert answer.json()["accepted"] == 1
        assert door.sent == 3 * batch_as_sent([judgment()])


async def test_one_bad_record_refuses_the_whole_batch_and_every_bad_one_is_listed(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        answer = await door.lines(
            judgment(), judgment(queue="no-such"), b"", b"{oops", judgment(label=...), judgment(duration_ms=-1)
        )
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert "4 of 5 records" in told["detail"]
        assert [(one["index"], one["place"], one["reason"]) for one in told["refused"]] == [
            (1, "line 2", "other_queue"),
            (2, "line 4", "malformed_json"),
            (3, "line 5", "missing_field"),
            (4, "line 6", "out_of_bounds"),
        ]
        assert "$.duration_ms" in told["refused"][3]["detail"]
        assert door.sent == []


async def test_partial_takes_the_good_ones_and_lists_the_rest(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        batch = [judgment(), judgment(label=["red"]), judgment(judgment_id="j3")]
        answer = await door.post(batch, params={"partial": "1"})
        assert answer.status_code == 200
        assert answer.json()["accepted"] == 2
        assert [(one["index"], one["reason"]) for one in answer.json()["refused"]] == [(1, "wrong_type")]
        assert [one["judgment_id"] for one in door.sent] == ["j1", "j3"]
        hopeless = await door.post([judgment(label=["red"])], params={"partial": "1"})
        assert hopeless.status_code == 422


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (judgment(vendor="zenith"), "other_vendor"),
        (judgment(queue="closed-to-us"), "other_queue"),
        (judgment(queue="tags", label=["pink"]), "unknown_label"),
        (judgment(submitted_at="2023-11-14T20:00:00"), "naive_time"),
        (judgment(submitted_at="yesterday"), "wrong_type"),
        (judgment(submitted_at=NOW_MS + 3_600_000), "clock_ahead"),
        (judgment(submitted_at=NOW_MS - 15 * 86_400_000), "too_late"),
        (judgment(cost="much"), "wrong_type"),
        (judgment(rater_id=""), "empty_id"),
        (judgment(item_id="i" * 600), "out_of_bounds"),
        (judgment(locale="x" * 70_000), "too_large"),
        (
            {"type": "control", "source": "settings", "version": 9, "at": 0, "payload": {}, "mac": "0" * 64},
            "not_allowed",
        ),
        (
            {
                "type": "verdict",
                "finding_id": "f",
                "rater_id": RATER,
                "queue": "images",
                "verdict": "cleared",
                "by": "me",
                "at": 0,
            },
            "not_allowed",
        ),
        (gold(at="2023-11-14T20:00:00"), "naive_time"),
        (gold(label="bird"), "unknown_label"),
        ({"type": "surprise"}, "unknown_type"),
        ([], "wrong_type"),
    ],
)
async def test_each_refusal_has_its_reason_and_sends_nothing(tmp_path: Path, record: object, reason: str) -> None:
    async with opened(tmp_path) as door:
        answer = await door.post([judgment(), record])
        [refused] = answer.json()["refused"]
        assert (answer.status_code, refused["index"], refused["reason"]) == (422, 1, reason)
        assert refused["detail"]
        assert door.sent == []


@pytest.mark.parametrize(
    ("rights", "allowed"),
    [
        ('vendor = "acme"\nqueues = ["*"]', {"judgment", "retraction"}),
        ('known_answers = true\nqueues = ["images"]', {"gold", "adjudication"}),
        (ALL_RIGHTS, {"judgment", "known", "retraction", "gold", "adjudication"}),
    ],
)
async def test_a_token_sends_what_it_may_and_nothing_else(tmp_path: Path, rights: str, allowed: set[str]) -> None:
    retraction = {"type": "retraction", "queue": "images", "item_id": "i1", "judgment_id": "j1", "rater_id": RATER}
    adjudication = gold(type="adjudication", auditor=RATER, sampling="random", severity="minor")
    records = {
        "judgment": judgment(),
        "known": judgment(gold="cat"),
        "retraction": retraction | {"reason": "a slip", "at": NOW_MS},
        "gold": gold(),
        "adjudication": adjudication,
    }
    async with opened(tmp_path, token("acme", rights)) as door:
        answers = {name: await door.post(record) for name, record in records.items()}
        assert {name for name, answer in answers.items() if answer.status_code == 200} == allowed
        refused = [answer.json()["refused"][0]["reason"] for answer in answers.values() if answer.status_code != 200]
        assert set(refused) <= {"not_allowed"}


async def test_raw_ids_become_pseudonyms_at_the_door(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        key = PseudonymKey.load(str(tmp_path / "acme.key"))
        adjudication = gold(type="adjudication", auditor="boss-7", sampling="random", severity="minor")
        retraction = {"type": "retraction", "queue": "images", "item_id": "i1", "judgment_id": "j1"}
        retraction |= {"rater_id": "worker-17", "reason": "", "at": NOW_MS}
        assert (await door.post([judgment(rater_id="worker-17"), retraction, judgment(), adjudication])).is_success
        raters = [one.get("rater_id") or one["auditor"] for one in door.sent]
        assert raters == [key.pseudonym("worker-17"), key.pseudonym("worker-17"), RATER, key.pseudonym("boss-7")]
        assert b"worker-17" not in b"".join(record.value for record in door.records)


async def test_without_a_key_a_raw_id_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", 'vendor = "acme"\nqueues = ["*"]')) as door:
        answer = await door.post(judgment(rater_id="worker-17"))
        assert answer.json()["refused"][0]["reason"] == Reason.RAW_RATER_ID
        assert "worker-17" not in answer.text


async def test_no_answer_repeats_what_stands_in_a_record(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        secret = "worker-17"
        batch = [judgment(outcome=secret), judgment(vendor=secret), judgment(queue=secret), judgment(stage=secret)]
        answer = await door.post([*batch, {"type": secret}, judgment(submitted_at=secret)])
        assert len(answer.json()["refused"]) == 6
        assert secret not in answer.text
        assert secret.encode() not in (await door.side.get("/metrics")).content


async def test_a_naive_time_is_read_by_the_clock_that_was_declared(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", ALL_RIGHTS + 'time_zone = "Europe/Berlin"')) as door:
        times = ["2023-11-14T20:00:00", "2023-11-14 20:00:00.250", "2023-11-14T20:00:00Z", NOW_MS - 5]
        answer = await door.post([judgment(submitted_at=at) for at in times])
        assert answer.is_success
        assert [one["submitted_at"] for one in door.sent] == [
            1_699_988_400_000,
            1_699_988_400_250,
            "2023-11-14T20:00:00Z",
            NOW_MS - 5,
        ]


async def test_a_time_in_a_repeated_hour_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path, token("acme", ALL_RIGHTS + 'time_zone = "America/New_York"')) as door:
        answer = await door.post(judgment(submitted_at="2023-11-05T01:30:00"))
        assert answer.json()["notes"] == {"times in an hour that clocks skip or repeat, read as before the change": 1}


async def test_fields_that_nobody_knows_stay_outside_and_are_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        answer = await door.post([judgment(email="ann@example.com"), judgment()])
        assert answer.json()["notes"] == {"records with fields that are not known, left out": 1}
        assert b"ann@" not in door.records[0].value


async def test_pseudonyms_are_the_same_from_the_cache() -> None:
    made = Token("t", None, PseudonymKey("bc", b"k" * 32), None)  # type: ignore[arg-type]
    assert made.pseudonym("17") == made.pseudonym("17") != made.pseudonym(" 17")
    assert looks_like_pseudonym(made.pseudonym("17"))
