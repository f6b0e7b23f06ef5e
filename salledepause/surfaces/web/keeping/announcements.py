"""Announcements as hosts write them: drafts, previews, what is shown now, what is over."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from salledepause.features import announcements
from salledepause.features.announcements import TEXT_LENGTH, Announcement, Draft
from salledepause.kernel import clock
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.keeping import door
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE, NEW = "/maison/annonces", "/maison/annonces/nouvelle"
FIRST, LAST = 2000, 2200
"""Years that a date may be of."""


class Form(msgspec.Struct):
    """What is written; dates as a browser sends them, in the time of Paris."""

    text: str = ""
    starts: str = ""
    ends: str = ""
    all_day: bool = False
    gesture: Literal["preview", "draft", "publish"] = "preview"

    @property
    def draft(self) -> Draft:
        """What the feature keeps. Raises BadInput for a date that is none."""
        return Draft(text=self.text, starts_at=_instant(self.starts), ends_at=_instant(self.ends), all_day=self.all_day)


def _instant(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        found = datetime.min  # noqa: DTZ901 - only its year is looked at
    if not FIRST <= found.year < LAST:
        raise BadInput("Date illisible : choisissez un jour et une heure.")
    return found if found.tzinfo else found.replace(tzinfo=clock.PARIS)


def _typed(instant: datetime | None) -> str:
    return f"{instant.astimezone(clock.PARIS):%Y-%m-%dT%H:%M}" if instant else ""


def _form(one: Announcement) -> Form:
    return Form(one.text, _typed(one.starts_at), _typed(one.ends_at), one.all_day)


async def listed(call: Call) -> Answer:
    """GET /maison/annonces: what is shown, what is prepared, what is over."""
    found = list(reversed(await announcements.drafts_too(call.tx, call.me)))
    now = clock.now()
    over = [one for one in found if one.published_at and one.ends_at and one.ends_at <= now]
    drafts = [one for one in found if not one.published_at]
    shown = [one for one in found if one not in over and one not in drafts]
    return page(call, "keeping/announcements.html", shown=shown, drafts=drafts, over=over)


async def blank(call: Call) -> Answer:
    """GET /maison/annonces/nouvelle."""
    return _page(call, Form())


async def show(call: Call) -> Answer:
    """GET /maison/annonces/{id}."""
    one = await announcements.one(call.tx, call.me, call.id())
    return _page(call, _form(one), one)


def _page(call: Call, form: Form, one: Announcement | None = None, problem: str = "", *, preview: bool = False) -> Answer:
    return page(
        call,
        "keeping/announcement.html",
        form=form,
        one=one,
        most_text=TEXT_LENGTH,
        preview=form.draft if preview else None,
        problems={_field(form): problem} if problem else {},
    )


def _field(form: Form) -> str:
    """Return the field that a refusal is about: the text, else the first date that is none, else the end."""
    if not form.text.strip() or len(form.text) > TEXT_LENGTH:
        return "texte"
    try:
        _instant(form.starts)
    except BadInput:
        return "debut"
    return "fin"


async def write(call: Call) -> Answer:
    """POST /maison/annonces/nouvelle: preview, keep or publish a new one."""
    return await _written(call, None)


async def rewrite(call: Call) -> Answer:
    """POST /maison/annonces/{id}: preview, keep or publish."""
    return await _written(call, await announcements.one(call.tx, call.me, call.id()))


async def _written(call: Call, one: Announcement | None) -> Answer:
    form = call.read(Form)
    try:
        if form.gesture == "preview":
            return _page(call, form, one, preview=True)
        await _keep(call, one, form)
    except BadInput as refusal:
        return _page(call, form, one, wording.told(refusal, call.language))
    published = form.gesture == "publish" or (one is not None and one.published_at is not None)
    told = "L'annonce est publiée." if published else "Le brouillon est gardé."
    return answers.back(call, HERE, messages.notice(told, call))


async def _keep(call: Call, one: Announcement | None, form: Form) -> None:
    if one is None:
        await announcements.announce(call.tx, call.me, form.draft, published=form.gesture == "publish")
        return
    await announcements.rewrite(call.tx, call.me, one.id, form.draft)
    if form.gesture == "publish":
        await announcements.publish(call.tx, call.me, one.id)


class Sure(msgspec.Struct):
    """Whether one is sure."""

    sure: bool = False


async def withdraw(call: Call) -> Answer:
    """POST /maison/annonces/{id}/retirer: erase one, once it is sure."""
    one = await announcements.one(call.tx, call.me, call.id())
    if not call.read(Sure).sure:
        text = "Elle disparaît pour tout le monde, avec ses réactions. Cela ne se défait pas."
        question = asking.Question(
            door.said("Retirer cette annonce ?", call), door.said(text, call), door.said("Retirer l'annonce", call)
        )
        return asking.ask(call, question, HERE)
    await announcements.withdraw(call.tx, call.me, one.id)
    return answers.back(call, HERE, messages.notice("L'annonce est retirée.", call))


DESTINATIONS = [Destination("Annoncer", HERE, "megaphone", Who.HOST, rank=114, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(listed), user("")),
    route("GET", NEW, for_hosts(blank), user("")),
    route("POST", NEW, guests.guarded(for_hosts(write)), user("")),
    route("GET", HERE + "/{id}", for_hosts(show), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(rewrite)), user("")),
    route("POST", HERE + "/{id}/retirer", guests.guarded(for_hosts(withdraw)), user("")),
]
