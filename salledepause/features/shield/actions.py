"""Wearing a shield, and what one does with what waits: open, let through, keep, take away. The sender is told nothing."""

from __future__ import annotations

from salledepause.features import accounts, posts
from salledepause.features.posts import Post, Seen
from salledepause.features.shield import counts_store, insults, reactions, store, trusted
from salledepause.features.shield.model import A_WEEK, Counted, Digest, Item, Shield, Week, summed, week_of, weeks
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.marks import Subject

A_DAY = 24 * 60
"""Minutes."""
SHOWN_WEEKS = 12 * A_WEEK


async def shield(tx: Tx, me: int) -> Shield:
    """Return one's shield; one never worn is not worn."""
    return await store.shield(tx, me) or Shield()


async def wear(tx: Tx, me: int) -> None:
    """Wear one's shield from the next mention on; twice equals once. The first time, its list of words is begun."""
    await accounts.one(tx, me)
    tx.touches(Subject.NOTIFIED, me)
    if await store.wear(tx, me, worn=True):
        await counts_store.add(tx, me, insults.FIRST)


async def take_off(tx: Tx, me: int) -> None:
    """Wear it no more: what waits stays where it is, what comes is heard."""
    if await store.shield(tx, me):
        tx.touches(Subject.NOTIFIED, me)
        await store.wear(tx, me, worn=False)


async def choose_digest(tx: Tx, me: int, digest: Digest, at: int) -> None:
    """Choose to be told of what waits at an hour (minutes after midnight, Paris), or never. Raises BadInput."""
    if not 0 <= at < A_DAY:
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    if not await store.set_digest(tx, me, digest, at):
        raise BadInput("Mettez d'abord votre bouclier.")


async def sas(tx: Tx, me: int) -> list[Item]:
    """Return what waits behind one's shield, the newest first, two hundred at most; never what it says."""
    return await store.sas(tx, me)


async def summary(tx: Tx, me: int) -> Counted:
    """Return what waits in numbers."""
    return summed(await store.sas(tx, me))


async def item(tx: Tx, viewer: int, item_id: int) -> Item:
    """Return a mention that waits of one's own, or of somebody whom one helps. Raises Missing."""
    found = await store.item(tx, item_id, viewer)
    if found is None:
        raise Missing
    return found


async def opened(tx: Tx, viewer: int, one: Item) -> tuple[Seen, Post] | None:
    """Return what a mention says to who opens it, `None` when they may not read it, by the gate as for anybody."""
    seen = await posts.visible(tx, [one.post_id], viewer)
    said = (await posts.load(tx, [one.post_id])).get(one.post_id) if seen else None
    return (seen[0], said) if said else None


async def let_through(tx: Tx, viewer: int, item_id: int) -> Item:
    """Show a mention that was not hostile, and learn it: the same words never wait again for this wearer. Raises Missing."""
    one = await item(tx, viewer, item_id)
    said = (await posts.load(tx, [one.post_id])).get(one.post_id)
    if said is None or await store.drop(tx, one.id, one.state) is None:
        raise Missing
    text = f"{said.warning}\n{said.text}".strip()
    await store.learn(tx, one, insults.print_of(text))
    found = insults.found(await counts_store.words(tx, one.account_id), text)
    await counts_store.uncount(tx, one.account_id, week_of(one.held_at), one.kind, found)
    await reactions.show(tx, one)
    return one


async def keep(tx: Tx, viewer: int, item_id: int) -> Item:
    """Keep a mention in the sas, out of what is still to be looked at. Raises Missing."""
    one = await item(tx, viewer, item_id)
    await store.set_state(tx, one, "kept")
    return one


async def discard(tx: Tx, viewer: int, item_id: int) -> Item:
    """Take a mention out of the sas: its wearer meets it nowhere, its author sees nothing of it. Raises Missing."""
    one = await item(tx, viewer, item_id)
    await store.set_state(tx, one, "gone")
    return one


async def restore(tx: Tx, viewer: int, item_id: int) -> Item:
    """Put a mention that was kept or taken away back among what is to be looked at. Raises Missing."""
    one = await store.item(tx, item_id, viewer, gone=True)
    if one is None:
        raise Missing
    await store.set_state(tx, one, "held")
    return one


async def words(tx: Tx, me: int) -> list[str]:
    """Return the words that one calls insults, in order."""
    return await counts_store.words(tx, me)


async def add_word(tx: Tx, me: int, word: str) -> str:
    """Call a word an insult, however it is spelt; twice equals once. Return it as the list has it. Raises BadInput."""
    kept = insults.checked(word)
    if len(await counts_store.words(tx, me)) >= insults.MOST:
        raise BadInput("Au plus {most} mots : retirez-en d'abord un.", most=insults.MOST)
    await counts_store.add(tx, me, [kept])
    return kept


async def drop_word(tx: Tx, me: int, word: str) -> None:
    """Call a word an insult no more; nothing when it was none."""
    await counts_store.drop(tx, me, word)


async def trend(tx: Tx, me: int) -> list[Week]:
    """Return one's last twelve weeks of insults, from the first that had any, this one first; nobody else may read them."""
    this = week_of(clock.now())
    return weeks(await counts_store.weeks(tx, me, this - SHOWN_WEEKS + A_WEEK), this)


async def sas_of(tx: Tx, helper_id: int, account_id: int) -> list[Item]:
    """Return what waits of somebody whom one helps, but what was said to them in private. Raises Missing."""
    if not await trusted.helps(tx, helper_id, account_id):
        raise Missing
    return await store.sas(tx, account_id, open_to_helper=True)
