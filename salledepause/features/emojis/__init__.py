"""Emojis of the house: small pictures that hosts add, written `:code:` in any text.

`prepare` decodes a file in the child process of pictures and stores it clean, with a still beside what moves; `add` gives it a
code, `sort` a heading, `rest` has it shown nowhere for a while, `remove` takes it back. They are few: each process keeps those
in use in `site.emojis`, as `refresh` last read them, so that rendering a text asks nobody. `EmojisChanged` tells every process to
read again. Texts keep `:code:` as typed; apps put the pictures in.
"""

from salledepause.features.emojis.actions import MOST, PICTURE_BYTES, add, catalogue, prepare, refresh, remove, rest, sort
from salledepause.features.emojis.model import CODE, EmojisChanged, Prepared

__all__ = [
    "CODE",
    "MOST",
    "PICTURE_BYTES",
    "EmojisChanged",
    "Prepared",
    "add",
    "catalogue",
    "prepare",
    "refresh",
    "remove",
    "rest",
    "sort",
]
