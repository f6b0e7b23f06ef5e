"""Has NumPy work on one core where a text is judged: on so little its other threads only wait, and waiting costs a processor."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

THREADS = "scipy_openblas_{}_num_threads64_"
"""Of the library of NumPy's wheels: how many threads it takes."""


@contextmanager
def on_one_core() -> Iterator[None]:
    """Have NumPy take one thread in a block; all that it had, after it."""
    library = _library()
    if library is None:
        yield
        return
    before = library["get"]()
    library["set"](1)
    try:
        yield
    finally:
        library["set"](before)


@cache
def _library() -> dict[str, Any] | None:
    """Return how NumPy's library is told; None where it is another one."""
    for path in (Path(np.__file__).parent.parent / "numpy.libs").glob("libscipy_openblas64*"):
        held = ctypes.CDLL(str(path))
        if hasattr(held, THREADS.format("set")):
            return {name: getattr(held, THREADS.format(name)) for name in ("get", "set")}
    return None
