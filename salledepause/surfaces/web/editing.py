"""A message that is out may be said better: text, warning, words of pictures, where one speaks from; never who may read it."""

from __future__ import annotations

import msgspec

from salledepause.features import posts
from salledepause.features.posts import Change, MediaWords, Post
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, compose, guests, messages, wording
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.writing import Attached


class Edited(msgspec.Struct, frozen=True):
    """What a message is to say."""

    text: str = ""
    warning: str = ""
    shows_family: bool = False
    """Whether it says where its author speaks from, and that this is proven where it is."""
    media: dict[str, Attached] = {}
    """Words by id of its media."""


async def show(call: Call) -> Answer:
    """GET /gestes/{id}/modifier."""
    compose.contributor(call)
    post = await posts.source_of(call.tx, call.me, call.id())
    return _form(call, post, Edited(post.text, post.warning, post.family is not None))


async def change(call: Call) -> Answer:
    """POST /gestes/{id}/modifier: a refusal keeps what was typed."""
    me = compose.contributor(call)
    post, edited = await posts.source_of(call.tx, call.me, call.id()), call.read(Edited)
    words = tuple(MediaWords(ids.parse(one), said.description) for one, said in edited.media.items())
    wanted = Change(text=edited.text, warning=edited.warning, shows_family=edited.shows_family, media_words=words)
    try:
        _check_words(post, edited)
        async with call.tx.attempt():
            await posts.edit(call.tx, call.me, post.id, wanted)
    except BadInput as refusal:
        return _form(call, post, edited, wording.told(refusal, call.language))
    return answers.back(call, addresses.post(me.handle, post.id), messages.notice("Votre message est modifié.", call))


def _check_words(post: Post, edited: Edited) -> None:
    """Raise BadInput where what was described would be so no more."""
    before = {str(one.id): one.description for one in post.media}
    if any(before.get(one) and not said.description.strip() for one, said in edited.media.items()):
        raise BadInput("Gardez quelques mots pour chaque image : qui ne la voit pas en a besoin.")


def _form(call: Call, post: Post, edited: Edited, refusal: str = "") -> Answer:
    problems = {"texte": refusal} if refusal else {}
    return page(call, "edit.html", post=post, edited=edited, problems=problems)


ROUTES = [
    route("GET", "/gestes/{id}/modifier", show, user("")),
    route("POST", "/gestes/{id}/modifier", guests.guarded(change), user("")),
]
