"""Cards of desks as pages: written, changed, with their history, counter and wordings; sent to a whole pile by one tap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from salledepause.features import accounts, desks
from salledepause.features.desks import Card, Written
from salledepause.kernel import clock, ids
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, compose, guests, messages, wording
from salledepause.surfaces.web.asking import Question
from salledepause.surfaces.web.desks import HERE
from salledepause.surfaces.web.rendering import page

CARDS = "/fiches"


class Typed(msgspec.Struct):
    """What is written on a card, as the form holds it."""

    remark: str = ""
    answer: str = ""
    nuance: str = ""
    sources: str = ""
    as_of: str = ""
    expires_on: str = ""
    minutes: str = "4"
    automatic: bool = False
    public: bool = False

    def written(self, *, decides: bool) -> Written:
        """Return the card; raises BadInput for what is no day or no number. `decides`: whether what it does by itself is said."""
        try:
            as_of, expires_on = (date.fromisoformat(one) if one else None for one in (self.as_of, self.expires_on))
            minutes = int(self.minutes or 4)
        except ValueError as error:
            raise BadInput("Une date s'écrit 2026-11-30, et les minutes sont un nombre.") from error
        return Written(
            remark=self.remark,
            answer=self.answer,
            nuance=self.nuance,
            sources=self.sources.splitlines(),
            as_of=as_of,
            expires_on=expires_on,
            minutes=minutes,
            automatic=self.automatic if decides else None,
            public=self.public if decides else None,
        )


def typed_of(card: Card) -> Typed:
    """Return a card as its form holds it."""
    return Typed(
        remark=card.remark,
        answer=card.answer,
        nuance=card.nuance,
        sources="\n".join(card.sources),
        as_of=card.as_of.isoformat(),
        expires_on=card.expires_on.isoformat(),
        minutes=str(card.minutes),
        automatic=card.automatic,
        public=card.public,
    )


async def index(call: Call) -> Answer:
    """GET /guichets/{id}/fiches."""
    today = clock.today()
    blank = Typed(as_of=today.isoformat(), expires_on=(today + timedelta(days=365)).isoformat())
    return await _index(call, {}, blank)


async def _index(call: Call, problems: dict[str, str], typed: Typed) -> Answer:
    cards = await desks.cards(call.tx, call.me, call.id())
    desk, _ = await desks.one(call.tx, call.me, call.id())
    return page(
        call,
        "desk_cards.html",
        problems=problems,
        desk=desk,
        cards=[(card, card.sendable(clock.today())) for card in cards],
        spared=desks.counter(cards),
        typed=typed,
        decides=True,
    )


async def create(call: Call) -> Answer:
    """POST /guichets/{id}/fiches: write a card."""
    compose.contributor(call)
    typed = call.read(Typed)
    try:
        async with call.tx.attempt():
            card_id = await desks.write(call.tx, call.me, call.id(), typed.written(decides=True))
    except BadInput as refusal:
        return await _index(call, {"remarque": wording.told(refusal, call.language)}, typed)
    return answers.back(call, f"{CARDS}/{card_id}", messages.notice("La fiche est écrite.", call))


async def show(call: Call) -> Answer:
    """GET /fiches/{id}: a card, what it said before, its wordings."""
    return await _shown(call, {}, None)


async def _shown(call: Call, problems: dict[str, str], typed: Typed | None) -> Answer:
    card, versions, wordings = await desks.card(call.tx, call.me, call.id())
    desk, _ = await desks.one(call.tx, call.me, card.desk_id)
    people = {one.by_id for one in versions if one.by_id} | ({card.owner_id} if card.owner_id else set())
    return page(
        call,
        "desk_card.html",
        problems=problems,
        desk=desk,
        card=card,
        sendable=card.sendable(clock.today()),
        lapsed=card.expires_on < clock.today(),
        versions=versions,
        wordings=wordings,
        known=await accounts.load(call.tx, sorted(people)),
        typed=typed or typed_of(card),
        decides=card.owner_id in {None, call.me},
    )


async def change(call: Call) -> Answer:
    """POST /fiches/{id}: change a card."""
    compose.contributor(call)
    typed = call.read(Typed)
    card, _, _ = await desks.card(call.tx, call.me, call.id())
    try:
        async with call.tx.attempt():
            await desks.change_card(call.tx, call.me, call.id(), typed.written(decides=card.owner_id in {None, call.me}))
    except BadInput as refusal:
        return await _shown(call, {"remarque": wording.told(refusal, call.language)}, typed)
    return answers.back(call, f"{CARDS}/{card.id}", messages.notice("La fiche est à jour.", call))


class Worded(msgspec.Struct):
    """A wording, and what to do with it."""

    text: str = ""
    gesture: Literal["fits", "differs", "forget"] = "fits"


FITS = {"fits": True, "differs": False, "forget": None}


async def word(call: Call) -> Answer:
    """POST /fiches/{id}/formulations: say that a text is its remark, or is not; forget one."""
    compose.contributor(call)
    worded = call.read(Worded)
    try:
        async with call.tx.attempt():
            await desks.word(call.tx, call.me, call.id(), worded.text, fits=FITS[worded.gesture])
    except BadInput as refusal:
        return await _shown(call, {"formulation": wording.told(refusal, call.language)}, None)
    return answers.back(call, f"{CARDS}/{call.id()}#formulations", messages.notice("C'est retenu.", call))


class Sure(msgspec.Struct):
    """Whether one was asked first."""

    sure: bool = False


async def erase(call: Call) -> Answer:
    """POST /fiches/{id}/effacer."""
    card, _, _ = await desks.card(call.tx, call.me, call.id())
    if not call.read(Sure).sure:
        question = Question(
            wording.said("Effacer cette fiche ?", call.language),
            wording.said("Son histoire et son compteur s'en vont avec elle.", call.language),
            wording.said("Effacer pour toujours", call.language),
        )
        return asking.ask(call, question, f"{CARDS}/{card.id}", {})
    await desks.erase_card(call.tx, call.me, card.id)
    return answers.back(call, f"{HERE}/{card.desk_id}/fiches", messages.notice("La fiche est effacée.", call))


class Chosen(msgspec.Struct):
    """Remarks that a card answers."""

    remark_ids: list[str] = []


async def send(call: Call) -> Answer:
    """POST /fiches/{id}/envoyer: answer remarks by a card, each in private."""
    compose.contributor(call)
    card, _, _ = await desks.card(call.tx, call.me, call.id())
    wanted = [ids.parse(one) for one in call.read(Chosen).remark_ids]
    number = await desks.answer(call.tx, call.me, card.id, wanted)
    told = messages.notice("Réponse envoyée à {n} personne(s), chacune en privé.", call, n=number)
    return answers.back(call, f"{HERE}/{card.desk_id}", told)


ROUTES = [
    route("GET", f"{HERE}/{{id}}/fiches", index, user("")),
    route("POST", f"{HERE}/{{id}}/fiches", guests.guarded(create), user("")),
    route("GET", f"{CARDS}/{{id}}", show, user("")),
    route("POST", f"{CARDS}/{{id}}", guests.guarded(change), user("")),
    route("POST", f"{CARDS}/{{id}}/formulations", guests.guarded(word), user("")),
    route("POST", f"{CARDS}/{{id}}/effacer", guests.guarded(erase), user("")),
    route("POST", f"{CARDS}/{{id}}/envoyer", guests.guarded(send), user("")),
]
