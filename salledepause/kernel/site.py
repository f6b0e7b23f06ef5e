"""What one running process holds: its settings and its connections, handed to every door."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import Settings
from salledepause.kernel.events import Bus
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.pool import Database
from salledepause.kernel.together import Together
from salledepause.kernel.windows import Windows


class Emoji(NamedTuple):
    """An emoji of the house: its code, the keys of its picture and of its still, its category."""

    code: str
    picture: str
    still: str
    category: str | None


class Site(msgspec.Struct, frozen=True):
    """One process of this installation."""

    settings: Settings
    db: Database
    bus: Bus
    jobs: Jobs
    blobs: Blobs
    windows: Windows
    booths: asyncio.Semaphore = msgspec.field(default_factory=lambda: asyncio.Semaphore(2))
    """How many media this process decodes at a time."""
    locksmiths: asyncio.Semaphore = msgspec.field(default_factory=lambda: asyncio.Semaphore(2))
    """How many secrets this process hashes at a time; whoever waits for one holds no connection."""
    readers: asyncio.Semaphore = msgspec.field(default_factory=lambda: asyncio.Semaphore(1))
    """How many texts this process judges at a time: the first one loads what reads them."""
    emojis: dict[str, Emoji] = msgspec.field(default_factory=dict)
    """Emojis of the house by code, as this process last read them."""
    terms: dict[str, str] = msgspec.field(default_factory=dict)
    """What the terms of the glossary mean, as this process last read them."""
    together: dict[str, Together[Any, Any]] = msgspec.field(default_factory=dict)
    """What this process does for many in one go, by the name of the work."""

    def url(self, path: str) -> str:
        """Return the public address of a path that begins with `/`."""
        return self.settings.origin + path

    def profile_url(self, handle: str) -> str:
        """Return the public address of a profile."""
        return self.url(f"/@{handle}")

    def post_url(self, handle: str, post_id: int) -> str:
        """Return the public address of a post."""
        return self.url(f"/@{handle}/{post_id}")

    def tag_url(self, key: str) -> str:
        """Return the public address of a tag."""
        return self.url(f"/tags/{quote(key)}")
