"""Webhooks to a real HTTP server whose owner verifies them by the Standard Webhooks library."""

import base64
import time
from dataclasses import replace

import httpx
import pytest

from alerts.escalation.deliver.webhook import SignedWebhook, send_webhook, signed_headers, webhook_client
from alerts.escalation.errors import Undeliverable
from tests.webhook_receiver import SECRET, Receiver, receiving

OTHER = "whsec_" + base64.b64encode(b"another secret of at least 24 bytes").decode()
BODY = '{"type":"case.case","case":{"id":"rater-0a"},"text":"“fine”"}'


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def message(receiver: Receiver, *secrets: str) -> SignedWebhook:
    return SignedWebhook("msg_1", receiver.url, BODY, secrets or (SECRET,), open_loopback=True)


async def test_a_signed_message_is_verified_by_the_library_and_keeps_its_id() -> None:
    async with receiving() as receiver, webhook_client() as client:
        for _ in range(2):
            await send_webhook(client, message(receiver), now_ms())
        assert receiver.came == {"msg_1": 2}
        assert receiver.bodies[0]["text"] == "“fine”"
        assert receiver.refused == []


@pytest.mark.parametrize("at_the_receiver", [SECRET, OTHER])
async def test_while_secrets_change_the_old_and_the_new_one_verify(at_the_receiver: str) -> None:
    async with receiving() as receiver, webhook_client() as client:
        receiver.secret = at_the_receiver
        await send_webhook(client, message(receiver, SECRET, OTHER), now_ms())
        assert receiver.came == {"msg_1": 1}


async def test_forged_stale_replayed_and_altered_messages_are_refused() -> None:
    async with receiving() as receiver, httpx.AsyncClient() as stranger:
        fit = message(receiver)
        headers = signed_headers(fit, now_ms())
        forged = signed_headers(replace(fit, secrets=[OTHER]), now_ms())
        stale = signed_headers(fit, now_ms() - 600_000)
        ahead = signed_headers(fit, now_ms() + 600_000)
        for given, body in [
            (forged, BODY),
            (stale, BODY),
            (ahead, BODY),
            (headers, BODY.replace("fine", "rude")),
            ({**headers, "webhook-id": "msg_2"}, BODY),  # a replay under another id
            ({**headers, "webhook-timestamp": str(now_ms() // 1_000 + 5)}, BODY),  # or at another time
            ({name: text for name, text in headers.items() if name != "webhook-signature"}, BODY),
        ]:
            assert (await stranger.post(receiver.url, content=body.encode(), headers=given)).status_code == 401
        assert len(receiver.refused) == 7
        assert receiver.came == {}
        # The same message, untouched, is taken: it was not refused for another reason.
        assert (await stranger.post(receiver.url, content=BODY.encode(), headers=headers)).status_code == 200


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_a_failure_and_is_not_followed(status: int) -> None:
    async with receiving() as receiver, webhook_client() as client:
        receiver.status = status
        with pytest.raises(Undeliverable, match=f"answered {status}") as failure:
            await send_webhook(client, message(receiver), now_ms())
        assert receiver.elsewhere == 0
        assert not failure.value.final


@pytest.mark.parametrize(("status", "final"), [(500, False), (404, False), (429, False), (410, True)])
async def test_only_a_receiver_that_is_gone_for_good_is_given_up_at_once(status: int, final: bool) -> None:
    async with receiving() as receiver, webhook_client() as client:
        receiver.status = status
        with pytest.raises(Undeliverable) as failure:
            await send_webhook(client, message(receiver), now_ms())
        assert failure.value.final is final


async def test_a_loopback_target_is_refused_unless_it_was_opened() -> None:
    async with receiving() as receiver, webhook_client() as client:
        closed = replace(message(receiver), open_loopback=False)
        with pytest.raises(Undeliverable):
            await send_webhook(client, closed, now_ms())
        with pytest.raises(Undeliverable, match="not public"):
            await send_webhook(client, replace(closed, url=receiver.url.replace("http://", "https://")), now_ms())
        assert receiver.came == {}


async def test_nothing_listens_there() -> None:
    async with receiving() as receiver:
        pass
    async with webhook_client() as client:
        with pytest.raises(Undeliverable, match="no answer") as failure:
            await send_webhook(client, message(receiver), now_ms())
    assert not failure.value.final


async def test_a_secret_that_is_none_is_told_without_showing_it() -> None:
    async with receiving() as receiver, webhook_client() as client:
        with pytest.raises(Undeliverable) as failure:
            await send_webhook(client, message(receiver, "whsec_päss"), now_ms())
        assert "päss" not in str(failure.value)
