"""The one place where what a post says is closed as it becomes a row, and opened as the row becomes a post.

Only what is said for some hours is closed: ordinary posts keep their words in their columns and pass here untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from salledepause.kernel.db import Tx


class Words(NamedTuple):
    """What a post says, and what warns of it."""

    text: str
    warning: str


def columns(tx: Tx, post_id: int, until: datetime | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns `text`, `warning` and `sealed` of a post as they are written; raises Unavailable: the disk is full."""
    words = Words(values["text"], values["warning"])
    if until is None:
        return {"text": words.text, "warning": words.warning, "sealed": None}
    return {"text": "", "warning": "", "sealed": tx.seals.close(until, msgspec.json.encode(words), _name(post_id))}


def opened(tx: Tx, post_id: int, sealed: bytes) -> Words | None:
    """Return what a post says; `None` once the key of its hour is gone: the post is gone then."""
    said = tx.seals.open(sealed, _name(post_id))
    tx.fleeting |= said is not None
    return None if said is None else msgspec.json.decode(said, type=Words)


def _name(post_id: int) -> bytes:
    """Return what binds words to their post: those of one row are not opened in another."""
    return b"post %d" % post_id
