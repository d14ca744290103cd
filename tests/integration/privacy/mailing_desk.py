"""The case service of the demo, with a mail server and a vendor that has no webhook."""

from collections.abc import Iterable
from pathlib import Path

from stack.local import LocalStack
from stream.demo.desk import Desk
from stream.demo.recorder import Recorder


class MailingDesk(Desk):
    """Sends mail to a server of this machine."""

    def __init__(self, folder: Path, port: int, mail_port: int, *, mailed: str) -> None:
        super().__init__(folder, port)
        self._mail_port, self._mailed = mail_port, mailed

    def _configure(
        self, stack: LocalStack, recorder: Recorder, policy: Path, vendors: Iterable[str], token_file: Path
    ) -> None:
        super()._configure(stack, recorder, policy, vendors, token_file)
        with self.settings_file.open("a") as settings:
            settings.write(
                f'[mail]\nhost = "127.0.0.1"\nport = {self._mail_port}\nsecurity = "none"\n'
                'sender = "desk@example.org"\n'
            )
        with (self.folder / "contracts.toml").open("a") as contracts:
            contracts.write(f'[vendors.{self._mailed}]\nlead_email = "lead@{self._mailed}.example"\n')

    def database(self) -> bytes:
        """The bytes of all its files, of what has been committed and what is being written."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.glob("cases.db*")))
