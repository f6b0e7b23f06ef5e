"""SQL of what is held, and of whether the house holds."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.limits.model import TO_CONTEST, Held, Rules, Verdict
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject

HELD = "post_id, account_id, audience, quote_policy, quoted_id, ground, contest, verdict, reason, held_at, decided_at, edit::text"


async def rules(tx: Tx) -> Rules:
    """Return whether the house holds, and asks."""
    return await tx.one(Rules, "SELECT holds, asks FROM limit_rules", []) or Rules()


async def write_rules(tx: Tx, wanted: Rules) -> None:
    """Write whether the house holds, and asks."""
    query = """INSERT INTO limit_rules (holds, asks) VALUES (%s, %s)
        ON CONFLICT (whole) DO UPDATE SET holds = excluded.holds, asks = excluded.asks"""
    await tx.run(query, list(wanted))


async def hold(tx: Tx, one: Held) -> None:
    """Write why a post, or an edit of it, is held; an edit comes in the place of what was held of the post before."""
    tx.touches(Subject.POST, one.post_id)
    query = """INSERT INTO held_posts (post_id, account_id, audience, quote_policy, quoted_id, ground, edit)
        VALUES (%(post_id)s, %(account_id)s, %(audience)s, %(quote_policy)s, %(quoted_id)s, %(ground)s, %(edit)s::jsonb)
        ON CONFLICT (post_id) DO UPDATE SET ground = excluded.ground, edit = excluded.edit, contest = '', verdict = NULL,
            reason = '', held_at = now(), decided_at = NULL WHERE excluded.edit IS NOT NULL"""
    await tx.run(query, one._asdict())


async def held(tx: Tx, post_id: int, *, locks: bool = False) -> Held | None:
    """Return why a post is, or was, held; `locks` until the commit, so that two hosts decide one after the other."""
    return await tx.one(Held, f"SELECT {HELD} FROM held_posts WHERE post_id = %s {'FOR UPDATE' if locks else ''}", [post_id])


async def edit_waits(tx: Tx, post_id: int) -> bool:
    """Tell whether an edit of a post waits."""
    tx.stands_on(Subject.POST, post_id)
    query = "SELECT EXISTS (SELECT FROM held_posts WHERE post_id = %s AND edit IS NOT NULL AND verdict IS NULL)"
    return bool(await tx.value(query, [post_id]))


async def drop_edit(tx: Tx, post_id: int) -> str | None:
    """Forget the edit of a post that waits, if one does, and return it: it was taken back, or another came."""
    tx.touches(Subject.POST, post_id)
    query = "DELETE FROM held_posts WHERE post_id = %s AND edit IS NOT NULL AND verdict IS NULL RETURNING edit::text"
    found: str | None = await tx.value(query, [post_id])
    return found


async def together(tx: Tx, one: Held) -> list[int]:
    """Return the posts that were held at once with one, itself among them: the parts of a thread."""
    query = """SELECT post_id FROM held_posts WHERE account_id = %s AND held_at = %s AND verdict IS NOT DISTINCT FROM %s
        ORDER BY post_id"""
    return await tx.values(query, [one.account_id, one.held_at, one.verdict])


async def waiting(tx: Tx, but: int) -> list[Held]:
    """Return what waits, but of one account: of a thread its first part; contested first, then the longest waiting."""
    query = f"""SELECT {HELD} FROM (SELECT DISTINCT ON (account_id, held_at) * FROM held_posts
        WHERE verdict IS NULL AND account_id <> %s ORDER BY account_id, held_at, post_id) AS first
        ORDER BY contest = '', held_at LIMIT 200"""
    return await tx.all(Held, query, [but])


async def mine(tx: Tx, account_id: int) -> list[Held]:
    """Return what of somebody's is, or was, held, the latest first."""
    query = f"""SELECT {HELD} FROM (SELECT DISTINCT ON (held_at) * FROM held_posts
        WHERE account_id = %s ORDER BY held_at, post_id) AS first ORDER BY held_at DESC LIMIT 50"""
    return await tx.all(Held, query, [account_id])


async def contest(tx: Tx, post_ids: Sequence[int], words: str) -> None:
    """Write what an author answers: what was refused waits again."""
    tx.touches(Subject.POST, *post_ids)
    query = "UPDATE held_posts SET contest = %s, verdict = NULL, decided_at = NULL WHERE post_id = ANY(%s)"
    await tx.run(query, [words, list(post_ids)])


async def settle(tx: Tx, post_ids: Sequence[int], verdict: Verdict, reason: str) -> None:
    """Write what a host decided; the words of an edit that nobody decides about any more are not kept."""
    tx.touches(Subject.POST, *post_ids)
    query = """UPDATE held_posts SET verdict = %(verdict)s, reason = %(reason)s, decided_at = now(),
        edit = CASE WHEN edit IS NOT NULL AND (%(verdict)s = 'published' OR contest <> '') THEN '{}' ELSE edit END
        WHERE post_id = ANY(%(posts)s)"""
    await tx.run(query, {"verdict": verdict, "reason": reason, "posts": list(post_ids)})


async def forget(tx: Tx, post_ids: Sequence[int]) -> None:
    """Forget that posts wait, and every edit of them: they are erased."""
    await tx.send("DELETE FROM held_posts WHERE post_id = ANY(%s) AND (verdict IS NULL OR edit IS NOT NULL)", [list(post_ids)])


async def sweep_edits(tx: Tx) -> list[tuple[int, str]]:
    """Forget the refused edits that nobody may contest any more; return them, with their posts."""
    query = """DELETE FROM held_posts WHERE edit IS NOT NULL AND verdict = 'refused' AND decided_at < %s
        RETURNING post_id, edit::text"""
    return [(row[0], row[1]) for row in await tx.rows(query, [clock.now() - TO_CONTEST])]


async def sweep_refused(tx: Tx) -> list[int]:
    """Return the refused posts that nobody may contest any more, still there; forget reasons of half a year."""
    await tx.run("DELETE FROM held_posts WHERE decided_at < now() - interval '180 days'")
    query = """SELECT h.post_id FROM held_posts h JOIN posts p ON p.id = h.post_id
        WHERE h.verdict = 'refused' AND h.decided_at < %s AND p.held ORDER BY h.post_id LIMIT 500"""
    return await tx.values(query, [clock.now() - TO_CONTEST])
