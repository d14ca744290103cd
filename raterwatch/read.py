"""What raterwatch knows, as Arrow tables for notebooks: see docs/reading.md.

    from raterwatch import read

    deployment = read.connect("redis://reader@redis:6379", password_file="reader.secret")
    deployment.raters(window="7d").to_pandas()
    read.facts("facts/", since=date(2026, 1, 1))  # of past months, as `raterwatch facts run --to facts/` writes them

Without an address, `read.raters()` and the others look where the environment says (RATERWATCH_REDIS).
"""

import pyarrow as pa

from stream.facts.read import read_facts as facts
from stream.read.opening import backtest, connect
from stream.read.tables import Tables, WindowName

__all__ = ["Tables", "backtest", "connect", "facts", "findings", "history", "queues", "raters", "vendors"]


def raters(*, queue: str | None = None, window: WindowName = "lifetime") -> pa.Table:
    """A row a rater and queue."""
    return connect().raters(queue=queue, window=window)


def queues(*, window: WindowName = "lifetime") -> pa.Table:
    """A row a queue."""
    return connect().queues(window=window)


def vendors(*, window: WindowName = "lifetime") -> pa.Table:
    """A row a vendor and queue."""
    return connect().vendors(window=window)


def findings() -> pa.Table:
    """A row an open finding."""
    return connect().findings()


def history(rater: str) -> pa.Table:
    """A row a queue and piece of time that is kept of a rater."""
    return connect().history(rater)
