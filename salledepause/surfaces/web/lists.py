"""One's lists: people one follows, read apart. Made, renamed, filled, emptied and erased here; nobody else knows of them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import accounts, graph, timelines
from salledepause.features.graph import Change
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.page import Page
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, asking, guests, messages, wording
from salledepause.surfaces.web.listing import Asked, shown, window
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

Replies = Literal["list", "followed", "none"]
REPLIES: dict[str, str] = {
    "list": "Celles que ces personnes se font entre elles",
    "followed": "Celles qu'elles font à des gens que vous suivez",
    "none": "Aucune",
}
"""Which answers a list shows."""


class Typed(msgspec.Struct):
    """What a list is to be."""

    title: str = ""
    replies: Replies = "list"
    exclusive: bool = False


async def show(call: Call) -> Answer:
    """GET /listes."""
    return await _lists(call, Typed(), {})


async def make(call: Call) -> Answer:
    """POST /listes."""
    typed = call.read(Typed)
    try:
        made = await graph.create_list(call.tx, call.me, typed.title, typed.replies, exclusive=typed.exclusive)
    except BadInput as refusal:
        return await _lists(call, typed, {"titre": wording.told(refusal, call.language)})
    told = messages.notice("La liste « {title} » est faite : ajoutez-y des gens que vous suivez.", call, title=made.title[:80])
    return answers.back(call, f"/listes/{made.id}/reglages", told)


async def _lists(call: Call, typed: Typed, problems: dict[str, str]) -> Answer:
    found = await graph.all_lists(call.tx, call.me)
    values: dict[str, Any] = {"lists": found, "typed": typed, "problems": problems, "replies": REPLIES}
    return page(call, "lists.html", **values)


async def read(call: Call) -> Answer:
    """GET /listes/{id}: what its people say."""
    one = await graph.one_list(call.tx, call.me, call.id())
    asked = call.read(Asked)
    listing = await timelines.list_members(call.tx, call.me, one.id, window(call, asked), asked.wish)
    return await shown(call, "one_list.html", listing, asked, where="home", lives=True, one=one)


async def settings(call: Call) -> Answer:
    """GET /listes/{id}/reglages: its name, its manners, who is in it."""
    return await _settings(call, {})


async def _settings(call: Call, problems: dict[str, str], named: str = "") -> Answer:
    one = await graph.one_list(call.tx, call.me, call.id())
    members = await graph.members(call.tx, call.me, one.id, Page(graph.MOST_MEMBERS))
    people = await accounts.load(call.tx, members.items)
    shown_members = [people[who] for who in members.items if who in people]
    values: dict[str, Any] = {"one": one, "members": shown_members, "replies": REPLIES, "problems": problems, "named": named}
    return page(call, "list_settings.html", **values)


async def change(call: Call) -> Answer:
    """POST /listes/{id}/reglages."""
    typed = call.read(Typed)
    try:
        await graph.change_list(call.tx, call.me, call.id(), Change(typed.title, typed.replies, typed.exclusive))
    except BadInput as refusal:
        return await _settings(call, {"titre": wording.told(refusal, call.language)})
    return answers.back(call, f"/listes/{call.id()}/reglages", messages.notice("La liste est changée.", call))


class Member(msgspec.Struct):
    """Somebody to put into a list, by name, or to take out of it, by id."""

    handle: str = ""
    account_id: int = 0


async def add(call: Call) -> Answer:
    """POST /listes/{id}/personnes."""
    handle = call.read(Member).handle.strip().removeprefix("@")
    try:
        who = await accounts.by_handle(call.tx, handle, call.site.settings.domain)
        await graph.add_members(call.tx, call.me, call.id(), [who.id])
    except Missing:
        told = wording.said("Personne de ce nom parmi les gens que vous suivez.", call.language)
        return await _settings(call, {"pseudonyme": told}, handle)
    told_so = messages.notice("@{handle} est dans la liste.", call, handle=who.handle)
    return answers.back(call, f"/listes/{call.id()}/reglages", told_so)


async def remove(call: Call) -> Answer:
    """POST /listes/{id}/retirer."""
    who = await accounts.one(call.tx, call.read(Member).account_id)
    await graph.remove_members(call.tx, call.me, call.id(), [who.id])
    undo = messages.Undo(f"/listes/{call.id()}/personnes", {"handle": who.handle})
    told = messages.notice("@{handle} n'est plus dans la liste.", call, undo, handle=who.handle)
    return answers.back(call, f"/listes/{call.id()}/reglages", told)


async def ask_to_erase(call: Call) -> Answer:
    """GET /listes/{id}/effacer."""
    one = await graph.one_list(call.tx, call.me, call.id())
    question = asking.Question(
        wording.said("Effacer la liste « {title} » ?", call.language).format(title=one.title),
        wording.said("Elle ne se retrouve pas. Vous suivrez toujours les mêmes gens.", call.language),
        wording.said("Oui, l'effacer", call.language),
    )
    return asking.ask(call, question, f"/listes/{one.id}/reglages")


async def erase(call: Call) -> Answer:
    """POST /listes/{id}/effacer."""
    await graph.erase_list(call.tx, call.me, call.id())
    return answers.back(call, "/listes", messages.notice("La liste est effacée. Vous suivez toujours les mêmes gens.", call))


DESTINATIONS = [Destination("Listes", "/listes", "list", Who.MEMBER, rank=54, group="mine")]
ROUTES = [
    route("GET", "/listes", show, user("")),
    route("POST", "/listes", guests.guarded(make), user("")),
    route("GET", "/listes/{id}", read, user("")),
    route("GET", "/listes/{id}/reglages", settings, user("")),
    route("POST", "/listes/{id}/reglages", guests.guarded(change), user("")),
    route("POST", "/listes/{id}/personnes", guests.guarded(add), user("")),
    route("POST", "/listes/{id}/retirer", guests.guarded(remove), user("")),
    route("GET", "/listes/{id}/effacer", ask_to_erase, user("")),
    route("POST", "/listes/{id}/effacer", guests.guarded(erase), user("")),
]
