import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.dump import digests

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(600)  # uncompiled loops, on machines that may have other things to do
def test_the_compiled_engine_does_what_its_plain_python_says() -> None:
    plain = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.oracle.dump"],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert plain.stdout.splitlines() == digests()
