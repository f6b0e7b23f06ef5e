"""La ronde as pages: a victory's congratulations, given by a form, heard by open pages; the small victories of a month.

A page hears a number and the families that clap (`rounds`), and asks for the rest itself; without scripts it is read again by a
link.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, posts, rooms, waves
from salledepause.features.accounts import Account, Family
from salledepause.features.posts import Kind, Seen
from salledepause.features.waves import A_DAY, SIGNS, WORD_LENGTH, Wave
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing, Refusal
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import addresses, answers, cards, guests, messages, wording
from salledepause.surfaces.web.cards import Card
from salledepause.surfaces.web.listing import Asked, shown
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

HERE, MONTH = "/ronde", "/victoires"
QUESTION = f"{MONTH}/rendez-vous"
MOST_EMOJIS = 12
"""Emojis of the house offered beside our own signs."""
CLAPPING = {
    Family.MEDICAL: "le soin médical",
    Family.PARAMEDICAL: "le soin paramédical",
    Family.DIRECTION: "la direction",
    Family.SUPPORT: "l'administratif et la technique",
    Family.PATIENT: "les patients et leurs proches",
    Family.OTHER: "d'autres métiers",
}
"""Role families as those who clap."""
SIGN_LABELS = {
    "claps": "Bravo",
    "confetti": "Confettis",
    "heart": "De tout cœur",
    "coffee": "Un café offert",
    "sun": "Un lever de soleil",
    "strong": "Quelle force",
}
"""What each sign says to who does not see it."""


class Heard(NamedTuple):
    """A clap on a page."""

    id: int
    who: Account | None
    sign: str
    word: str
    mine: bool


class Given(msgspec.Struct, frozen=True):
    """A clap as a form sends it."""

    sign: str = "claps"
    word: str = ""
    anonymous: bool = False
    back: str = "/"


BLANK = Given()


class Round(msgspec.Struct, frozen=True):
    """The wave of a victory as somebody sees it; `left` is `None` for who may not clap at all."""

    post_id: int
    wave: Wave | None
    open: bool
    heard: tuple[Heard, ...]
    clapped: bool
    left: int | None
    theirs: bool
    """Whether the victory is the viewer's own: they may take words away, as hosts may."""
    wordless: bool = False
    """Whether its author closed it to the words of others: one claps without."""
    typed: Given = BLANK
    problems: dict[str, str] = {}

    @property
    def words(self) -> list[Heard]:
        """The claps that say a word."""
        return [one for one in self.heard if one.word]

    @property
    def people(self) -> list[Account]:
        """Who claps under their name without a word."""
        return [one.who for one in self.heard if one.who and not one.word]

    @property
    def may_clap(self) -> bool:
        """Whether the form is shown: nothing is over, and it is not done."""
        return self.left is not None and not self.clapped and (self.wave is None or self.open)


async def round_of(call: Call, card: Card) -> Round | None:
    """Return the wave of a victory that the viewer sees, `None` of another post."""
    room_id = card.post.room_id
    if card.post.kind is not Kind.VICTORY or (room_id and not await waves.held_in(call.tx, room_id)):
        return None
    tx, post_id, me = call.tx, card.post.id, guests.account(call)
    wave = (await waves.of(tx, [post_id])).get(post_id)
    said = await waves.heard(tx, post_id, call.viewer) if wave else []
    who = await accounts.load(tx, [one.account_id for one in said if one.account_id])
    may = me is not None and not me.reads_only and not card.mine
    may = may and (room_id is None or await rooms.speaks(tx, call.viewer, room_id))
    clapped = me is not None and wave is not None and await waves.claps_there(tx, call.site.settings.secret, post_id, me.id)
    return Round(
        post_id,
        wave,
        wave is not None and wave.is_open(clock.now()),
        tuple(
            Heard(one.id, who.get(one.account_id or 0), one.sign, one.word, me is not None and one.account_id == me.id)
            for one in said
        ),
        clapped,
        await waves.left(tx, me.id) if me and may else None,
        card.mine or (me is not None and me.keeps_house),
        card.post.closed,
    )


def around(call: Call) -> dict[str, Any]:
    """Return what the part of a page that shows a wave is filled with, beside the wave."""
    few = sorted(call.site.emojis)[:MOST_EMOJIS]
    return {
        "signs": SIGNS,
        "sign_labels": SIGN_LABELS,
        "clapping": CLAPPING,
        "most_word": WORD_LENGTH,
        "a_day": A_DAY,
        "house_emojis": {code: call.site.emojis[code] for code in few},
        "emojis": call.site.emojis,
    }


def live(one: Round | None) -> dict[str, Any] | None:
    """Return what an open page asks to hear of a wave that may still move."""
    if one is None or (one.wave and not one.open):
        return None
    return {"asked": {"lieu": f"{HERE}/{one.post_id}"}, "top": "/"}


def standing(wave: Wave, language: str) -> dict[str, Any]:
    """Return what open pages hear of a wave, in words."""
    among = ", ".join(wording.said(CLAPPING[one], language) for one in wave.families)
    count = wording.counted("%(n)s félicitation", "%(n)s félicitations", wave.size, language)
    return {"told": count % {"n": wording.number(wave.size, language)}, "families": among, "open": wave.is_open(clock.now())}


async def show(call: Call) -> Answer:
    """GET /ronde/{id}: a victory and its wave alone, to read again by a link."""
    return await _page(call, call.id())


async def _page(call: Call, post_id: int, typed: Given = BLANK, problem: str = "") -> Answer:
    seen = await posts.one_visible(call.tx, post_id, call.viewer)
    found = await cards.dealt(call.tx, [Seen(seen.cursor, seen.subject, None, seen.gestures)], call.viewer)
    around_it = await round_of(call, found[0]) if found else None
    if around_it is None:
        raise Missing
    if problem:
        around_it = msgspec.structs.replace(around_it, typed=typed, problems={"mot": problem})
    back = addresses.post(found[0].author.handle, post_id)
    return page(
        call,
        "wave_page.html",
        status=422 if problem else 200,
        card=found[0],
        round=around_it,
        back=back,
        live=live(around_it),
        **around(call),
    )


async def clap(call: Call) -> Answer:
    """POST /ronde/{id}: clap, once; what is wrong with a word is told beside it."""
    form = call.read(Given)
    try:
        one = waves.given(call.id(), call.me, (form.sign, form.word, form.anonymous), call.site.emojis)
    except BadInput as refusal:
        async with call.site.db.reading() as call.tx:
            return await _page(call, call.id(), form, wording.told(refusal, call.language))
    back = f"{form.back}#ronde"
    try:
        await waves.clap(call.site, one)
    except Missing:
        raise
    except Refusal as refusal:
        return answers.back(call, back, messages.notice(refusal.message, call, None, **refusal.values))
    return answers.back(call, back, messages.notice("Votre félicitation est dans la ronde.", call))


class Pressed(msgspec.Struct):
    """A button, and where to come back."""

    gesture: str = ""
    back: str = "/"


async def unsay(call: Call) -> Answer:
    """POST /ronde/mots/{id}: take a word away."""
    await waves.unsay(call.tx, call.me, call.id())
    return answers.back(call, f"{call.read(Pressed).back}#ronde", messages.notice("Ce mot est retiré.", call))


class Month(Asked):
    """Which month is asked for."""

    mois: str = ""


async def month(call: Call) -> Answer:
    """GET /victoires: the small victories of a month, dealt anew each day, and the waves that are open."""
    asked = call.read(Month)
    first = waves.month_of(asked.mois, clock.today())
    listing = await waves.month(call.tx, first, call.page(20), call.viewer)
    running = await cards.dealt(call.tx, await waves.open_now(call.tx, call.viewer), call.viewer)
    following = waves.next_month(first)
    return await shown(
        call,
        "victories.html",
        listing,
        asked,
        where="public",
        first=first,
        before=waves.month_before(first).strftime("%Y-%m"),
        after=following.strftime("%Y-%m") if following <= clock.today() else "",
        running=running,
        wanted=await _wanted(call.tx, guests.account(call)),
    )


async def _wanted(tx: Tx, me: Account | None) -> bool | None:
    """Tell whether the viewer is asked each week; `None` for who may not be."""
    return await waves.wants_question(tx, me.id) if me and not me.reads_only else None


async def question(call: Call) -> Answer:
    """POST /victoires/rendez-vous: be asked each week, or no more."""
    pressed = call.read(Pressed)
    if pressed.gesture not in {"want", "stop"}:
        raise Missing
    await waves.want_question(call.tx, call.me, wanted=pressed.gesture == "want")
    said = "C'est noté : une fois par semaine, le mercredi soir." if pressed.gesture == "want" else "C'est arrêté."
    return answers.back(call, pressed.back, messages.notice(said, call))


DESTINATIONS = [Destination("Petites victoires", MONTH, "kind-victory", rank=58)]
ROUTES = [
    route("GET", MONTH, month, reading()),
    route("POST", QUESTION, guests.guarded(question), user("")),
    route("POST", f"{HERE}/mots/{{id}}", guests.guarded(unsay), user("")),
    route("GET", f"{HERE}/{{id}}", show, reading(remembered=True)),
    route("POST", f"{HERE}/{{id}}", guests.guarded(clap), user("", transaction=False)),
]
