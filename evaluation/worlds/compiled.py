"""The compiled kernels of simulated worlds, kept like those of stream/quality: by a hash of all sources here.

Numba's own cache does not notice a changed callee in another file.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from stream.quality.compiled import plain

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiles at the first call; `plain(function)` is the readable form."""
    outer = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(Path(outer) / _FOLDER)
    try:
        return cast("F", numba.njit(cache=True, error_model="numpy")(function))
    finally:
        numba.config.CACHE_DIR = outer


def _digest() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


_FOLDER = f"worlds-{_digest()}"

__all__ = ["compiled", "plain"]
