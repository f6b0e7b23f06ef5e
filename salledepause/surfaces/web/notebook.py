"""« Mon carnet » : what one learned here, with notes, dates and sources; searched, changed, carried away, read by nobody else."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts, notebook, posts, timelines
from salledepause.features.notebook import LONGEST_NOTE, Entry
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput, Missing
from salledepause.surfaces import learned
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.learned import NO_LONGER, Form
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, asking, guests, messages, safety, wording
from salledepause.surfaces.web.listing import PAGE, around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/carnet"
LONGEST = 500


class Looked(msgspec.Struct):
    """What is looked for."""

    q: str = ""


async def show(call: Call) -> Answer:
    """GET /carnet: all of it, the latest first, or what answers a search."""
    typed = call.read(Looked).q.strip()[:LONGEST]
    query = timelines.parse(typed, clock.now().astimezone(clock.PARIS).date()) if typed else None
    listing = await notebook.entries(call.tx, call.me, call.page(PAGE), query)
    found = await notebook.shown(call.tx, call.me, listing.items)
    return page(call, "notebook.html", typed=typed, found=found, around=around(call, listing), no_longer=NO_LONGER)


async def carry(call: Call) -> Answer:
    """GET /carnet.{form}: all of it as a file, drawn as it is asked for."""
    name = call.text("form")
    if name not in list(Form):
        raise Missing
    return await learned.file(call, Form(name), call.language, safety.dressed((safety.SECRET,)))


class Noted(msgspec.Struct):
    """A note, absent where only the mark is wanted, and where to come back."""

    note: str | None = None
    back: str = HERE
    sure: bool = False


async def write(call: Call) -> Answer:
    """GET /carnet/{id}: the note about a post, or a place for one."""
    return await _form(call, call.read(Noted).back)


async def keep(call: Call) -> Answer:
    """POST /carnet/{id}: mark a post as learned, or change the note about it."""
    noted = call.read(Noted)
    known = await notebook.marked(call.tx, call.me, [call.id()])
    try:
        made = await notebook.learn(call.tx, call.me, call.id(), noted.note)
    except BadInput as refusal:
        problems = {"note": wording.told(refusal, call.language)}
        return await _form(call, noted.back, typed=noted.note, problems=problems)
    if known:
        return answers.back(call, noted.back, messages.notice("Votre note est changée.", call))
    undo = Undo(f"{HERE}/{made.post_id}/retirer", {"sure": "1"})
    return answers.back(call, noted.back, messages.notice("C'est dans votre carnet, que vous lisez seul·e.", call, undo))


async def take_out(call: Call) -> Answer:
    """POST /carnet/{id}/retirer: take a post out; what has a note is asked first, for the note is not kept."""
    asked = call.read(Noted)
    entry = await notebook.entry(call.tx, call.me, call.id())
    if entry.note and not asked.sure:
        question = asking.Question(
            wording.said("Retirer cette note ?", call.language),
            wording.said("Votre note s'efface avec elle, pour de bon.", call.language),
            wording.said("Retirer", call.language),
        )
        return asking.ask(call, question, addresses.own(asked.back), {"back": asked.back})
    await notebook.forget(call.tx, call.me, entry.post_id)
    back = HERE if asked.back.startswith(f"{HERE}/") else asked.back
    undo = None if entry.note else Undo(f"{HERE}/{entry.post_id}", {})
    return answers.back(call, back, messages.notice("Ce n'est plus dans votre carnet.", call, undo))


async def _form(call: Call, back: str, *, typed: str | None = None, problems: dict[str, str] | None = None) -> Answer:
    """Return the page of a note; raises Missing for a post that one may not read and did not mark."""
    marked = await notebook.marked(call.tx, call.me, [call.id()])
    entry: Entry | None = marked.get(call.id())
    if entry is None:
        subject = (await posts.one_visible(call.tx, call.id(), call.me)).subject
        post_id, handle = subject.id, (await accounts.one(call.tx, subject.account_id)).handle
    else:
        post_id, handle = entry.post_id, entry.handle
    said = (await posts.load(call.tx, [one.post.id for one in await posts.visible(call.tx, [post_id], call.me)])).get(post_id)
    note = typed if typed is not None else entry.note if entry else ""
    values: dict[str, Any] = {
        "post_id": post_id,
        "handle": handle,
        "post": said,
        "entry": entry,
        "note": note,
        "no_longer": NO_LONGER,
    }
    return page(call, "note.html", problems=problems or {}, back=addresses.own(back), most_noted=LONGEST_NOTE, **values)


DESTINATIONS = [Destination("Mon carnet", HERE, "notebook", Who.MEMBER, rank=51, group="mine")]
ROUTES = [
    route("GET", HERE, show, user("")),
    route("GET", f"{HERE}.{{form}}", carry, user("", budget="postcards", transaction=False)),
    route("GET", f"{HERE}/{{id}}", write, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(keep), user("")),
    route("POST", f"{HERE}/{{id}}/retirer", guests.guarded(take_out), user("")),
]
