"""What templates were compiled to, kept beside the code as Python keeps its own: compiling all takes a second of each start."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER = Path(__file__).parent / "__pycache__" / "templates"


class Compiled(FileSystemBytecodeCache):
    """Keeps what each template was compiled to, in memory for the next language and in a folder for the next start.

    What was kept counts for the same template, made by the same `maker` (what else decides how it is compiled) and version of
    Jinja. A folder that cannot be written costs time alone.
    """

    def __init__(self, maker: str, folder: Path = FOLDER) -> None:
        """Keep files in `folder`, which is made when it can be."""
        super().__init__(str(folder), "%s.bytecode")
        self._maker = f"{jinja2.__version__}\n{maker}\n"
        self._kept: dict[str, bytes] = {}
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)

    def get_source_checksum(self, source: str) -> str:
        """Return what a template must still be for what was kept of it to count."""
        return hashlib.sha256((self._maker + source).encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is kept of a template."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])
        else:
            with suppress(OSError, EOFError, ValueError, UnpicklingError):
                super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        self._kept[bucket.key] = bucket.bytecode_to_string()
        with suppress(OSError):
            super().dump_bytecode(bucket)
