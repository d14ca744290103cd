"""A line to our own Slack channel, by its incoming webhook."""

import httpx

from alerts.escalation.deliver.texts import Text
from alerts.escalation.errors import Undeliverable


async def send_slack(client: httpx.AsyncClient, url: str, text: Text) -> None:
    """Posts it; raises Undeliverable. The URL is a secret and stands in no message."""
    try:
        answer = await client.post(url, json={"text": text.body})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Undeliverable(f"no answer from Slack ({type(error).__name__})") from None
    if not answer.is_success:
        raise Undeliverable(f"Slack answered {answer.status_code}")
