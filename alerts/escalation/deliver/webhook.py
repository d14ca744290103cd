"""A signed webhook: Standard Webhooks, one POST to a checked address, no redirect followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from alerts.escalation.deliver.targets import Resolve, checked_target, resolve
from alerts.escalation.errors import Undeliverable

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
_GONE = 410


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """What is sent: the same id at every attempt, so that the receiver can tell a repetition."""

    id: str
    url: str
    body: str
    secrets: Sequence[str]  # one, or two while they change: then there are two signatures, and either will do
    open_loopback: bool = False


async def send_webhook(
    client: httpx.AsyncClient, webhook: SignedWebhook, now_ms: int, resolver: Resolve = resolve
) -> None:
    """Sends it; raises Undeliverable, final when the receiver says that it is gone for good (410)."""
    target = await checked_target(webhook.url, open_loopback=webhook.open_loopback, resolver=resolver)
    headers = {**signed_headers(webhook, now_ms), "host": target.host_header, "content-type": "application/json"}
    try:
        async with client.stream(
            "POST",
            target.url,
            content=webhook.body.encode(),
            headers=headers,
            follow_redirects=False,
            extensions={"sni_hostname": target.host},
        ) as answer:
            status = answer.status_code  # what stands in the answer is not read: it may be endless
    except httpx.HTTPError as error:
        raise Undeliverable(f"no answer from the webhook ({type(error).__name__})") from None
    if not httpx.codes.is_success(status):
        raise Undeliverable(f"the webhook answered {status}", final=status == _GONE)


def signed_headers(webhook: SignedWebhook, now_ms: int) -> dict[str, str]:
    """The three headers that the receiver verifies; the time is that of the attempt."""
    at = datetime.fromtimestamp(now_ms // 1_000, UTC)
    try:
        signatures = [Webhook(secret).sign(webhook.id, at, webhook.body) for secret in webhook.secrets]
    except (ValueError, RuntimeError):
        raise Undeliverable("a secret of the webhook is none; it is whsec_ and base64 of 24 to 64 bytes") from None
    return {
        "webhook-id": webhook.id,
        "webhook-timestamp": str(now_ms // 1_000),
        "webhook-signature": " ".join(signatures),
    }


def webhook_client() -> httpx.AsyncClient:
    """A client that takes nothing from its environment: a proxy there would see other addresses than the checked."""
    return httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
