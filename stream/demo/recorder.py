"""Stands in for pager, chat, webhooks and vendors on one machine: takes what is sent to them, and keeps it."""

import json
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from standardwebhooks import Webhook, WebhookVerificationError

_RUNBOOKS = Path(__file__).parents[2] / "alerts" / "runbooks"
_PAGERDUTY_NEEDS = frozenset({"routing_key", "dedup_key", "event_action"})
_SECRET_BYTES = 24
_OF_A_TRIGGER = frozenset({"summary", "source", "severity"})


class Message(NamedTuple):
    """What arrived: `service` is pagerduty, slack, webhook or vendor, `channel` what follows it in the address."""

    at_ms: int
    service: str
    channel: str
    body: dict[str, Any]

    @property
    def title(self) -> str:
        """The line that a phone shows."""
        match self.service:
            case "pagerduty":
                told = self.body.get("payload", {}).get("summary", self.body["dedup_key"])
                return f"{self.body['event_action']}: {told}"
            case "slack":
                told = self.body.get("attachments")
                return str(told[0]["title"] if told else self.body["text"])
            case "vendor":
                return f"{self.body['type']}: {self.body['case']['said']}"
            case _:
                names = ", ".join(sorted({alert["labels"]["alertname"] for alert in self.body["alerts"]}))
                return f"{self.body['status']}: {names}"

    @property
    def resolved(self) -> bool:
        """Whether it says that something is over."""
        match self.service:
            case "pagerduty":
                return bool(self.body["event_action"] == "resolve")
            case "slack":
                return bool(self.body.get("attachments", [{}])[0].get("color") == "good")
            case "vendor":
                return False
            case _:
                return bool(self.body["status"] == "resolved")


class Recorder:
    """Listens at `url` inside a `with` block: PagerDuty's Events v2 at /v2/enqueue, Slack at /slack/CHANNEL, webhooks
    at /webhook/NAME, vendors' at /vendor/NAME, refused where `vendor_secret` did not sign them. Every message is a line
    of `file`, too. Runbooks are to be read at /runbooks/NAME.
    """

    def __init__(self, port: int, file: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.vendor_secret = "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        self._file, self._lock = file, threading.Lock()
        self._messages: list[Message] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self._take))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="recorder")

    @property
    def messages(self) -> list[Message]:
        """All that arrived, in order."""
        with self._lock:
            return list(self._messages)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, path: str, text: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        body = json.loads(text)
        service, _, channel = path.strip("/").partition("/")
        service = "pagerduty" if path == "/v2/enqueue" else service
        fault = self._unsigned(text, headers) if service == "vendor" else _FAULTS.get(service, _unknown)(body)
        if fault:
            return 400, fault
        message = Message(time.time_ns() // 1_000_000, service, channel, body)
        with self._lock:
            self._messages.append(message)
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(message._asdict(), ensure_ascii=False) + "\n")
        if service == "pagerduty":
            answer = {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}
            return 202, json.dumps(answer)
        return 200, "ok"

    def _unsigned(self, text: bytes, headers: Mapping[str, str]) -> str | None:
        try:
            Webhook(self.vendor_secret).verify(text, dict(headers))
        except WebhookVerificationError as error:
            return str(error)
        return None


def _handler(take: Callable[[str, bytes, Mapping[str, str]], tuple[int, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                named = {name.lower(): value for name, value in self.headers.items()}
                status, answer = take(self.path, text, named)
            except ValueError:
                status, answer = 400, "no JSON"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def do_GET(self) -> None:
            runbook = _RUNBOOKS / f"{Path(self.path).name}.md"
            self.send_response(200 if runbook.is_file() else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(runbook.read_bytes() if runbook.is_file() else b"There is no such runbook.")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is the base class's)
            """The messages themselves are the log."""

    return Handler


def _pagerduty(body: Mapping[str, Any]) -> str | None:
    missing = _PAGERDUTY_NEEDS - body.keys()
    if body.get("event_action") == "trigger":
        missing |= _OF_A_TRIGGER - body.get("payload", {}).keys()
    elif body.get("event_action") not in {"acknowledge", "resolve"}:
        return "event_action is trigger, acknowledge or resolve"
    return f"missing: {', '.join(sorted(missing))}" if missing else None


def _slack(body: Mapping[str, Any]) -> str | None:
    return None if body.get("attachments") or body.get("text") else "no_text"


def _webhook(body: Mapping[str, Any]) -> str | None:
    return None if body.get("version") == "4" else "no Alertmanager webhook of version 4"


def _unknown(_: Mapping[str, Any]) -> str | None:
    return "no such service"


_FAULTS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "pagerduty": _pagerduty,
    "slack": _slack,
    "webhook": _webhook,
}
