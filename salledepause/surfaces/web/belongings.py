"""What is one's own: carry everything away, bring in what one had elsewhere, or leave for good."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, archives
from salledepause.features.archives import Errand, Outcome, What
from salledepause.kernel.errors import BadInput, Missing, Refusal
from salledepause.surfaces.bodies import PLAIN_LIMIT, Upload
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import addresses, answers, guests, messages, safety, signin, wording
from salledepause.surfaces.web.rendering import page

HERE, LEAVE = "/reglages/donnees", "/reglages/partir"
TABLES = {
    What.FOLLOWS: "Personnes suivies",
    What.LISTS: "Listes",
    What.MUTES: "Personnes en sourdine",
    What.BLOCKS: "Personnes bloquées",
    What.DOMAIN_BLOCKS: "Serveurs bloqués",
    What.BOOKMARKS: "Signets",
    What.NOTEBOOK: "Mon carnet",
}
OUTCOMES = {Outcome.DONE: "Reprises", Outcome.KNOWN: "Déjà là", Outcome.ABSENT: "Introuvables", Outcome.REFUSED: "Refusées"}
NO_FILE = "Choisissez un fichier CSV."


class Lost(NamedTuple):
    """A line that was not taken, and why in the language of who reads."""

    place: int
    why: str


async def show(call: Call) -> Answer:
    """GET /reglages/donnees."""
    return await _shown(call, {})


async def ask(call: Call) -> Answer:
    """POST /reglages/donnees/archive: have one's archive written."""
    await archives.ask_archive(call.tx, call.me)
    return answers.back(call, HERE, messages.notice("Votre archive se prépare. Vous pouvez faire autre chose.", call))


async def take(call: Call) -> Answer:
    """POST /reglages/donnees/{id}: send one's archive, once."""
    path = await archives.take(call.tx, call.site, call.me, call.id())
    name = f"salle-de-pause-{guests.member(call).handle}.zip".encode()
    headers = ((b"content-type", b"application/zip"), (b"content-disposition", b'attachment; filename="' + name + b'"'))
    return Answer(file=path, headers=safety.dressed((*headers, safety.SECRET)))


async def table(call: Call) -> Answer:
    """GET /reglages/donnees/{what}.csv: one table, written as it is asked for."""
    name = call.text("what")
    if name not in list(What):
        raise Missing
    body = await archives.table(call.site, call.me, What(name))
    kind = (b"content-type", b"text/csv; charset=utf-8")
    disposition = (b"content-disposition", b'attachment; filename="' + archives.FILES[What(name)].encode() + b'"')
    return Answer(body, headers=safety.dressed((kind, disposition, safety.SECRET)))


class Brought(msgspec.Struct, frozen=True):
    """Which table is brought in; the file is read apart."""

    what: What


async def bring(call: Call) -> Answer:
    """POST /reglages/donnees/reprise: bring a table in, by a job."""
    what = call.read(Brought).what
    try:
        await archives.ask_table(call.tx, call.me, what, _file(call.given.get("file")))
    except BadInput as refusal:
        return await _shown(call, {"file": wording.told(refusal, call.language)}, what)
    return answers.back(call, HERE, messages.notice("La reprise a commencé. Vous pouvez faire autre chose.", call))


def _file(given: object) -> bytes:
    """Return what a file holds; raises BadInput where there is none."""
    if not isinstance(given, Upload) or not given.size:
        raise BadInput(NO_FILE)
    return given.path.read_bytes()


async def result(call: Call) -> Answer:
    """GET /reglages/donnees/{id}: what became of each line."""
    errand = await archives.errand(call.tx, call.me, call.id())
    lost = [Lost(one.place, wording.told(Refusal(one.message, **one.values), call.language)) for one in errand.told]
    return page(call, "errand.html", errand=errand, lost=lost, tables=TABLES, outcomes=OUTCOMES)


async def _shown(call: Call, problems: dict[str, str], chosen: str = "") -> Answer:
    errands: list[Errand] = await archives.errands(call.tx, call.me)
    told: dict[str, Any] = {"tables": TABLES, "outcomes": OUTCOMES, "problems": problems, "chosen": chosen}
    return page(call, "belongings.html", errands=errands, **told)


async def show_leaving(call: Call) -> Answer:
    """GET /reglages/partir: what leaving for good does."""
    return await _leaving(call, {})


async def _leaving(call: Call, problems: dict[str, str], handle: str = "") -> Answer:
    keyed = await accounts.passkeys.passkeys(call.tx, call.me)
    return page(call, "leaving.html", problems=problems, handle=handle, keyed=keyed)


class Farewell(signin.Proof, frozen=True):
    """What confirms it, and one's pseudonym written again."""

    handle: str = ""


async def leave(call: Call) -> Answer:
    """POST /reglages/partir: erase one's account and all that it said, for good."""
    given, me = call.read(Farewell), guests.member(call)
    if (accounts.local_handle(given.handle, call.site.settings.domain) or "").lower() != me.handle.lower():
        problems = {"handle": wording.said("Écrivez votre pseudonyme, pour être sûr·e.", call.language)}
    else:
        problems = await signin.doubt(call, me, given)
    if problems:
        async with call.site.db.reading() as call.tx:
            return await _leaving(call, problems, given.handle)
    async with call.site.db.transaction() as tx:
        pictures = await accounts.erase(tx, me.id)
    for key in pictures:
        call.site.blobs.drop(key)
    gone = messages.notice("Votre compte est effacé. Bonne route, et merci d'être passé·e.", call)
    return safety.to(addresses.header_value("/"), guests.FORGET_PAGES, guests.no_cookie(call.site.settings), gone)


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", f"{HERE}/archive", guests.guarded(ask), user("")),
    route("POST", f"{HERE}/reprise", guests.guarded(bring), user("", files=archives.MOST_BYTES + PLAIN_LIMIT)),
    route("GET", f"{HERE}/{{what}}.csv", table, user("")),
    route("GET", f"{HERE}/{{id}}", result, user("")),
    route("POST", f"{HERE}/{{id}}", guests.guarded(take), user("")),
    route("GET", LEAVE, show_leaving, user("")),
    route("POST", LEAVE, guests.guarded(leave), user("", budget="auth", transaction=False)),
]
