"""Hosts with a browser, and a house that has something for them to settle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import msgspec

from salledepause.features import accounts, announcements, emojis, moderation, red_line, safety_net, verification
from salledepause.features.accounts import Family, SignUp
from salledepause.features.emojis import Prepared
from salledepause.features.moderation import Act, appeals, domains
from salledepause.features.moderation.domains import DomainRule
from salledepause.surfaces.routes import Line
from salledepause.surfaces.web import keeping
from tests.mastodon.pictures import held_picture
from tests.support.house import House
from tests.web.visitor import Page, Visitor, visiting

LINES: list[Line] = [line for topic in keeping.TOPICS for line in topic.ROUTES]
ADMINS = {
    "/maison/comptes/{id}/role",
    "/maison/comptes/{id}/effacer",
    "/maison/retenus/reglages",
    "/maison/glossaire",
    "/maison/glossaire/retirer",
    "/maison/qui-fait-quoi",
    "/maison/qui-fait-quoi/oublier",
    "/maison/qui-fait-quoi/retirer",
    "/maison/aide/nouvelle",
    "/maison/aide/{id}",
    "/maison/aide/{id}/verifiee",
    "/maison/aide/{id}/retirer",
}
"""Doors that hosts do not pass."""


class Estate(msgspec.Struct, frozen=True):
    """Ids of what hosts decide about."""

    member: int
    pending: int
    report: int
    announcement: int
    server: int
    invitation: int
    post: int
    proof: int
    code: int
    call: int
    held: int
    refused: int
    withheld: int
    contested: int

    def path(self, line: Line, *, missing: bool = False) -> str:
        """Return the path of a route to one of these, or to what nobody has."""
        things = {
            "/maison/comptes": self.member,
            "/maison/signalements": self.report,
            "/maison/annonces": self.announcement,
            "/maison/serveurs": self.server,
            "/maison/entrees/invitations": self.invitation,
            "/maison/verifications": self.proof,
            "/maison/verifications/codes": self.code,
            "/maison/images": self.held,
            "/maison/images/refusees": self.refused,
            "/maison/retenus": self.withheld,
            "/maison/contestations": self.contested,
            "/maison/aide": 1,
            "/maison/aide/demandes": self.call,
        }
        beginning = line.path.partition("/{")[0]
        known = 424242 if missing else things.get(beginning, 0)
        return line.path.replace("{id}", str(known)).replace("{code}", "absente" if missing else "tasse")


@asynccontextmanager
async def keeper(house: House, handle: str, role: str = "host", mode: str = "contributor") -> AsyncIterator[Visitor]:
    """Open the browser of somebody with a role, for a block."""
    async with visiting(house) as opened:
        await opened.sign_up(handle, "direction", mode)
        await change(house, handle, role=role)
        yield opened


async def change(house: House, handle: str, **columns: Any) -> int:
    """Change columns of an account; return its id."""
    async with house.site.db.transaction() as tx:
        for column, value in columns.items():
            await tx.run(f"UPDATE accounts SET {column} = %s WHERE handle = %s", [value, handle])
        tx.touches_everything()
        return int(await tx.value("SELECT id FROM accounts WHERE handle = %s", [handle]))


async def wait_at_the_door(house: House, handle: str, reason: str = "Je suis aide-soignant, de nuit.") -> int:
    """Have somebody ask to be let in; return their id."""
    keys = await accounts.draw_keys(house.site, "une longue nuit tranquille")
    form = SignUp(handle=handle, password="une longue nuit tranquille", reason=reason)
    async with house.site.db.transaction() as tx:
        return await accounts.sign_up(tx, "approval", form, keys)


async def settled(house: House) -> Estate:
    """Fill a house with one of each thing that hosts decide about."""
    target, other = await house.person("tapageur"), await house.person("voisine")
    said = await house.say(target, "Un message désobligeant.")
    report = await house.post(
        "/api/v1/reports", other, account_id=str(target.id), status_ids=[said["id"]], comment="Il exagère.", category="violation"
    )
    host = await house.person("ancienne", role="admin")
    held = await held_picture(house, target, other)
    pending = await wait_at_the_door(house, "arrivante")
    async with house.site.db.transaction() as tx:
        await accounts.create_invitation(tx, host.id, 2, 7)
        told = await announcements.announce(tx, host.id, announcements.Draft(text="Travaux ce soir."))
        server = (await domains.block(tx, host.id, "ailleurs.test", DomainRule())).id
        await emojis.add(tx, "tasse", Prepared("aa/" + "0" * 30 + ".png", "aa/" + "0" * 30 + ".png"))
        await safety_net.call_hosts(tx, other.id, "Un mot, s'il vous plaît.")
        call = (await safety_net.calls(tx, host.id))[0].id
        refused = await red_line.insert(tx, 5, ["f" * 64])
        invitation = (await accounts.invitations(tx))[0].id
        await verification.create_code(tx, host.id, Family.OTHER)
        code = (await verification.codes(tx, host.id))[0].id
        with NamedTemporaryFile() as file:
            file.write(b"%PDF-1.4")
            file.flush()
            await verification.ask_by_proof(tx, house.site, other.id, Path(file.name))
        proof = (await verification.waiting(tx, host.id))[0].id
        contested = await moderation.note(tx, Act(host_id=None, act="silence", target_id=target.id, reason="Trop de bruit."))
        await appeals.contest(tx, target.id, contested, "Pas tant que cela.")
    waits = await house.say(target, "Je vais te retrouver et je vais te tuer.")
    made = (int(said["id"]), proof, code, call, held, refused, int(waits["id"]), contested)
    return Estate(target.id, pending, int(report["id"]), told, server, invitation, *made)


async def press(who: Visitor, path: str, page: str = "/plus", **values: str) -> Page:
    """Send a form of this site that no page need hold; return the answer."""
    found = await who.get(page)
    word = found.forms[0].values["csrf"]
    return Page(await who.client.post(path, data={"csrf": word, **values}))


async def undo(who: Visitor) -> Page:
    """Press the button that takes back what was just done; return the page it leads to."""
    form = who.page.undo
    answer = await who.client.post(form.action, data=form.values, follow_redirects=True)
    assert answer.status_code == 200, answer.text[-600:]
    who.page = Page(answer)
    return who.page
