"""docs/reading.md: what `raterwatch.read`, `labels` and `affected` give, with every column from its declaration."""

from stream.arrow_rows import columns_page
from stream.read.columns import Measured, OfFinding, OfMoment, OfQueue, OfRater, OfVendor
from stream.report.affected import AffectedItem
from stream.report.items_file import ItemRow

_INTRODUCTION = """\
# Reading what raterwatch knows

Written from the declarations in `stream/read/columns.py`, `stream/report/items_file.py` and
`stream/report/affected.py` by `make generate`.

For notebooks and programs, as Arrow tables; `.to_pandas()` works on each where pandas is installed:

```python
from raterwatch import read

deployment = read.connect("redis://reader@redis:6379", password_file="redis_reader_password")
deployment.raters(window="7d", queue="toxicity").to_pandas()
deployment.queues()  # lifetime; or window="1h", "24h", "7d"
deployment.vendors(window="7d")
deployment.findings()  # open now
deployment.history("rkx-7hq2m9t4vwzc")  # five minutes, hours and days that are kept

files = read.backtest("toloka.tsv", time_zone="UTC")  # the same tables, without any server
files.vendors()

read.facts("facts/", since=date(2026, 1, 1))  # of past months: docs/facts.md
```

Without an address, `read.raters()` and the others look where the environment says (`RATERWATCH_REDIS`, …), as the
commands do. Redis is only read: a user like `reader` in `deploy/redis.acl.template` is enough. Raters are pseudonyms.
Of a rater who is restricted nothing is told, and how long somebody worked on sensitive content is in no table.

Shares are 0 to 1, intervals are at 95 % and for one look. **What is unknown is null, never 0, and `why` says what is
missing.** In Parquet and Arrow each column carries its description. `queues()` and `vendors()` add up all shards and
leave training out; costs in several currencies are not added up.

[notebooks/vendor_value.ipynb](notebooks/vendor_value.ipynb) asks which vendor is worth its cost, adjusted for case
mix.
"""

_ITEMS = """\
## Labels: items.csv and items.parquet

`raterwatch backtest FILE… --out report` writes both from files, `raterwatch labels --out labels` from a deployment,
with the same columns. The consensus is a weighted vote (`stream/report/consensus.py`): a rater who is right with
probability p adds log(p (K - 1) / (1 - p)) to the label given. No rater is named in either file.

A deployment holds an item for one to two horizons (`RATERWATCH_HORIZON_DAYS`) after its last record, and knows it by
its key; ids come from Kafka's log. Rows of `labels` stand in the order of the shards. An answer that came while its
rater was restricted is left out until the release; one of a forgotten rater stays on its item, without a name and a
vendor.
"""

_AFFECTED = """\
## What hangs on one rater

```
raterwatch affected rkx-7hq2m9t4vwzc --since 2026-11-20T00:00:00Z --out again.csv
raterwatch affected rkx-7hq2m9t4vwzc --since change
raterwatch affected --finding 5d0c7e1f2a3b4c5d6e7f8091a2b3c4d5 --json
raterwatch affected worker-17 --since first --from-files toloka.tsv --time-zone UTC
```

lists the items that the rater has answered since a moment, by the same vote with and without the rater, and what it
costs to have them judged again: what these answers cost, and one fresh judgment each at the queue's median. `--since
change` begins where an open finding of a change from the rater's own past says; `--finding` does likewise, and begins
with the first answer where a detector knows no such moment. A flip says what a consensus rested on, not who was
right.

Which items a rater judged is written nowhere, so all items of all shards are looked through once, a page at a time.
Answers on items that are forgotten for their age are counted as no longer held.
"""


def reading_page() -> str:
    """The whole document."""
    tables = (
        ("### raters()", (OfRater, Measured)),
        ("### queues()", (OfQueue,)),
        ("### vendors()", (OfVendor,)),
        ("### history(rater)", (OfMoment,)),
        ("### findings()", (OfFinding,)),
    )
    further = "and the columns from `judgments` to `why` of raters()"
    parts = [_INTRODUCTION, "## Tables\n"]
    for heading, kinds in tables:
        page = columns_page(*kinds)
        shares = heading not in {"### raters()", "### findings()"}
        parts.append(f"{heading}\n\n{page}" + (f"\n{further}.\n" if shares else ""))
    parts += [_ITEMS, columns_page(ItemRow), _AFFECTED, columns_page(AffectedItem)]
    return "\n".join(parts)
