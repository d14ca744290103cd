"""Reads the policy from a strict TOML file: a misspelt number must not pass for the default."""

from collections.abc import Collection
from pathlib import Path

import msgspec

from stream.policy.contradictions import contradictions
from stream.policy.declared import DeclaredPolicy, QueuePolicy
from stream.toml_file import Table, fault, named_tables, parse_toml, read_text, section


def load_policy(path: str | Path) -> DeclaredPolicy:
    """The policy in a file; raises SettingsError that names file and key, and says what is allowed."""
    return parse_policy(read_text(path), str(path))


def parse_policy(text: str, name: str = "policy.toml") -> DeclaredPolicy:
    """The policy in a TOML text, with defaults for what it leaves out; `name` is the file that messages name."""
    tree = parse_toml(text, name)
    queues = tree.pop("queues", {})
    # Onto the defaults, so that a table which says one thing leaves the others of it as they are.
    common = _merged(msgspec.to_builtins(DeclaredPolicy()), tree)
    whole = section(name, "", common, DeclaredPolicy)
    del common["budget"], common["queues"]
    own = {}
    for key, place, table in named_tables(name, "queues", queues, ".SECTION"):
        _refuse_shared(name, place, table)
        own[key] = section(name, place, _merged(common, table), QueuePolicy)
    policy = msgspec.structs.replace(whole, queues=own)
    for place, problem in contradictions(policy):
        raise fault(name, place, problem)
    return policy


def check_queues(policy: DeclaredPolicy, declared: Collection[str], name: str = "policy.toml") -> None:
    """Raises SettingsError for a queue that the policy names and the deployment does not have."""
    for queue in policy.queues:
        if queue not in declared:
            raise fault(name, f"queues.{queue}", f"is no queue of the queues file; there are {', '.join(declared)}")


def _refuse_shared(name: str, place: str, table: Table) -> None:
    """The budget covers all queues together: one queue cannot have its own, only spend its part otherwise."""
    if "budget" in table:
        raise fault(name, f"{place}.budget", "holds for all queues together; set it in [budget]")


def _merged(common: Table, own: Table) -> Table:
    """The common tables with a queue's own values in them."""
    both = {key: _merged(common[key], own[key]) for key in own if _is_table(common.get(key)) and _is_table(own[key])}
    return common | own | both


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
