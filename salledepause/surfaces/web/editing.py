"""A message that is out may be said better: text, warning, words of pictures, where one speaks from; never who may read it."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from salledepause.features import moderation, posts
from salledepause.features.posts import Change, MediaWords, Post
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, compose, guarding, guests, helping, messages, wording
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.writing import Attached, Form


class Edited(NamedTuple):
    """A message as everybody reads it, and as it is once its edit, if one waits, is published."""

    post: Post
    shown: Post
    waits: bool


async def _edited(call: Call) -> Edited:
    post = await posts.source_of(call.tx, call.me, call.id())
    waits = await moderation.holds.pending(call.tx, call.me, post.id)
    return Edited(post, await posts.withholding.as_changed(call.tx, post, waits), waits is not None)


async def show(call: Call) -> Answer:
    """GET /gestes/{id}/modifier: an edit that waits for a host is written on, another comes in its place."""
    compose.contributor(call)
    edited = await _edited(call)
    return _form(call, edited, _filled(edited.shown), waits=edited.waits)


async def change(call: Call) -> Answer:
    """POST /gestes/{id}/modifier: words that are new are looked at as those of a new message; a refusal keeps what was typed."""
    me = compose.contributor(call)
    edited = await _edited(call)
    post, form = edited.post, _of(edited.post, call.read(Form))
    if form.reword:
        form = await guarding.reworded(call, form)
        return _form(call, edited, form, guard=await guarding.look(call, form))
    try:
        _check_words(edited.shown, form)
        if not _same(post, form) and (guard := await guarding.look(call, form, asks=True)):
            return _form(call, edited, form, guard=guard)
        async with call.tx.attempt():
            done = await posts.edit(call.tx, call.me, post.id, _wanted(edited, form))
            card = await helping.offered(call, form.text, form.warning, before=f"{post.warning}\n{post.text}")
    except BadInput as refusal:
        return _form(call, edited, form, wording.told(refusal, call.language), guard=await guarding.look(call, form))
    if not done:
        told = messages.notice("Votre modification attend le regard d'un hôte. Le texte d'avant reste visible d'ici là.", call)
        return answers.back(call, f"/retenus/{post.id}", messages.beside(call, told, card))
    told = messages.notice("Votre message est modifié.", call)
    return answers.back(call, addresses.post(me.handle, post.id), messages.beside(call, told, card))


def _wanted(edited: Edited, form: Form) -> Change:
    """Return what a form changes; the pictures that an edit brought along, while it waits, stay with the next one."""
    words = tuple(MediaWords(ids.parse(one), said.description) for one, said in form.media.items())
    pictures = tuple(one.id for one in edited.shown.media) if edited.waits else None
    return Change(text=form.text, warning=form.warning, shows_family=form.shows_family, media_ids=pictures, media_words=words)


def _filled(post: Post) -> Form:
    """Return the form of what a message says."""
    media = {str(one.id): Attached(one.description) for one in post.media}
    return _of(post, Form(text=post.text, warning=post.warning, shows_family=post.family is not None, media=media))


def _of(post: Post, form: Form) -> Form:
    """Return a form that changes a message, read by whom it is: that is never changed."""
    kept = {"editing": str(post.id), "room": str(post.room_id or ""), "audience": None if post.room_id else post.audience}
    return msgspec.structs.replace(form, **kept)


def _same(post: Post, form: Form) -> bool:
    """Tell whether it says what it said, which was looked at then."""
    before = _filled(post)
    return guarding.mark(form) == guarding.mark(msgspec.structs.replace(before, media=before.media if form.media else {}))


def _check_words(post: Post, form: Form) -> None:
    """Raise BadInput where what was described would be so no more."""
    before = {str(one.id): one.description for one in post.media}
    if any(before.get(one) and not said.description.strip() for one, said in form.media.items()):
        raise BadInput("Gardez quelques mots pour chaque image : qui ne la voit pas en a besoin.")


def _form(call: Call, edited: Edited, form: Form, refusal: str = "", **values: Any) -> Answer:
    problems = {"texte": refusal} if refusal else {}
    aside = {one.id for one in edited.shown.media} - {one.id for one in edited.post.media}
    told = {"guard": None, "waits": False, "aside": aside} | values
    return page(call, "edit.html", post=edited.shown, form=form, problems=problems, **told)


ROUTES = [
    route("GET", "/gestes/{id}/modifier", show, user("")),
    route("POST", "/gestes/{id}/modifier", guests.guarded(change), user("")),
]
