"""The case service of a deployment on one machine, with vendors whose webhooks lead to the recorder."""

import json
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.local import LocalStack
from stack.process import Process
from stream.demo.recorder import Recorder
from stream.errors import Unavailable

ALERTS_PATH = "/api/v1/alertmanager"
_START_S = 60.0


class Desk(Process):
    """Runs at `address` inside a LocalStack's block; cases open there by themselves."""

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.settings_file, self._port = folder / "escalation.toml", port
        command = [sys.executable, "-m", "stream", "escalation", "--settings", str(self.settings_file)]
        super().__init__("escalation", command, folder, ready=self._is_ready, start_timeout_s=_START_S)

    @contextmanager
    def at_work(
        self, stack: LocalStack, recorder: Recorder, *, policy: Path, vendors: Iterable[str], token_file: Path
    ) -> Iterator[None]:
        """The service within a block. The recorder is its vendors and our chat; Alertmanager brings the token."""
        self._configure(stack, recorder, policy, vendors, token_file)
        self.start()
        try:
            yield
        finally:
            self.stop()

    def _configure(
        self, stack: LocalStack, recorder: Recorder, policy: Path, vendors: Iterable[str], token_file: Path
    ) -> None:
        # A rater's own numbers, and items to be judged again, are read there.
        self._environment = {"RATERWATCH_REDIS": stack.redis.url}
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("webhook", recorder.vendor_secret),
            ("link_key", secrets.token_hex()),
            ("slack", f"{recorder.url}/slack/quality"),
        ):
            (self.folder / name).write_text(text)
        self.settings_file.write_text(
            _toml("", contracts="contracts.toml", policy=str(policy.resolve()))
            + _toml("kafka", servers=stack.kafka.bootstrap)
            + _toml(
                "http",
                port=self._port,
                address=self.address,
                alertmanager_token_file=str(token_file.resolve()),
                link_key_file="link_key",
            )
            + _toml("us", slack_url_file="slack")
            + _toml("sending", open_loopback=True)
        )
        contracts = (
            _toml(f"vendors.{json.dumps(vendor)}", display_name=vendor.title())
            + _toml(
                f"vendors.{json.dumps(vendor)}.webhook",
                url=f"{recorder.url}/vendor/{vendor}",
                secret_files=["webhook"],
            )
            for vendor in sorted(set(vendors))
        )
        (self.folder / "contracts.toml").write_text("".join(contracts))

    def sign_in_link(self) -> str:
        """A link that signs in whoever looks at the demo, as somebody who decides."""
        return f"{self.address}/sign-in?token={self.token('you', 'decider')}"

    def token(self, person: str, role: str) -> str:
        """A token of a day; raises Unavailable when the service cannot make one."""
        command = [sys.executable, "-m", "stream", "tokens", "create", person, "--role", role, "--days", "1"]
        command += ["--settings", str(self.settings_file)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own module)
        if made.returncode != 0:
            raise Unavailable(f"no token could be made for the case desk:\n{made.stderr}")
        return made.stdout.strip()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2):  # noqa: S310 (our own service)
                return True
        except (urllib.error.URLError, OSError):
            return False


def _toml(table: str, **values: str | int | bool | list[str]) -> str:
    """A table; JSON's strings, numbers, lists and booleans are TOML's too."""
    heading = f"[{table}]\n" if table else ""
    return heading + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()) + "\n"
