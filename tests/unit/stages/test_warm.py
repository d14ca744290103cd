"""After `compile_kernels` a worker compiles nothing more: no partition waits for the compiler at its first judgment."""

import subprocess
import sys

SCRIPT = """
import importlib, pkgutil
import stream.quality
from stream.backtest.run import Plan, run
from stream.demo.crowd import simulated
from stream.stages.warm import compile_kernels

def signatures():
    names = [module.name for module in pkgutil.iter_modules(stream.quality.__path__)]
    modules = [importlib.import_module(f"stream.quality.{name}") for name in names]
    return {
        f"{module.__name__}.{name}": len(value.signatures)
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "signatures")
    }

compile_kernels()
before = signatures()
crowd = simulated(6_000, 30, 3)
result = run(crowd.events, crowd.settings, Plan(2))
for shard in result.shards:
    shard.flush()
assert result.findings, "the crowd was meant to open findings"
late = {name for name, count in signatures().items() if count != before[name]}
assert not late, late
"""


def test_nothing_is_compiled_once_the_kernels_are_warm() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
