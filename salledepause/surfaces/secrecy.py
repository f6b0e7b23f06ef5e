"""What a text that is being written lets be recognised: looked at on this machine, in the first pass, and kept nowhere."""

from __future__ import annotations

import asyncio

from salledepause.features import language
from salledepause.features.language import Advice
from salledepause.kernel.text import clean


async def advice(*texts: str, sent: bool = False) -> Advice | None:
    """Return what texts let be recognised together, `None` where that is nobody; other requests go on meanwhile.

    What is `sent` already, by an app, is looked at where it writes a name, a town, a house or a number out.
    """
    text = "\n".join(filter(None, map(clean, texts)))
    if not text or not (language.pointed if sent else language.may_tell)(text):
        return None
    found = await asyncio.to_thread(language.advice, text)
    return None if found.label == "safe" else found
