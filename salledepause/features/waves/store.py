"""SQL of waves, claps and what each has to give. A clap is a row: no row is written by two people who clap at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from salledepause.features import graph
from salledepause.features.waves.model import A_DAY, FEWEST, LASTS, Clap, Said, Wave, families
from salledepause.kernel.db import Pending, Tx

SHOWN = """(a.state = 'active' AND a.mode <> 'reader' AND NOT a.silenced
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.account_id = p.account_id AND b.target_id = a.id))"""
"""Whether account `a` may show among those who clap at victory `p`: not who was suspended, nor whom its author blocks."""
UNNAMED = f"""ARRAY(SELECT c.family FROM claps c WHERE c.post_id = w.post_id AND c.account_id IS NULL AND c.family IS NOT NULL
    GROUP BY c.family HAVING count(*) >= {FEWEST})"""
"""Families of which enough people clap at wave `w` without their name."""
WAVES = f"""SELECT w.post_id, w.opened_at, w.ends_at, w.ended, s.size, s.families || w.families || {UNNAMED}, s.people
    FROM waves w JOIN posts p ON p.id = w.post_id, LATERAL (
        SELECT count(*) AS size, coalesce(array_agg(DISTINCT a.family) FILTER (WHERE a.shows_family), '{{}}') AS families,
            coalesce(array_agg(a.id ORDER BY a.id) FILTER (WHERE a.id IS NOT NULL), '{{}}') AS people
        FROM claps c LEFT JOIN accounts a ON a.id = c.account_id
        WHERE c.post_id = w.post_id AND (c.account_id IS NULL OR {SHOWN})) AS s"""


def _wave(post_id: int, opened_at: datetime, ends_at: datetime, ended: bool, size: int, *who: Any) -> Wave:
    return Wave(post_id, opened_at, ends_at, ended, size, families(who[0]), tuple(who[1]))


async def waves(tx: Tx, post_ids: Sequence[int]) -> dict[int, Wave]:
    """Return the waves of victories, by victory. It asks no gate: ids come from posts that one may see."""
    found = await tx.all(_wave, f"{WAVES} WHERE w.post_id = ANY(%s)", [list(post_ids)])
    return {one.post_id: one for one in found}


async def open_now(tx: Tx, now: datetime) -> list[int]:
    """Return the victories whose wave is open, the one that ends first before the others."""
    query = """SELECT w.post_id FROM waves w JOIN posts p ON p.id = w.post_id AND p.kind = 'victory'
        WHERE NOT w.ended AND w.ends_at > %s ORDER BY w.ends_at, w.post_id"""
    return await tx.values(query, [now])


async def heard(tx: Tx, post_id: int, viewer: int | None, most: int) -> list[Said]:
    """Return what claps say to a viewer, those with a word first, then in the order of their ids."""
    query = f"""SELECT c.id, c.account_id, c.sign, c.word FROM claps c JOIN posts p ON p.id = c.post_id
        LEFT JOIN accounts a ON a.id = c.account_id
        WHERE c.post_id = %(post)s AND (c.account_id IS NULL OR {SHOWN} AND a.id <> ALL({graph.HIDDEN_FROM}))
        ORDER BY c.word = '', c.id LIMIT %(most)s"""
    return await tx.all(Said, query, {"post": post_id, "viewer": viewer or 0, "most": most})


async def given_by(tx: Tx, account_id: int) -> dict[int, Said]:
    """Return what somebody clapped under their name, by victory, the oldest first."""
    query = "SELECT post_id, id, account_id, sign, word FROM claps WHERE account_id = %s ORDER BY id"
    return {row[0]: Said(*row[1:]) for row in await tx.rows(query, [account_id])}


class Asker(NamedTuple):
    """Who claps, and at what, as the database knows them."""

    post_id: int
    account_id: int
    own: bool
    victory: bool
    reads_only: bool
    room_id: int | None
    counts: bool
    """Whether what is said in its room is counted, told, and stays."""
    closed: bool
    """Whether its author closed it to the words of others."""


async def askers(tx: Tx, claps: Sequence[Clap]) -> Pending:
    """Ask who claps at what: rows of `Asker`; who is not active, and what is gone, are left out."""
    query = """SELECT p.id, a.id, p.account_id = a.id, p.kind = 'victory' AND p.boost_of_id IS NULL, a.mode = 'reader',
            r.id, r.id IS NULL OR r.scores AND r.rings <> 'never' AND r.expires_hours IS NULL, p.closed
        FROM unnest(%s::bigint[], %s::bigint[]) AS asked (post_id, account_id)
        JOIN posts p ON p.id = asked.post_id JOIN accounts a ON a.id = asked.account_id AND a.state = 'active'
        LEFT JOIN rooms r ON r.id = p.room_id"""
    return await tx.ask(query, [[one.post_id for one in claps], [one.account_id for one in claps]])


async def take(tx: Tx, account_ids: Collection[int], day: date) -> Pending:
    """Take one clap of what each has to give on a day: rows of the accounts that had one.

    Rows are taken in the order of their accounts, and whoever claps twice at once waits for themselves.
    """
    query = f"""INSERT INTO clap_days AS d (account_id, day, given) SELECT id, %s, 1 FROM accounts WHERE id = ANY(%s) ORDER BY id
        ON CONFLICT (account_id, day) DO UPDATE SET given = d.given + 1 WHERE d.given < {A_DAY}
        RETURNING account_id"""
    return await tx.ask(query, [day, list(account_ids)])


async def give_back(tx: Tx, account_ids: Collection[int], day: date) -> None:
    """Give back what was taken for nothing."""
    await tx.send(
        "UPDATE clap_days SET given = given - 1 WHERE day = %s AND account_id = ANY(%s) AND given > 0", [day, list(account_ids)]
    )


async def left(tx: Tx, account_ids: Collection[int], day: date) -> dict[int, int]:
    """Return how many claps accounts have to give on a day."""
    query = "SELECT account_id, given FROM clap_days WHERE day = %s AND account_id = ANY(%s)"
    used: dict[int, int] = dict(await tx.rows(query, [day, list(account_ids)]))
    return {one: A_DAY - used.get(one, 0) for one in account_ids}


async def begin(tx: Tx, post_ids: Collection[int], now: datetime) -> list[int]:
    """Open the waves of victories that have none; return those."""
    query = """INSERT INTO waves (post_id, opened_at, ends_at) SELECT id, %s, %s FROM posts WHERE id = ANY(%s) ORDER BY id
        ON CONFLICT DO NOTHING RETURNING post_id"""
    return await tx.values(query, [now, now + LASTS, list(post_ids)])


async def hold_open(tx: Tx, post_ids: Collection[int], now: datetime) -> set[int]:
    """Return those of the waves that are open, and keep them from ending before this commit."""
    query = """SELECT post_id FROM waves WHERE post_id = ANY(%s) AND NOT ended AND ends_at > %s
        ORDER BY post_id FOR SHARE"""
    return set(await tx.values(query, [list(post_ids), now]))


async def clap(tx: Tx, claps: Sequence[tuple[Clap, bytes]]) -> set[bytes]:
    """Write claps, each by its voice; return the voices of those that were not there yet."""
    query = """INSERT INTO claps (post_id, account_id, voice, family, sign, word)
        SELECT said.post_id, CASE WHEN NOT said.anonymous THEN a.id END, said.voice,
            CASE WHEN said.anonymous AND a.shows_family THEN a.family END, said.sign, said.word
        FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::boolean[], %s::text[], %s::text[])
            AS said (post_id, account_id, voice, anonymous, sign, word) JOIN accounts a ON a.id = said.account_id
        ON CONFLICT (post_id, voice) DO NOTHING RETURNING voice"""
    rows = [(one.post_id, one.account_id, voice, one.anonymous, one.sign, one.word) for one, voice in claps]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 6
    return {bytes(one) for one in await tx.values(query, columns)}


async def clapping(tx: Tx, voices: Sequence[bytes]) -> set[bytes]:
    """Return those of the voices that clap already."""
    return {bytes(one) for one in await tx.values("SELECT voice FROM claps WHERE voice = ANY(%s)", [list(voices)])}


async def claps_there(tx: Tx, post_id: int, account_id: int, voice: bytes) -> bool:
    """Tell whether somebody claps at a wave; of an anonymous clap nobody can tell once it ended."""
    query = "SELECT EXISTS (SELECT FROM claps WHERE post_id = %s AND (voice = %s OR account_id = %s))"
    return bool(await tx.value(query, [post_id, voice, account_id]))


async def overdue(tx: Tx, now: datetime) -> list[int]:
    """Return the waves whose time is over and that were not ended."""
    return await tx.values("SELECT post_id FROM waves WHERE NOT ended AND ends_at <= %s ORDER BY ends_at", [now])


async def end(tx: Tx, post_id: int, now: datetime) -> bool:
    """Make what a wave leaves, once: nothing ties an anonymous clap to anybody, nor says when it was made.

    Whoever claps in this moment is waited for. Return whether it ended here.
    """
    query = "SELECT post_id FROM waves WHERE post_id = %s AND NOT ended AND ends_at <= %s FOR UPDATE"
    if await tx.value(query, [post_id, now]) is None:
        return False
    await tx.send(f"UPDATE waves w SET ended = true, families = {UNNAMED} WHERE post_id = %s", [post_id])
    await tx.send("UPDATE claps SET voice = NULL WHERE post_id = %s AND account_id IS NOT NULL", [post_id])
    await tx.run(
        """WITH gone AS (DELETE FROM claps WHERE post_id = %s AND account_id IS NULL RETURNING sign, word)
        INSERT INTO claps (post_id, sign, word) SELECT %s, sign, word FROM gone ORDER BY random()""",
        [post_id, post_id],
    )
    return True


async def clapped_at(tx: Tx, clap_id: int) -> int | None:
    """Return the victory of a clap."""
    found: int | None = await tx.value("SELECT post_id FROM claps WHERE id = %s", [clap_id])
    return found


async def unsay(tx: Tx, clap_id: int, me: int, *, host: bool) -> int | None:
    """Take the word of a clap away, which is one's own, or at a victory of one's own, or for a host; return the victory."""
    query = """UPDATE claps c SET word = '' FROM posts p WHERE c.id = %(clap)s AND p.id = c.post_id AND c.word <> ''
        AND (%(host)s OR c.account_id = %(me)s OR p.account_id = %(me)s) RETURNING p.id"""
    found: int | None = await tx.value(query, {"clap": clap_id, "me": me, "host": host})
    return found


async def of_account(tx: Tx, account_id: int, author: int | None = None) -> list[int]:
    """Return the victories at which somebody clapped under their name, those of one author or all."""
    query = """SELECT c.post_id FROM claps c JOIN posts p ON p.id = c.post_id
        WHERE c.account_id = %(who)s AND (%(author)s::bigint IS NULL OR p.account_id = %(author)s)"""
    return await tx.values(query, {"who": account_id, "author": author})


async def forget_days(tx: Tx, before: date) -> None:
    """Forget what was given before a day."""
    await tx.run("DELETE FROM clap_days WHERE day < %s", [before])


async def want(tx: Tx, account_id: int, today: date) -> None:
    """Have somebody asked for a small victory each week, from now on."""
    query = "INSERT INTO victory_prompts (account_id, told_on) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    await tx.run(query, [account_id, today])


async def want_no_more(tx: Tx, account_id: int) -> None:
    """Ask somebody no more."""
    await tx.run("DELETE FROM victory_prompts WHERE account_id = %s", [account_id])


async def wants(tx: Tx, account_id: int) -> bool:
    """Tell whether somebody wants to be asked each week."""
    return bool(await tx.value("SELECT EXISTS (SELECT FROM victory_prompts WHERE account_id = %s)", [account_id]))


async def to_ask(tx: Tx, week: date, after: int, most: int) -> list[int]:
    """Return who wants to be asked and was not since a day, in the order of accounts, from one on: those who may write."""
    query = """SELECT v.account_id FROM victory_prompts v JOIN accounts a ON a.id = v.account_id
        WHERE v.told_on < %s AND v.account_id > %s AND a.state = 'active' AND a.mode <> 'reader' AND NOT a.disabled
        ORDER BY v.account_id LIMIT %s"""
    return await tx.values(query, [week, after, most])


async def asked(tx: Tx, account_id: int, week: date, today: date) -> bool:
    """Note that somebody is asked this week; return whether they were not yet, and still want to be."""
    query = "UPDATE victory_prompts SET told_on = %s WHERE account_id = %s AND told_on < %s"
    return await tx.run(query, [today, account_id, week]) > 0
