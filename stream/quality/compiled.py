"""One decorator for the hot loops: compiled by numba, and still plain Python under `.py_func`.

Numba's own cache does not notice a changed callee in another file, so its folder carries a hash of all sources here.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

# Conversions in compiled code: a field of an unsigned type must become a signed 64-bit integer before arithmetic, or
# the compiler widens the result to a float. Typed as the plain integers that they stand for.
int64 = cast("Callable[[Any], int]", np.int64)
uint64 = cast("Callable[[Any], int]", np.uint64)


def compiled(function: F) -> F:
    """Compiles at the first call for its argument types; `function.py_func` is the readable reference.

    Always inlined: a table is a tuple of many arrays, and to hand it to a function cost more than what most of them do
    (measured: accumulate 7.4 to 5.2 microseconds a judgment, join 3.5 to 2.8; compiling takes no longer).
    """
    return cast("F", numba.njit(cache=True, error_model="numpy", forceinline=True)(function))


def plain(function: F) -> F:
    """The uncompiled form of a compiled function."""
    return cast("F", getattr(function, "py_func", function))


def _cache_folder() -> Path:
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    base = Path(numba.config.CACHE_DIR) if numba.config.CACHE_DIR else Path.home() / ".cache" / "raterwatch"
    return base / f"kernels-{digest.hexdigest()}"


numba.config.CACHE_DIR = str(_cache_folder())
