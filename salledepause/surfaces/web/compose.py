"""Writing: the form of a message, what it will look like, and the sending; whatever is refused, what was typed stays.

A long text is looked at before it is sent: one message that unfolds, or a numbered thread. Nothing is kept between two pages
but the media, which wait a day: the form carries the rest.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, company, doors, posts, rooms, signposts, victories
from salledepause.features.accounts import Account
from salledepause.features.posts import Kind, Media, Post, Seen
from salledepause.kernel import ids, tongues, words
from salledepause.kernel.errors import BadInput, Forbidden, Missing, Refusal
from salledepause.kernel.text import clean
from salledepause.surfaces.edge import Answer, Call, Header
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import (
    addresses,
    answers,
    cards,
    guarding,
    guests,
    helping,
    messages,
    safety,
    slots,
    wording,
    writing,
)
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.messages import Help, Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.writing import Form, answer_to, blank
from salledepause.surfaces.writers import writer

__all__ = ["DESTINATIONS", "ROUTES", "Sent", "answer_to", "blank", "compose", "contributor", "send", "show"]

READING = "Vous êtes en mode lecteur. Pour écrire, passez en mode contributeur dans vos réglages : un bouton suffit."
LOOSE = "Un fichier choisi n'est pas encore joint : choisissez-le à nouveau, puis appuyez sur « Joindre »."
CHANGED = "Une autre version de ce message est déjà publiée. Relisez, et publiez encore si vous voulez les deux."
OLD = "Ce formulaire n'est plus valable : la page a trop attendu. Rien n'est perdu : relisez, puis publiez à nouveau."


class Changed(BadInput):
    """What is sent again is not what was sent the first time."""


class Asked(msgspec.Struct):
    """What a blank form is asked for: to quote, a kind of message, to whom or where it goes, a question to answer, help."""

    cite: str = ""
    kind: Kind | None = None
    dedicace: str = ""
    merci: str = ""
    piece: str = ""
    question: str = ""
    mot: bool = False


class Loose(msgspec.Struct):
    """Names of files that a browser without scripts sent instead of the files."""

    files: tuple[str, ...] = ()


class Preview(NamedTuple):
    """What a message will look like."""

    parts: tuple[str, ...]
    """The numbered thread that it may become, empty for a short text."""
    whole: bool
    """Whether it may only unfold: a doubt, and what is planned, are never cut."""
    language: str | None


class Sent(NamedTuple):
    """What came of a form: the messages, or the one that is planned."""

    posts: tuple[int, ...] = ()
    planned: posts.scheduled.Scheduled | None = None
    waits: bool = False
    """Whether a host looks at it first."""


async def show(call: Call) -> Answer:
    """GET /ecrire: alone; `?cite=` quotes, `?dedicace=` is for a person, `?merci=` a team, `?piece=` a room, `?mot=1` help."""
    me = contributor(call)
    asked = call.read(Asked)
    if asked.dedicace:
        who = await accounts.by_handle(call.tx, asked.dedicace, call.site.settings.domain)
        told = wording.said(
            "Une image et un mot pour @{name}, en message privé. D'un·e inconnu·e, cela attend son accord.", call.language
        )
        return await compose(call, writing.dedicated(me, who), dedicated=who.handle, notice=told.format(name=who.handle))
    if asked.question:
        view, question = await doors.question(call.tx, call.me, ids.parse(asked.question))
        form = writing.in_room(me, view.room, f"/portes/{view.room.id}")
        told = wording.said("En réponse à : « {question} »", call.language).format(question=question.text)
        return await compose(call, msgspec.structs.replace(form, question=asked.question), notice=told)
    if not asked.cite:
        form = blank(me)
        if asked.merci:
            team = await victories.team(call.tx, asked.merci)
            form = msgspec.structs.replace(form, kind=Kind.THANKS, thanks=(team.recipient.word,))
        if asked.piece:
            one = await rooms.by_handle(call.tx, call.viewer, asked.piece)
            form = writing.in_room(me, one.room, f"/pieces/{one.room.handle}")
        return await compose(call, msgspec.structs.replace(form, word=asked.mot, kind=asked.kind or form.kind))
    quoted = await _card(call, asked.cite)
    if quoted is None or not quoted.quotable:
        raise Missing
    return await compose(call, writing.quote_of(me, quoted))


async def send(call: Call) -> Answer:
    """POST /ecrire: look at it, or publish and go back to where one was; a refusal keeps what was typed."""
    contributor(call)
    form, weight = call.read(Form), call.site.settings.link_weight
    try:
        async with call.tx.attempt():
            if any(call.read(Loose).files):
                raise BadInput(LOOSE)
            if form.reword:
                return await compose(call, await guarding.reworded(call, form))
            if form.step == "more":
                return await compose(call, form)
            if form.unsettled(weight):
                return await compose(call, form, preview=_preview(form, weight))
            if guard := await guarding.look(call, form, asks=True):
                return await compose(call, form, guard=guard)
            sent = await _sent(call, form)
    except Refusal as refusal:
        if isinstance(refusal, Changed | Missing):
            form = msgspec.structs.replace(form, key=slots.fresh_key())
        return await compose(call, form, refusal=refusal)
    card = await helping.offered(call, form.text, form.warning, *form.options, language=form.language)
    return _gone(call, form, sent, card)


async def show_again(call: Call) -> Answer:
    """Show a form whose word is too old as it was typed, and do nothing of it: one press more, and nothing is lost."""
    contributor(call)
    return await compose(call, call.read(Form), refusal=Forbidden(OLD))


async def _sent(call: Call, form: Form) -> Sent:
    """Publish or plan what a form says, once for its key; raises Refusal."""
    draft, key, weight = form.draft, form.key or slots.fresh_key(), call.site.settings.link_weight
    await posts.media.describe(call.tx, call.me, form.words)
    to = form.recipients
    if instant := form.instant:
        victories.check_now(to)
        if form.word:
            raise BadInput("On demande un mot maintenant : un message programmé ne le peut pas.")
        if form.shape == "thread" and form.long(weight):
            raise BadInput("Un fil ne se programme pas : publiez-le maintenant, ou en un seul message qui se déplie.")
        return Sent(planned=await posts.scheduled.schedule(call.tx, call.me, draft, instant, key))
    who = await writer(call, None)
    if form.shape == "thread" and form.long(weight):
        parts = posts.cut(draft.text, link_weight=weight)
        made = await posts.publish_thread(call.tx, who, key, draft, parts)
        if len(made) < len(parts):
            await _check_same(call, made[0], parts[0])
        else:
            await _besides(call, form, await posts.source_of(call.tx, call.me, made[0]))
        return Sent(tuple(made), waits=(await posts.source_of(call.tx, call.me, made[0])).held)
    one = await posts.publish_once(call.tx, who, key, draft)
    if isinstance(one, Seen):
        await _check_same(call, one.post.id, clean(draft.text))
    else:
        await _besides(call, form, one.post)
    return Sent((one.post.id,), waits=isinstance(one, posts.Published) and one.post.held)


async def _besides(call: Call, form: Form, post: Post) -> None:
    """Do what else a form asks of a message just published: thank somebody, ask for a word, answer, say that it is advice."""
    if form.recipients:
        await victories.thank(call.tx, post, form.recipients, fresh=True)
    if form.word and not post.held:
        await company.ask(call.tx, call.me, post.id)
    if form.question:
        await doors.answer_by(call.tx, call.me, ids.parse(form.question), post.id)
    if form.signpost and post.parent_id:
        await signposts.answered(call.tx, call.me, post.parent_id, form.signpost)
    if form.gives == "advice":
        await company.advise(call.tx, call.me, post.id)


async def _check_same(call: Call, known: int, text: str) -> None:
    """Raise Changed when the message that a key made before says something else."""
    if (await posts.source_of(call.tx, call.me, known)).text != text:
        raise Changed(CHANGED)


def _gone(call: Call, form: Form, sent: Sent, card: Help | None) -> Answer:
    """Go back to where one was, which tells what happened; a script is told where that is."""
    if sent.planned:
        at = wording.in_full(sent.planned.at, call.language)
        undo = Undo(f"/ecrire/programmes/{sent.planned.id}", {"gesture": "reopen"})
        told = messages.notice("Votre message partira le {date}.", call, undo, date=at)
        return _leading(call, "/ecrire/programmes", messages.beside(call, told, card, form.key))
    if sent.waits:
        told = messages.notice("En attente d'un regard : un hôte lit votre message avant les autres. Voici pourquoi.", call)
        return _leading(call, f"/retenus/{sent.posts[0]}", messages.beside(call, told, card, form.key))
    undo = Undo("/ecrire/reprendre", {"ids": " ".join(map(str, sent.posts))})
    published = "Votre message est publié." if len(sent.posts) == 1 else "Votre fil est publié."
    told = messages.notice("C'est dit. Quelqu'un va vous répondre." if form.word else published, call, undo)
    told = messages.beside(call, told, card, form.key)
    return _leading(call, f"{addresses.own(form.back)}#p{sent.posts[0]}", told)


def _leading(call: Call, path: str, told: Header) -> Answer:
    if answers.wants_fragment(call):
        headers = ((b"location", addresses.header_value(addresses.own(path))), told)
        return Answer(b"", 201, safety.dressed(headers))
    return answers.back(call, path, told)


def _preview(form: Form, link_weight: int) -> Preview:
    whole = form.kind is Kind.DOUBT or bool(form.at)
    parts = posts.cut(form.said, link_weight=link_weight) if form.long(link_weight) and not whole else ()
    return Preview(parts, whole, form.language or tongues.guessed(form.text))


async def compose(
    call: Call, form: Form, *, refusal: Refusal | None = None, preview: Preview | None = None, **values: Any
) -> Answer:
    """Return the page of a form with all it carries: what it answers and quotes, to whom it goes, its media that still wait."""
    parent = await _card(call, form.answering)
    quoted = await _card(call, form.quoting)
    media = await own_media(call, list(form.media))
    return page(
        call,
        "compose.html",
        status=refusal.status if refusal else 200,
        form=form,
        parent=parent,
        quoted=quoted,
        attached=media,
        preview=preview,
        fresh=values.pop("fresh", call.scope["method"] == "GET"),
        guard=values.pop("guard", None) or (await guarding.look(call, form) if call.given else None),
        error=wording.told(refusal, call.language) if refusal else "",
        help=await helping.offered(call, form.text, form.warning, language=form.language) if call.given else None,
        given=await victories.typed(call.tx, form.thanks[: victories.MOST], call.site.settings.domain),
        whole=writing.Whole(
            lasts=writing.LASTS,
            most_options=posts.polls.MOST_OPTIONS,
            most_media=posts.MOST_MEDIA,
            languages=_languages(call, form.language),
        ),
        **{"notice": ""} | values,
    )


def _languages(call: Call, chosen: str) -> dict[str, str]:
    """Return the languages to choose from, by code: those of the house and of its neighbours, named in the viewer's."""
    named = words.languages(call.language)
    codes = dict.fromkeys([*call.site.settings.languages, *tongues.COMMON, *(code for code, _ in tongues.WRITINGS), chosen])
    return {code: named.get(code, code) for code in codes if code}


async def own_media(call: Call, wanted: list[str]) -> list[Media]:
    """Return one's own media that wait for a message, in order; what is gone is left out."""
    found = []
    for one in wanted[: posts.MOST_MEDIA]:
        try:
            media = await posts.media.own(call.tx, call.me, ids.parse(one))
        except Refusal:
            continue
        found += [media] if media.post_id is None else []
    return found


async def _card(call: Call, post_id: str) -> Card | None:
    """Return a post as whoever looks may see it, `None` when it may not be or is none."""
    if not post_id:
        return None
    try:
        rows = await posts.visible(call.tx, [ids.parse(post_id)], call.viewer)
    except Missing:
        return None
    return next(iter(await cards.dealt(call.tx, rows, call.viewer)), None)


def contributor(call: Call) -> Account:
    """Return who writes; raises Forbidden."""
    me = guests.account(call)
    if me is None or me.reads_only:
        raise Forbidden(READING)
    return me


DESTINATIONS = [Destination("Écrire", "/ecrire", "pen", Who.CONTRIBUTOR, rank=30, bar=True)]
ROUTES = [
    route("GET", "/ecrire", show, user("")),
    route("POST", "/ecrire", guests.guarded(send, show_again), user("")),
]
