"""One Kafka broker in KRaft mode: a single node that is its own controller, from the jars of Maven Central."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from stack.errors import StackError
from stack.jars import require_kafka_jars
from stack.process import Process
from stack.programs import JAVA

# A cluster id is 16 bytes in unpadded base64; one node that nobody joins needs no id of its own.
_CLUSTER_ID = "cmF0ZXJ3YXRjaC1sb2NhbA"


class Kafka(Process):
    """A broker at `bootstrap`. Topics are only made on request and records never expire.

    `settings` are broker properties that win over the ones below; `heap` is Java's -Xmx.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        controller_port: int,
        *,
        settings: Mapping[str, str] | None = None,
        heap: str = "512m",
    ) -> None:
        self.bootstrap = f"127.0.0.1:{port}"
        self._properties = folder / "server.properties"
        self._data = folder / "data"
        self._settings = _settings(port, controller_port, self._data) | dict(settings or {})
        self._java = [str(JAVA.require()), f"-Xmx{heap}", "-cp", f"{require_kafka_jars()}/*"]
        super().__init__(
            "kafka",
            [*self._java, "kafka.Kafka", self._properties],
            folder,
            ready=lambda: self.logged("Kafka Server started"),
            start_timeout_s=90.0,  # a broker that was killed first recovers its logs
        )

    def start(self) -> None:
        """Start the broker; the first start formats its data folder."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in self._settings.items()))
        if not (self._data / "meta.properties").exists():
            self._format()
        super().start()

    def _format(self) -> None:
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(self._properties)]
        tool = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if tool.returncode != 0:
            raise StackError(
                f"Kafka could not format {self._data}; it needs Java 17 or newer. It said:\n"
                f"{tool.stdout[-2000:]}{tool.stderr[-2000:]}"
            )


def _settings(port: int, controller_port: int, data: Path) -> dict[str, str]:
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        # One node cannot replicate its inner topics; few partitions make the first consumer group start sooner.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        # Tests that kill a worker must not wait long for its partitions to move.
        "group.min.session.timeout.ms": "1000",
        # A killed broker may register again only when its former session has ended.
        "broker.heartbeat.interval.ms": "400",
        "broker.session.timeout.ms": "2000",
    }
