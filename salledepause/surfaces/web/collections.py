"""Collections on the web: whom somebody recommends together and why; made, shared, followed at once; the way out of one."""

from __future__ import annotations

from typing import Any

import msgspec

from salledepause.features import accounts, graph
from salledepause.features.graph import Collected, Collection, CollectionChange
from salledepause.kernel import ids
from salledepause.kernel.errors import BadInput, Forbidden, Missing, Refusal
from salledepause.surfaces.bodies import PLAIN_LIMIT, Upload
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import reading, route, user
from salledepause.surfaces.web import addresses, answers, asking, guests, messages, safety, wording
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

ALL, ONE = "/collections", "/collections/{id}"
MOST_SHOWN = 40
MOST_BYTES = 256 * 1024
FOR_GOOD = "Cette personne ne pourra plus vous mettre dans aucune de ses collections. Elle n'est pas prévenue."


class Written(msgspec.Struct):
    """What a collection is called and says, and whether one's profile leads to it."""

    name: str = ""
    description: str = ""
    discoverable: bool = False

    @property
    def change(self) -> CollectionChange:
        """The same, as the graph takes it."""
        return CollectionChange(name=self.name, description=self.description, discoverable=self.discoverable)


async def mine(call: Call) -> Answer:
    """GET /collections: one's own, and those that one is in."""
    return await _mine(call, Written(discoverable=True), {})


async def create(call: Call) -> Answer:
    """POST /collections: make an empty one."""
    given = call.read(Written)
    try:
        made = await graph.create_collection(call.tx, call.me, given.change, [])
    except BadInput as refusal:
        return await _mine(call, given, {"nom": wording.told(refusal, call.language)})
    return answers.back(
        call, addresses.collection(made.id), messages.notice("Ajoutez-y les personnes que vous recommandez.", call)
    )


async def _mine(call: Call, typed: Written, problems: dict[str, str]) -> Answer:
    own = await graph.collections_of(call.tx, call.me, call.me, MOST_SHOWN, 0)
    within = await graph.collections_with(call.tx, call.me, MOST_SHOWN, 0)
    who = await accounts.load(call.tx, [one.account_id for one in within])
    values: dict[str, Any] = {"own": own, "within": within, "owners": who, "typed": typed, "problems": problems}
    return page(call, "collections.html", **values)


async def show(call: Call) -> Answer:
    """GET /collections/{id}."""
    return await _shown(call, {})


async def _shown(call: Call, problems: dict[str, str], *, none: bool = False, **typed: str) -> Answer:
    found = await graph.collection(call.tx, call.id(), call.viewer)
    held = (await graph.collected(call.tx, [found.id], call.viewer)).get(found.id, [])
    who = await accounts.load(call.tx, [found.account_id, *(one.account_id for one in held)])
    shown = [(one, who[one.account_id]) for one in held if one.account_id in who]
    who_ids = [one.id for _, one in shown]
    ties = {one.id: one for one in await graph.relationships(call.tx, call.viewer, who_ids)} if call.viewer else {}
    values: dict[str, Any] = {
        "one": found,
        "owner": who[found.account_id],
        "people": shown,
        "ties": ties,
        "inside": any(one.account_id == call.viewer for one in held),
        "mine": found.account_id == call.viewer,
        "others": any(one != call.viewer for one in who_ids),
        "typed": {"handle": "", "reason": ""} | typed,
        "none": none,
    }
    return page(call, "collection.html", problems=problems, **values)


async def table(call: Call) -> Answer:
    """GET /collections/{id}.csv: as Mastodon writes lists, with the reasons."""
    body = await graph.table_of(call.tx, call.id(), call.viewer)
    named = (b"content-disposition", b'attachment; filename="collection-%d.csv"' % call.id())
    return Answer(body, headers=safety.dressed(((b"content-type", b"text/csv; charset=utf-8"), named)))


async def change(call: Call) -> Answer:
    """POST /collections/{id}: say what one's own is called, and the rest."""
    try:
        await graph.change_collection(call.tx, call.me, call.id(), call.read(Written).change)
    except BadInput as refusal:
        return await _shown(call, {"nom": wording.told(refusal, call.language)})
    return answers.back(call, addresses.collection(call.id()), messages.notice("La collection est changée.", call))


class Named(msgspec.Struct):
    """Who comes in, and why."""

    handle: str = ""
    reason: str = ""


async def people(call: Call) -> Answer:
    """POST /collections/{id}/personnes: put somebody in, or say another reason."""
    named = call.read(Named)
    here = addresses.collection(call.id())
    await graph.own_collection(call.tx, call.me, call.id())
    try:
        who = await accounts.by_handle(call.tx, named.handle, call.site.settings.domain)
        await graph.collect(call.tx, call.me, call.id(), who.id, named.reason)
    except (BadInput, Forbidden) as refusal:
        return await _not_in(call, named, refusal)
    except Missing:
        return await _not_in(call, named, BadInput("Personne ici ne s'appelle @{handle}.", handle=named.handle.lstrip("@")))
    told = messages.notice("@{handle} est dans votre collection, et l'apprendra.", call, handle=who.handle)
    return answers.back(call, here, told)


async def _not_in(call: Call, named: Named, refusal: Refusal) -> Answer:
    problems = {"pseudonyme": wording.told(refusal, call.language)}
    return await _shown(call, problems, handle=named.handle, reason=named.reason)


class Out(msgspec.Struct):
    """Who goes out, by their place."""

    place: str = ""


async def take_out(call: Call) -> Answer:
    """POST /collections/{id}/retirer: take somebody out of one's own."""
    await graph.take_out(call.tx, call.me, call.id(), ids.parse(call.read(Out).place))
    told = messages.notice("Cette personne n'est plus dans votre collection.", call)
    return answers.back(call, addresses.collection(call.id()), told)


async def bring(call: Call) -> Answer:
    """POST /collections/{id}/reprise: put the people of a table in one's own."""
    given = call.given.get("file")
    text = given.path.read_bytes().decode("utf-8", "replace") if isinstance(given, Upload) else ""
    try:
        done = await graph.bring_collected(call.tx, call.me, call.id(), text)
    except BadInput as refusal:
        return await _shown(call, {"file": wording.told(refusal, call.language)})
    told = messages.notice("Reprises : {taken}. Pas reprises : {refused}.", call, taken=done.taken, refused=done.refused)
    return answers.back(call, addresses.collection(call.id()), told)


class Taking(msgspec.Struct):
    """What to make of a collection, and of whom in it."""

    gesture: str = "follow"
    account_ids: list[str] = []


async def take(call: Call) -> Answer:
    """POST /collections/{id}/suivre: follow those who are ticked, and make a list of them if one likes."""
    taking = call.read(Taking)
    wanted = ids.several(taking.account_ids)
    if not wanted:
        return await _shown(call, {"suivre": wording.said("Cochez au moins une personne.", call.language)}, none=True)
    done = await graph.follow_collected(call.tx, call.me, call.id(), wanted)
    if taking.gesture == "list":
        made = await graph.list_collected(call.tx, call.me, call.id(), wanted)
        return answers.back(call, f"/listes/{made.id}", messages.notice("C'est une de vos listes, que vous lisez seul·e.", call))
    told = messages.notice("Suivies, ou demandées : {taken}. Déjà suivies : {refused}.", call, **done._asdict())
    return answers.back(call, addresses.collection(call.id()), told)


async def ask_to_erase(call: Call) -> Answer:
    """GET /collections/{id}/effacer: the last question."""
    found = await graph.collection(call.tx, call.id(), call.me)
    if found.account_id != call.me:
        raise Missing
    question = asking.Question(
        wording.said("Effacer « {name} » ?", call.language).format(name=found.name),
        wording.said("Son adresse ne mènera plus nulle part. Qui l'a reprise en liste garde sa liste.", call.language),
        wording.said("Effacer la collection", call.language),
    )
    return asking.ask(call, question, addresses.collection(found.id))


async def erase(call: Call) -> Answer:
    """POST /collections/{id}/effacer."""
    await graph.erase_collection(call.tx, call.me, call.id())
    return answers.back(call, ALL, messages.notice("La collection est effacée.", call))


async def ask_to_leave(call: Call) -> Answer:
    """GET /collections/{id}/sortir: the last question, for it is for good."""
    found, _ = await _my_place(call)
    question = asking.Question(
        wording.said("Sortir de « {name} » ?", call.language).format(name=found.name),
        wording.said(FOR_GOOD, call.language),
        wording.said("Sortir de la collection", call.language),
    )
    return asking.ask(call, question, addresses.collection(found.id))


async def leave(call: Call) -> Answer:
    """POST /collections/{id}/sortir: take oneself out, for good."""
    found, place = await _my_place(call)
    await graph.refuse_recommendations(call.tx, call.me, found.id, place.id)
    return answers.back(call, addresses.collection(found.id), messages.notice("Vous n'êtes plus dans cette collection.", call))


async def _my_place(call: Call) -> tuple[Collection, Collected]:
    """Return a collection that one is in, and one's place there; raises Missing."""
    found = await graph.collection(call.tx, call.id(), call.me)
    held = await graph.collected(call.tx, [found.id], call.me)
    for one in held.get(found.id, []):
        if one.account_id == call.me:
            return found, one
    raise Missing


DESTINATIONS = [Destination("Mes préférés", ALL, "people", Who.CONTRIBUTOR, rank=56, group="mine")]
ROUTES = [
    route("GET", ALL, mine, user("")),
    route("POST", ALL, guests.guarded(create), user("")),
    route("GET", f"{ONE}.csv", table, reading()),
    route("GET", ONE, show, reading()),
    route("POST", ONE, guests.guarded(change), user("")),
    route("POST", f"{ONE}/personnes", guests.guarded(people), user("")),
    route("POST", f"{ONE}/retirer", guests.guarded(take_out), user("")),
    route("POST", f"{ONE}/reprise", guests.guarded(bring), user("", files=MOST_BYTES + PLAIN_LIMIT)),
    route("POST", f"{ONE}/suivre", guests.guarded(take), user("")),
    route("GET", f"{ONE}/effacer", ask_to_erase, user("")),
    route("POST", f"{ONE}/effacer", guests.guarded(erase), user("")),
    route("GET", f"{ONE}/sortir", ask_to_leave, user("")),
    route("POST", f"{ONE}/sortir", guests.guarded(leave), user("")),
]
