"""What a text that is being written lets be recognised: looked at on this machine, and kept nowhere.

The job worker, which has both passes of the engine in its memory, is asked first; where it does not answer at once, a web process
looks with the first pass alone.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from socket import gethostname

import msgspec

from salledepause.features import language
from salledepause.features.language import Advice
from salledepause.kernel import nearby
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean

SOCKET = f"second-look.{gethostname()}.socket"
"""In the data folder, which several machines may share."""
IN_PASSING = 0.15
"""Seconds that an app's message waits for the worker: its author waits for nothing else."""


async def advice(site: Site, *texts: str, sent: bool = False) -> Advice | None:
    """Return what texts let be recognised together, `None` where that is nobody; other requests go on meanwhile.

    What is `sent` already, by an app, is looked at where it writes a name, a town, a house or a number out.
    """
    text = "\n".join(filter(None, map(clean, texts)))
    if not text or not (language.pointed if sent else language.may_tell)(text):
        return None
    said = await nearby.asked(_place(site), text.encode(), IN_PASSING if sent else None)
    found = _told(said)
    if found is None:
        found = await asyncio.to_thread(language.advice, text)
    return None if found.label == "safe" else found


def _told(said: bytes | None) -> Advice | None:
    try:
        return msgspec.json.decode(said, type=Advice) if said else None
    except msgspec.MsgspecError:  # while new code takes up a house, the worker of the old one may answer otherwise
        return None


def answering(site: Site) -> AbstractAsyncContextManager[None]:
    """Look at what web processes ask about, by both passes, for a block."""
    return nearby.answering(_place(site), partial(_answer, site))


async def _answer(site: Site, question: bytes) -> bytes:
    async with site.readers:
        return msgspec.json.encode(await asyncio.to_thread(_looked_at, question.decode()))


def _looked_at(text: str) -> Advice:
    return language.advice(text, language.full())


def _place(site: Site) -> Path:
    return site.settings.data / SOCKET
