"""Posts and edits that wait for a person, as hosts hold them: told to their author with reasons, published or refused.

A machine says which posts wait (language.limits), never what becomes of them. Their author is told the facts, the rule, that a
machine did it and how to answer (Digital Services Act, article 17). What a host refused stays to its author for a while, who may
contest once: a host looks again, and that decision holds. What is refused for good is erased.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from salledepause.features import language, limits, posts
from salledepause.features.language import GROUNDS
from salledepause.features.limits import Held, Rules, Verdict
from salledepause.features.moderation import hosts, journal
from salledepause.features.moderation.journal import Act
from salledepause.features.moderation.model import OUTSIDE, Warned, reason_of
from salledepause.features.posts import Post, PostHeld
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing
from salledepause.kernel.events import emit
from salledepause.kernel.site import Site
from salledepause.kernel.text import clean


class Case(NamedTuple):
    """What is held, and what it says: of a thread, all its parts."""

    held: Held
    said: tuple[Post, ...]
    options: tuple[str, ...] = ()
    """The answers of its poll."""
    target: str = "nobody"
    """At whom it aims, by what was learned (a word of `language.TARGETS`); for hosts alone."""
    former: Post | None = None
    """Of an edit, the post as everybody reads it until then."""


async def told(tx: Tx, event: PostHeld) -> None:
    """Tell an author why a post waits, once for a thread."""
    held = await limits.held(tx, event.post_id)
    if held is None or (await limits.together(tx, held))[0] != held.post_id:
        return
    waits = (
        "Un de vos messages attend le regard d'un hôte, et vous seul·e le voyez."
        if held.edit is None
        else "Votre modification d'un message attend le regard d'un hôte ; vous seul·e la voyez, le texte d'avant reste visible."
    )
    words = (
        f"{waits} Fait : une lecture automatique y a trouvé "
        f"{GROUNDS[held.ground]}. Elle peut se tromper ; une personne va décider. Règle : les limites de la charte. Vous pouvez "
        f"répondre ou y renoncer sur la page /retenus/{held.post_id}. {OUTSIDE}"
    )
    act = "hold_post" if held.edit is None else "hold_edit"
    await _warn(tx, Act(host_id=None, act=act, target_id=held.account_id, reason=words))


async def _warn(tx: Tx, act: Act) -> None:
    await emit(tx, Warned(await journal.note(tx, act), act.target_id or 0))


async def mine(tx: Tx, me: int) -> list[Held]:
    """Return what of one's own is, or was, held, the latest first."""
    return await limits.mine(tx, me)


async def one(tx: Tx, me: int, post_id: int) -> Case:
    """Return why a post of one's own is, or was, held, with what is left of it; raises Missing for anybody else's."""
    held = await limits.held(tx, post_id)
    if held is None or held.account_id != me:
        raise Missing
    return await _case(tx, held)


async def _case(tx: Tx, held: Held) -> Case:
    parts = await limits.together(tx, held)
    said = await posts.load(tx, parts)
    options = await posts.polls.options(tx, held.post_id) or ()
    if held.edit is not None and held.post_id in said:
        poll, post = posts.withholding.changed(held.edit).poll, said[held.post_id]
        changed = await posts.withholding.as_changed(tx, post, held)
        return Case(held, (changed,), poll.options if poll else tuple(options), former=post)
    return Case(held, tuple(said[one] for one in parts if one in said), tuple(options))


async def contest(tx: Tx, me: int, post_id: int, words: str) -> None:
    """Answer the hosts about one's own post: what was refused waits again. Raises Missing, BadInput, Conflict."""
    held = await limits.held(tx, post_id, locks=True)
    if held is None or held.account_id != me:
        raise Missing
    if not held.may_contest:
        raise Conflict("Les hôtes ont décidé après vous avoir lu : cette décision tient.")
    said = reason_of(words)
    if not said:
        raise BadInput("Dites en quelques mots pourquoi ce message a sa place ici.")
    await limits.contest(tx, await limits.together(tx, held), said)


async def pending(tx: Tx, me: int, post_id: int) -> Held | None:
    """Return the edit of a post of one's own that waits, `None` where none does."""
    held = await limits.held(tx, post_id)
    return held if held and held.account_id == me and held.edit is not None and held.verdict is None else None


async def take_back(tx: Tx, me: int, post_id: int) -> None:
    """Take back an edit of one's own that waits. Raises Missing where none does."""
    if await pending(tx, me, post_id) is None:
        raise Missing
    await posts.withholding.drop(tx, post_id)


async def waiting(tx: Tx, host_id: int) -> int:
    """Return how many posts wait for a decision. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return len(await limits.waiting(tx, host_id))


async def cases(tx: Tx, host_id: int) -> list[Case]:
    """Return what waits for a decision, contested first; never one's own. Raises Forbidden for who is no host."""
    await hosts.keeper(tx, host_id)
    return [await asyncio.to_thread(_aimed, await _case(tx, held)) for held in await limits.waiting(tx, host_id)]


def _aimed(case: Case) -> Case:
    return case._replace(target=language.limit("\n".join(one.text for one in case.said), aims=True).target)


async def publish(tx: Tx, host_id: int, post_id: int, reason: str = "", seen: str = "") -> None:
    """Give a post to whom it was meant for, or change it, and tell its author.

    `seen` names the edit that was read by when it came. Raises Forbidden, Missing, Conflict when it is decided or another edit
    came, and what `posts.edit` raises for one that became impossible.
    """
    held = await _to_decide(tx, host_id, post_id, seen)
    if held.edit is not None:
        await posts.edit(tx, held.account_id, post_id, posts.withholding.changed(held.edit), looked=True)
    for part in await limits.together(tx, held) if held.edit is None else ():
        of_part = await limits.held(tx, part)
        await posts.withholding.release(tx, of_part or held)
    await _settle(tx, host_id, held, "published", reason)


async def refuse(tx: Tx, host_id: int, post_id: int, reason: str, seen: str = "") -> list[str]:
    """Refuse a post or an edit, and tell its author why; return the keys of blobs to drop after the commit.

    Raises Forbidden, Missing, BadInput without a reason, Conflict as `publish`. What was contested is erased.
    """
    held = await _to_decide(tx, host_id, post_id, seen)
    if not clean(reason):
        raise BadInput("Écrivez la raison : la personne la lira.")
    parts = await limits.together(tx, held)
    await _settle(tx, host_id, held, "refused", reason)
    await posts.withholding.let_go(tx, post_id, held.edit)
    return await posts.erase_all(tx, parts) if held.contest and held.edit is None else []


async def _to_decide(tx: Tx, host_id: int, post_id: int, seen: str) -> Held:
    held = await limits.held(tx, post_id, locks=True)
    if held is None:
        await hosts.keeper(tx, host_id)
        raise Missing
    await hosts.subject(tx, host_id, held.account_id)
    if held.verdict is not None:
        raise Conflict("Une autre personne a déjà décidé pour ce message.")
    if held.edit is not None and seen != clock.iso(held.held_at):
        raise Conflict("La personne a changé ses mots depuis que vous les avez lus : relisez-les avant de décider.")
    return held


async def _settle(tx: Tx, host_id: int, held: Held, verdict: Verdict, reason: str) -> None:
    reason = reason_of(reason)
    await limits.settle(tx, await limits.together(tx, held), verdict, reason)
    edited = held.edit is not None
    again = (
        ("Elle est effacée." if edited else "Il est effacé.")
        if held.contest
        else f"Vous pouvez contester sous quatorze jours, sur la page /retenus/{held.post_id}."
    )
    what = "Votre modification est refusée, le texte d'avant reste" if edited else "Votre message est refusé"
    passes = (
        "Votre modification est publiée : une personne l'a lue, elle a sa place ici."
        if edited
        else "Votre message est publié, à sa date : une personne l'a lu, il a sa place ici."
    )
    said = {
        "published": passes,
        "refused": f"{what}, par décision d'une personne : {GROUNDS[held.ground]}. {again} {OUTSIDE}",
    }[verdict]
    act = {"published": "publish", "refused": "refuse"}[verdict] + ("_edit" if edited else "_post")
    await _warn(tx, Act(host_id=host_id, act=act, target_id=held.account_id, reason=f"{said} {reason}".strip()))


async def set_rules(tx: Tx, admin_id: int, wanted: Rules) -> None:
    """Say whether the house holds, and asks. Raises Forbidden for who is no administrator."""
    await hosts.administrator(tx, admin_id)
    await limits.write_rules(tx, wanted)
    said = f"{'retient' if wanted.holds else 'ne retient pas'}, {'demande' if wanted.asks else 'ne demande pas'}"
    await journal.note(tx, Act(host_id=admin_id, act="set_limits", subject=said))


async def sweep(site: Site) -> None:
    """Erase what was refused and not contested in time."""
    async with site.db.transaction() as tx:
        for post_id, edit in await limits.sweep_edits(tx):
            await posts.withholding.let_go(tx, post_id, edit)
        blobs = await posts.erase_all(tx, await limits.sweep_refused(tx))
        tx.afterwards.extend(lambda key=key: site.blobs.drop(key) for key in blobs)  # type: ignore[misc]
