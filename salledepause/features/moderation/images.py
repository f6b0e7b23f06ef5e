"""The red line of pictures, as hosts hold it: held from view at once, told to their author with reasons, decided by a person.

What is reported for the rule about pictures is out of view for everybody but its author and hosts until a host decides; so is
what looks like a picture that hosts refused. Each time its author is told the facts, the rule, whether a machine did it and how
to contest (Digital Services Act, article 17), as they are told of any decision. What a host gave back is held by no report again.
What is refused is erased at once, and what looks like it turned away: its author may have either looked at again (`appeals`), and
may then send it again, which nothing refuses any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from salledepause.features import accounts, posts, red_line
from salledepause.features.moderation import hosts, journal, store
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import OUTSIDE, Report, Warned, reason_of
from salledepause.features.posts.holding import Told
from salledepause.features.red_line import IMAGE_RULE, Held, RefusedPicture, TurnedAway, Verdict
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site

SWEEP = "moderation.sweep_images"
AT_ONCE = 500
"""Media compared in one transaction."""
MOST_UNDONE = 3
"""Pictures that hosts gave back in thirty days, after which somebody's reports hold nothing by themselves."""
TOO_EVEN = "Cette image est trop unie pour être reconnue : choisissez-en une qui montre davantage."


class Case(NamedTuple):
    """What is held, and what was said of it: `said` by who reported, in the words of the report."""

    held: Held
    post_id: int | None
    said: str


async def hold_reported(tx: Tx, site: Site, report: Report) -> None:
    """Take the pictures of a report out of view, when it is about the rule of pictures and its author is worth believing."""
    if IMAGE_RULE not in report.rule_ids or report.account_id is None or not report.post_ids:
        return
    found = await posts.holding.reported(tx, report.post_ids)
    wanted = set(found) - await red_line.cleared(tx, found)
    if wanted and await red_line.undone_by(tx, report.account_id) < MOST_UNDONE:
        for told in await posts.holding.hold(tx, site, sorted(wanted)):
            await _state(tx, site, told, IMAGE_RULE, report.id)


async def _state(tx: Tx, site: Site, told: Told, rule: int, report_id: int | None) -> None:
    """Write why a medium is held, and tell its author."""
    held = Held(told.id, told.account_id, rule, report_id is None, report_id, "", None, "", clock.now())
    await red_line.hold(tx, held)
    fact = (
        "elle ressemble à une image que les hôtes ont refusée. C'est une comparaison automatique"
        if report_id is None
        else "quelqu'un l'a signalée. Le retrait est automatique dès le signalement"
    )
    words = (
        f"Une de vos images est retirée de la vue. Fait : {fact} ; une personne va décider. Règle : la {rule} de la charte, sur "
        f"les images. Vous pouvez la revoir et contester, ici : {site.url(f'/images/{told.id}')}. {OUTSIDE}"
    )
    await _warn(tx, Act(host_id=None, act="hold_image", target_id=told.account_id, report_id=report_id, reason=words))


async def _warn(tx: Tx, act: Act) -> int:
    noted = await journal.note(tx, act)
    await emit(tx, Warned(noted, act.target_id or 0))
    return noted


async def turned_away(tx: Tx, event: TurnedAway) -> None:
    """Tell somebody why what they sent was refused, once for each refused picture that it looks like."""
    await accounts.hold(tx, [event.account_id])
    words = (
        "Fait : une image que vous envoyiez ressemble à une image que les hôtes ont refusée. C'est une comparaison automatique, "
        f"qui peut se tromper ; l'image n'est pas gardée. Règle : la {event.rule} de la charte, sur les images. {OUTSIDE}"
    )
    act = Act(host_id=None, act="turn_away", target_id=event.account_id, subject=str(event.picture_id), reason=words)
    if not await journal.known(tx, act):
        await _warn(tx, act)


async def one(tx: Tx, me: int, media_id: int) -> Held:
    """Return why a medium of one's own is held, or was; raises Missing for anybody else's."""
    found = await red_line.held(tx, media_id)
    if found is None or found.account_id != me:
        raise Missing
    return found


async def contest(tx: Tx, me: int, media_id: int, words: str) -> None:
    """Answer the hosts about one's own medium; said again, it says what was said last. Raises Missing, BadInput."""
    await one(tx, me, media_id)
    said = reason_of(words)
    if not said:
        raise BadInput("Dites en quelques mots pourquoi cette image a sa place ici.")
    await red_line.contest(tx, media_id, said)


async def waiting(tx: Tx, host_id: int) -> int:
    """Return how many pictures wait for a decision. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return len(await red_line.waiting(tx, host_id))


async def cases(tx: Tx, host_id: int) -> list[Case]:
    """Return what waits for a decision, contested ones first; never one's own. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    found = await red_line.waiting(tx, host_id)
    said = await store.load(tx, [one.report_id for one in found if one.report_id])
    shown = {media.id: media.post_id for media in await posts.media.load(tx, [one.media_id for one in found])}
    return [Case(one, shown.get(one.media_id), said[one.report_id].comment if one.report_id in said else "") for one in found]


async def look(tx: Tx, site: Site, viewer: int, media_id: int, *, whole: bool = False) -> Path:
    """Return where a held medium lies, for its author and for hosts alone; raises Missing for anybody else."""
    found = await red_line.held(tx, media_id)
    if found is None or (found.account_id != viewer and not await _keeps(tx, viewer)):
        raise Missing
    path = await posts.holding.still(tx, site, media_id, whole=whole)
    if path is None:
        raise Missing
    return path


async def _keeps(tx: Tx, account_id: int) -> bool:
    return bool(await tx.value("SELECT role <> 'member' AND state = 'active' FROM accounts WHERE id = %s", [account_id]))


async def restore(tx: Tx, site: Site, host_id: int, media_id: int, reason: str = "") -> None:
    """Give a held medium back, and tell its author. Raises Forbidden, Missing, Conflict when it is decided already."""
    held = await _to_decide(tx, host_id, media_id)
    await posts.holding.restore(tx, site, media_id)
    told = "Votre image est de nouveau visible : une personne l'a regardée, elle a sa place ici."
    await _settle(tx, held, "restored", reason, Act(host_id=host_id, act="restore_image", reason=told))


class Refusal(NamedTuple):
    """What the author of a picture reads, and how it looks where what looks like it is refused from then on."""

    reason: str = ""
    likenesses: Sequence[str] = ()


async def refuse(tx: Tx, site: Site, host_id: int, media_id: int, refusal: Refusal) -> None:
    """Erase a held medium for good, and tell its author. Raises Forbidden, Missing, Conflict when it is decided already."""
    held = await _to_decide(tx, host_id, media_id)
    await posts.holding.refuse(tx, site, media_id)
    subject = str(await add(tx, site, host_id, held.rule, refusal.likenesses)) if refusal.likenesses else ""
    told = (
        f"Votre image est refusée, par décision d'une personne, d'après la règle {held.rule} de la charte, sur les images. "
        f"Elle est effacée. Vous pouvez le contester, sur la page « Décisions vous concernant ». {OUTSIDE}"
    )
    await _settle(tx, held, "refused", refusal.reason, Act(host_id=host_id, act="refuse_image", subject=subject, reason=told))


async def withdraw(tx: Tx, host_id: int, act_id: int, listed: str) -> None:
    """Take a refusal back: what looked like the picture comes in again, from anybody; what was erased stays so."""
    for picture_id in await red_line.near(tx, int(listed)) if listed else ():
        await strike(tx, host_id, picture_id)
    media_id = await red_line.withdraw(tx, act_id)
    if media_id is not None:
        await posts.holding.withdraw(tx, media_id)


async def _to_decide(tx: Tx, host_id: int, media_id: int) -> Held:
    held = await red_line.held(tx, media_id)
    if held is None:
        await hosts.keeper(tx, host_id)
        raise Missing
    await hosts.subject(tx, host_id, held.account_id)
    if held.verdict is not None:
        raise Conflict("Une autre personne a déjà décidé pour cette image.")
    return held


async def _settle(tx: Tx, held: Held, verdict: Verdict, reason: str, act: Act) -> None:
    """Write what a host decided, with what they say of it, and tell the author."""
    said = reason_of(reason)
    words = {"reason": f"{act.reason} {said}".strip(), "target_id": held.account_id, "report_id": held.report_id}
    noted = await _warn(tx, msgspec.structs.replace(act, **words))
    await red_line.settle(tx, held.media_id, verdict, said, noted)
    if held.report_id is not None and act.host_id is not None:
        await store.resolve(tx, act.host_id, held.report_id)


async def to_list(tx: Tx, site: Site, host_id: int, media_id: int) -> Path:
    """Return where the still of a medium to decide about lies. Raises Forbidden, Missing, Conflict."""
    await _to_decide(tx, host_id, media_id)
    path = await posts.holding.still(tx, site, media_id)
    if path is None:
        raise Missing
    return path


async def listed(tx: Tx, host_id: int) -> list[RefusedPicture]:
    """Return what is refused, the latest first. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return await red_line.listed(tx)


async def add(tx: Tx, site: Site, host_id: int, rule: int, likenesses: Sequence[str]) -> int:
    """Refuse what looks like a picture from now on, and look for it among what is here; return its id.

    Raises Forbidden, BadInput when the picture is too even to be known again.
    """
    await hosts.keeper(tx, host_id)
    if not likenesses:
        raise BadInput(TOO_EVEN)
    picture_id = await red_line.insert(tx, rule, likenesses)
    await red_line.begin(tx, picture_id, await posts.holding.number(tx))
    await journal.note(tx, Act(host_id=host_id, act="list_image", subject=str(picture_id)))
    await site.jobs.defer(tx, SWEEP, {"picture_id": picture_id})
    return picture_id


async def strike(tx: Tx, host_id: int, picture_id: int) -> None:
    """Refuse a picture no more; what it held stays held until it is decided. Raises Forbidden, Missing."""
    await hosts.keeper(tx, host_id)
    if not await red_line.strike(tx, picture_id):
        raise Missing
    await journal.note(tx, Act(host_id=host_id, act="strike_image", subject=str(picture_id)))


async def sweep(site: Site, picture_id: int) -> None:
    """Compare all that is here with a refused picture, and hold what looks like it; done twice, it equals once.

    What nobody looked at yet is looked at first. A picture that came in while the list was written is among the last ones.
    """
    last = 0
    while True:
        async with site.db.reading() as tx:
            rule = next((one.rule for one in await red_line.listed(tx) if one.id == picture_id), None)
            ids = await posts.holding.batch(tx, last, AT_ONCE)
        if rule is None:
            return
        await posts.holding.learn(site, ids)
        async with site.db.transaction() as tx:
            for told in await posts.holding.hold(tx, site, await red_line.alike(tx, picture_id, ids)):
                await _state(tx, site, told, rule, None)
            if not ids:
                await red_line.done(tx, picture_id)
                return
            await red_line.looked(tx, picture_id, len(ids))
        last = ids[-1]
