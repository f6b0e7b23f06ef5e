"""What is said to desks on other servers, by the rules of this one: taken in, answered once and in private, stopped by « stop ».

What leaves is written down before any of it does, so that it can be gone on with and never begun twice.
"""

from __future__ import annotations

from typing import NamedTuple

from salledepause.features.desks import elsewhere_store, remarks_store, stops_store, store
from salledepause.features.desks.distant import Status
from salledepause.features.desks.elsewhere_store import Letter, Parcel, Watch
from salledepause.features.desks.model import LONGEST_WORDING, Card, Desk, Remark, Told, message, says_stop, words_of
from salledepause.features.desks.sending import FOLDED, HOW_TO_STOP, REFUSED, cleared
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.text import fold

OPEN = {"public", "unlisted"}
PRIVATE, PUBLIC = "direct", "public"
"""Who may read an answer: who asked alone; whoever reads the conversation."""


class Due(NamedTuple):
    """What is to leave for a remark: below which post, what, and whether some of it may have left before."""

    remark_id: int
    status: str
    letters: list[Letter]
    begun: bool


def matters(status: Status) -> bool:
    """Tell whether a desk has anything to do with a post: what machines say and what is private are not its own."""
    return not status.account.bot and (says_stop(status.text) or status.visibility in OPEN)


async def hear(tx: Tx, watch: Watch, status: Status, root: str) -> bool:
    """Take in what somebody says to a bot in the open, or heed their « stop »; tell whether it is a remark. Twice equals once."""
    thread = await elsewhere_store.thread(tx, watch.id, root)
    who = await elsewhere_store.stranger(tx, watch.desk_id, _address(watch, status.account.acct))
    text = status.text
    if says_stop(text):
        await stops_store.stop_elsewhere(tx, thread, who)
        return False
    asked = words_of(text)[:LONGEST_WORDING]
    return bool(asked) and await elsewhere_store.take_in(tx, watch, (status.id, thread), who, asked)


def _host(watch: Watch) -> str:
    return watch.server.partition("://")[2]


def _address(watch: Watch, acct: str) -> str:
    """Return `somebody@server`, whole where the server says only `somebody`."""
    return acct if "@" in acct else f"{acct}@{_host(watch)}"


async def due(tx: Tx, watch: Watch, remark_id: int, most: int) -> Due | None:
    """Return what is to leave for a remark, written down; `None` where the rules let nothing. `most`: characters of a post."""
    remark = await remarks_store.one(tx, remark_id)
    if remark is None or remark.state != "sending":
        return None
    parcel = await elsewhere_store.parcel(tx, remark_id)
    if parcel.letters is not None:
        return Due(remark_id, parcel.status, parcel.letters, begun=True)
    desk = await store.one(tx, remark.desk_id)
    if desk is None:
        return None
    if remark.card_id is None and parcel.words:
        letters = _letters(watch, parcel, parcel.words, most)
    elif card := await cleared(tx, desk, remark):
        letters = _said(watch, parcel, (desk, card, remark), most)
    else:
        return None
    await elsewhere_store.close(tx, remark_id, letters)
    return Due(remark_id, parcel.status, letters, begun=False)


def _said(watch: Watch, parcel: Parcel, what: tuple[Desk, Card, Remark], most: int) -> list[Letter]:
    """Return a card as it is said elsewhere: as here, privately, and where its owner wants so, then folded in the open."""
    desk, card, remark = what
    automated = remark.by_id is None
    text = message(card, card.said + 1, HOW_TO_STOP.format(name=desk.name) if automated else "")
    letters = _letters(watch, parcel, text, most)
    if automated and card.public:
        warning = _cut(FOLDED.format(remark=card.remark), most // 3)[0]
        letters += [Letter(part, PUBLIC, warning) for part in _cut(text, most - len(warning))]
    return letters


def _letters(watch: Watch, parcel: Parcel, text: str, most: int) -> list[Letter]:
    """Return private posts to who asked, as many as the server's limit asks for."""
    name = f"@{parcel.address.removesuffix('@' + _host(watch))} "
    return [Letter(name + part, PRIVATE) for part in _cut(text, most - len(name))]


def _cut(text: str, most: int) -> list[str]:
    """Return a text in parts of some characters at most, cut where sentences or words end."""
    parts = []
    while text:
        end = fold(text, most)
        parts.append(text[:end].strip())
        text = text[end:].strip()
    return parts


async def done(tx: Tx, remark_id: int, sent: int) -> None:
    """Note how many letters of a remark left, none if it was declined; count the card. Twice equals once."""
    remark = await remarks_store.one(tx, remark_id)
    if remark is None or remark.state != "sending":
        return
    await remarks_store.settle(tx, remark_id, "answered" if sent else "aside", "" if sent else REFUSED)
    thread = await elsewhere_store.thread_of(tx, remark_id)
    if sent and remark.card_id and thread:
        told = Told(None, None, thread, remark.stranger_id)
        await remarks_store.count(tx, remark.card_id, told, clock.now(), automated=remark.by_id is None)
