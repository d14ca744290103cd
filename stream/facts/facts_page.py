"""docs/facts.md: how to use the facts, and every table and column from the declaration."""

from collections.abc import Sequence

from stream.facts.columns import TABLES, Field, Table

_HEAD = """<!-- Written by `make generate` from stream/facts/. -->

# Daily facts

`raterwatch facts run` follows the stream and keeps, in PostgreSQL or as Parquet files, what each rater did on each day:
for invoices, for months ago, for your own questions in SQL. A change that a judgment meets later (a peer, a corrected
known answer, an audit, a retraction) moves the row of the judgment's own day. Each judgment counts once, whatever is
killed: rows and positions in the logs are written in one transaction, and what the logs repeat is recognised.

```console
$ raterwatch facts run --to facts/ --queues queues.toml          # Parquet files below facts/
$ raterwatch facts run --to postgresql://raterwatch@db/quality   # the schema `facts` of a database
$ raterwatch facts files --to facts/ daily_facts                 # the files that count now
$ raterwatch facts schema daily_facts --as bigquery              # also: arrow, postgresql
$ raterwatch facts prune --to facts/ --days 396                  # what `run` does by itself every hour
```

One process writes to a store; a second one is refused. It needs no Redis and no consumer group. `/metrics` says how far
it is behind (`raterwatch_facts_behind_seconds`) and which day is whole (`raterwatch_facts_complete_until_seconds`).

## Questions in SQL

Sums add up over any rows; ratios do not: divide the sums. Sums of shares are whole numbers of 2^-30, so that they are
exact: divide by 2^30 = 1073741824.

```sql
-- DuckDB over the files that `raterwatch facts files` names; in PostgreSQL the table is facts.daily_facts
SELECT vendor, strftime(day, '%Y-%m') AS month,
       sum(judgments)                                                  AS judgments,
       sum(agreement_sum) / 1073741824 / sum(scored)                   AS agreement,
       sum(gold_right_sum) / 1073741824 / sum(gold_seen)               AS gold_accuracy,
       sum(cost_micro) / 1e6
         / (sum(judgments) * sum(gold_right_sum) / 1073741824 / sum(gold_seen)) AS cost_per_correct
FROM read_parquet([...]) WHERE stage = 'production' AND currency = 'EUR' GROUP BY ALL
```

From Python: `stream.facts.read.read_facts("facts/", "daily_facts")` gives a table of Arrow as one commit left it. Other
readers take the files that `manifest.json` names, and no others: what a commit replaced stays for one more commit.

## What to know

- **Days** are the queue's, in the time zone that the queues file declares for it, else UTC. The zone is fixed when a
  queue is first seen: another one later would move days that were already reported.
- **Log retention.** Facts must be followed before Kafka drops the log. Where it did, the process stops and says so.
  `raterwatch facts restart` goes on where the log begins now: days that would be incomplete are removed and left out.
- **A new store** begins with the log. Where that has lost its beginning, say `raterwatch facts restart` first: the
  first days are left out then.
- **Kept** for 396 days (`--days`). A correction of an older judgment is passed over and counted.
- **Forgotten raters.** Numbers stay, without pseudonym, in one row a day with those of all who were forgotten in the
  same queue, vendor, guideline, locale, currency and stage: sums of queues and vendors were reported and paid for.
  Findings are removed. Where a vendor has one rater only, such a row is that rater's sum.
- **Restricted raters.** Nothing is added while the restriction lasts; rows stay as they stood.
- **Exposure** is care, never quality: give its columns to those who look after people, and to nobody else.
- **Secrets.** A password of the database does not belong into `--to`: name a file of libpq with `PGPASSFILE`. Say
  `RATERWATCH_FACTS` to `forget` and `disclose` too, so that they look here.
- **Terms.** Vendor, locale and currency of a judgment are told apart by 16 bits when it is corrected: of a rater with
  several in one queue, two are booked under the first with a chance of 1 in 65,535.

## Tables
"""


def page(tables: Sequence[Table] = TABLES) -> str:
    """The page in Markdown."""
    return _HEAD + "".join(map(_section, tables))


def _section(table: Table) -> str:
    key = ", ".join(("day", *table.key))
    about = ("", f"### {table.name}", "", table.about, "", f"A row's key: {key}.", "")
    head = ("| column | holds | unit | meaning |", "|---|---|---|---|", "")
    return "\n".join((*about, *head)) + "".join(map(_row, table.fields))


def _row(field: Field) -> str:
    marks = {"may be absent": field.nullable, "names a person": field.names_person}
    holds = "; ".join([field.type.value, *(mark for mark, so in marks.items() if so)])
    return f"| {field.name} | {holds} | {field.unit} | {field.meaning} |\n"
