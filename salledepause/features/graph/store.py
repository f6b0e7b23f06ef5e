"""SQL of follows, requests, blocks and mutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salledepause.features import accounts
from salledepause.features.graph.model import Follow, Quiet, Relationship, Side, languages_of
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page, listed

HIDDEN_FROM = """ARRAY(SELECT target_id FROM blocks WHERE account_id = %(viewer)s
    UNION ALL SELECT account_id FROM blocks WHERE target_id = %(viewer)s
    UNION ALL SELECT target_id FROM mutes WHERE account_id = %(viewer)s AND (expires_at IS NULL OR expires_at > now()))"""
"""Ids of accounts whose things the viewer does not want or may not see: blocks both ways, active mutes."""

LIMITED = "ARRAY(SELECT target_id FROM limits WHERE account_id = %(viewer)s)"
"""Ids of accounts whose things the viewer meets only where they go to look."""

RELATIONSHIP = """a.id, f.id IS NOT NULL, coalesce(f.boosts, r.boosts, false), coalesce(f.notify, r.notify, false),
    coalesce(f.languages, r.languages), back.id IS NOT NULL AND a.mode <> 'reader', b.id IS NOT NULL, barred.id IS NOT NULL,
    m.id IS NOT NULL, coalesce(m.notifications, false), m.expires_at, r.id IS NOT NULL, waiting.id IS NOT NULL,
    e.id IS NOT NULL, coalesce(n.comment, ''), far.id IS NOT NULL"""
"""What `Relationship` takes, in its order."""


async def pair(tx: Tx, one: int, other: int) -> dict[int, Side]:
    """Keep two accounts from being erased, lock them, the lower id first so that nobody waits for each other.

    Returns what rules need of them.
    """
    await accounts.stay(tx, [one, other])
    query = "SELECT id, state, locked, silenced FROM accounts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
    return {side.id: side for side in await tx.all(Side, query, [[one, other]])}


async def relationships(tx: Tx, me: int, ids: Sequence[int], *, suspended: bool) -> dict[int, Relationship]:
    """Return what ties `me` to each account, by id; a reader's follow is never told."""
    query = f"""SELECT {RELATIONSHIP} FROM accounts a
        LEFT JOIN follows f ON f.account_id = %(me)s AND f.target_id = a.id
        LEFT JOIN follows back ON back.account_id = a.id AND back.target_id = %(me)s
        LEFT JOIN follow_requests r ON r.account_id = %(me)s AND r.target_id = a.id
        LEFT JOIN follow_requests waiting ON waiting.account_id = a.id AND waiting.target_id = %(me)s
        LEFT JOIN blocks b ON b.account_id = %(me)s AND b.target_id = a.id
        LEFT JOIN blocks barred ON barred.account_id = a.id AND barred.target_id = %(me)s
        LEFT JOIN mutes m ON m.account_id = %(me)s AND m.target_id = a.id AND (m.expires_at IS NULL OR m.expires_at > now())
        LEFT JOIN limits far ON far.account_id = %(me)s AND far.target_id = a.id
        LEFT JOIN endorsements e ON e.account_id = %(me)s AND e.target_id = a.id
        LEFT JOIN account_notes n ON n.account_id = %(me)s AND n.target_id = a.id
        WHERE a.id = ANY(%(ids)s) AND (a.state = 'active' OR %(suspended)s AND a.state IN ('suspended', 'asleep'))"""
    found = await tx.all(Relationship, query, {"me": me, "ids": list(ids), "suspended": suspended})
    return {one.id: one for one in found}


async def barred(tx: Tx, one: int, other: int) -> bool:
    """Tell whether one of the two blocks the other."""
    query = """SELECT EXISTS (SELECT FROM blocks WHERE (account_id, target_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s)))"""
    return bool(await tx.value(query, {"one": one, "other": other}))


async def barred_by(tx: Tx, account_id: int, other: int) -> bool:
    """Tell whether an account blocks another."""
    query = "SELECT EXISTS (SELECT FROM blocks WHERE account_id = %s AND target_id = %s)"
    return bool(await tx.value(query, [account_id, other]))


def _wish(me: int, target: int, wish: Follow) -> dict[str, Any]:
    return {
        "me": me,
        "target": target,
        "boosts": wish.boosts,
        "notify": wish.notify,
        "speaks": wish.languages is not None,
        "languages": languages_of(wish.languages),
    }


async def reshape(tx: Tx, me: int, target: int, wish: Follow) -> bool:
    """Change how one follows; return whether one does."""
    query = """UPDATE follows SET boosts = coalesce(%(boosts)s, boosts), notify = coalesce(%(notify)s, notify),
            languages = CASE WHEN %(speaks)s THEN %(languages)s::text[] ELSE languages END
        WHERE account_id = %(me)s AND target_id = %(target)s"""
    tx.touches(Subject.AUTHOR, target)
    return await tx.run(query, _wish(me, target, wish)) > 0


async def follow(tx: Tx, me: int, target: int, wish: Follow) -> None:
    """Write a new follow."""
    query = """INSERT INTO follows (account_id, target_id, boosts, notify, languages)
        VALUES (%(me)s, %(target)s, coalesce(%(boosts)s, true), coalesce(%(notify)s, false), %(languages)s)"""
    await tx.send(query, _wish(me, target, wish))


async def follow_many(tx: Tx, me: int, target_ids: Sequence[int]) -> list[int]:
    """Lock everybody, the lower id first, then write the follows that may begin at once; return whom they are of."""
    await tx.send("SELECT id FROM accounts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [[me, *target_ids]])
    query = """INSERT INTO follows (account_id, target_id)
        SELECT me.id, a.id FROM accounts me, accounts a
        WHERE me.id = %(me)s AND me.state = 'active' AND NOT me.silenced
            AND a.id = ANY(%(targets)s) AND a.id <> me.id AND a.state = 'active' AND NOT a.locked
            AND NOT EXISTS (SELECT FROM follow_requests r WHERE r.account_id = me.id AND r.target_id = a.id)
            AND NOT EXISTS (SELECT FROM blocks b WHERE (b.account_id, b.target_id) IN ((me.id, a.id), (a.id, me.id)))
        ON CONFLICT (account_id, target_id) DO NOTHING RETURNING target_id"""
    return await tx.values(query, {"me": me, "targets": list(target_ids)})


async def ask(tx: Tx, me: int, target: int, wish: Follow) -> bool:
    """Write a request to follow, or change the wishes of the one that waits; return whether it is new."""
    query = """INSERT INTO follow_requests AS r (account_id, target_id, boosts, notify, languages)
        VALUES (%(me)s, %(target)s, coalesce(%(boosts)s, true), coalesce(%(notify)s, false), %(languages)s)
        ON CONFLICT (account_id, target_id) DO UPDATE SET boosts = coalesce(%(boosts)s, r.boosts),
            notify = coalesce(%(notify)s, r.notify),
            languages = CASE WHEN %(speaks)s THEN excluded.languages ELSE r.languages END
        RETURNING xmax = 0"""
    return bool(await tx.value(query, _wish(me, target, wish)))


async def accept(tx: Tx, asker: int, me: int) -> bool:
    """Turn a request into a follow with the same wishes; return whether there was one."""
    query = """WITH asked AS (DELETE FROM follow_requests WHERE account_id = %s AND target_id = %s
            RETURNING account_id, target_id, boosts, notify, languages)
        INSERT INTO follows (account_id, target_id, boosts, notify, languages) SELECT * FROM asked"""
    return await tx.run(query, [asker, me]) > 0


async def withdraw(tx: Tx, asker: int, target: int) -> bool:
    """Drop a request; return whether there was one."""
    return await tx.run("DELETE FROM follow_requests WHERE account_id = %s AND target_id = %s", [asker, target]) > 0


async def unfollow(tx: Tx, me: int, target: int) -> bool:
    """Drop a follow and what hangs on it: places in one's lists, a recommendation; return whether there was one."""
    gone = await tx.run("DELETE FROM follows WHERE account_id = %s AND target_id = %s", [me, target]) > 0
    if gone:
        query = "DELETE FROM list_members WHERE account_id = %s AND list_id IN (SELECT id FROM lists WHERE account_id = %s)"
        await tx.send(query, [target, me])
        await tx.send("DELETE FROM endorsements WHERE account_id = %s AND target_id = %s", [me, target])
    return gone


async def block(tx: Tx, me: int, target: int) -> bool:
    """Write a block; return whether it is new."""
    query = "INSERT INTO blocks (account_id, target_id) VALUES (%s, %s) ON CONFLICT (account_id, target_id) DO NOTHING"
    return await tx.run(query, [me, target]) > 0


async def unblock(tx: Tx, me: int, target: int) -> bool:
    """Drop a block; return whether there was one."""
    return await tx.run("DELETE FROM blocks WHERE account_id = %s AND target_id = %s", [me, target]) > 0


async def mute(tx: Tx, me: int, target: int, *, notifications: bool, seconds: int) -> None:
    """Write a mute, or change the one there is; `seconds` 0 is for ever."""
    query = """INSERT INTO mutes (account_id, target_id, notifications, expires_at)
        VALUES (%(me)s, %(target)s, %(notifications)s, now() + nullif(%(seconds)s, 0) * interval '1 second')
        ON CONFLICT (account_id, target_id) DO UPDATE
            SET notifications = excluded.notifications, expires_at = excluded.expires_at"""
    await tx.send(query, {"me": me, "target": target, "notifications": notifications, "seconds": seconds})


async def unmute(tx: Tx, me: int, target: int) -> bool:
    """Drop a mute; return whether there was one."""
    return await tx.run("DELETE FROM mutes WHERE account_id = %s AND target_id = %s", [me, target]) > 0


async def request_count(tx: Tx, me: int) -> int:
    """Return how many active people wait to follow `me`."""
    query = """SELECT count(*) FROM follow_requests r JOIN accounts a ON a.id = r.account_id
        WHERE r.target_id = %s AND a.state = 'active'"""
    return int(await tx.value(query, [me]))


async def followers(tx: Tx, account_id: int, viewer: int, page: Page) -> Listed[int]:
    """Return who follows an account, newest first: no reader but oneself, nobody that the viewer is hidden from."""
    source = ("follows t JOIN accounts a ON a.id = t.account_id", "t.target_id = %(account)s")
    return await _people(tx, source, page, account=account_id, viewer=viewer)


async def following(tx: Tx, account_id: int, viewer: int, page: Page) -> Listed[int]:
    """Return whom an account follows, newest first: to others no reader, nobody that the viewer is hidden from."""
    source = ("follows t JOIN accounts a ON a.id = t.target_id", "t.account_id = %(account)s")
    return await _people(tx, source, page, account=account_id, viewer=viewer)


async def _people(tx: Tx, source: tuple[str, str], page: Page, *, account: int, viewer: int) -> Listed[int]:
    tables, where = source
    own_following = "(%(account)s = %(viewer)s AND t.account_id = %(account)s)"
    query = f"""SELECT t.id, a.id FROM {tables} WHERE {where} AND a.state = 'active'
        AND (a.mode <> 'reader' OR a.id = %(viewer)s OR {own_following})
        AND (%(account)s = %(viewer)s OR a.id <> ALL({HIDDEN_FROM}))
        AND {page.where("t.id")} ORDER BY {page.order("t.id")}"""
    return await _listed(tx, query, page, account=account, viewer=viewer)


async def requests(tx: Tx, me: int, page: Page) -> Listed[int]:
    """Return who waits to follow `me`, newest first."""
    query = f"""SELECT r.id, r.account_id FROM follow_requests r JOIN accounts a ON a.id = r.account_id
        WHERE r.target_id = %(me)s AND a.state = 'active' AND {page.where("r.id")} ORDER BY {page.order("r.id")}"""
    return await _listed(tx, query, page, me=me)


async def asked(tx: Tx, me: int, page: Page) -> Listed[int]:
    """Return whom `me` asks to follow and who has not answered yet, newest first."""
    query = f"""SELECT r.id, r.target_id FROM follow_requests r JOIN accounts a ON a.id = r.target_id
        WHERE r.account_id = %(me)s AND a.state = 'active' AND {page.where("r.id")} ORDER BY {page.order("r.id")}"""
    return await _listed(tx, query, page, me=me)


async def without_boosts(tx: Tx, me: int, page: Page) -> Listed[int]:
    """Return whom `me` follows without their boosts, newest first."""
    query = f"""SELECT id, target_id FROM follows WHERE account_id = %(me)s AND NOT boosts AND {page.where("id")}
        ORDER BY {page.order("id")}"""
    return await _listed(tx, query, page, me=me)


async def blocked(tx: Tx, me: int, page: Page) -> Listed[int]:
    """Return whom `me` blocks, newest first."""
    query = f"SELECT id, target_id FROM blocks WHERE account_id = %(me)s AND {page.where('id')} ORDER BY {page.order('id')}"
    return await _listed(tx, query, page, me=me)


async def muted(tx: Tx, me: int, page: Page) -> Listed[Quiet]:
    """Return whom `me` mutes now, newest first."""
    query = f"""SELECT id, target_id, expires_at FROM mutes WHERE account_id = %(me)s
        AND (expires_at IS NULL OR expires_at > now()) AND {page.where("id")} ORDER BY {page.order("id")}"""
    rows = await tx.rows(query, page.params | {"me": me})
    return listed([Quiet(row[1], row[2]) for row in rows], [row[0] for row in rows], page)


async def welcome(tx: Tx, me: int) -> list[int]:
    """Return who waits to follow `me` although nothing keeps them out any more: `me` is open, they are heard."""
    query = """SELECT r.account_id FROM follow_requests r
        JOIN accounts a ON a.id = r.account_id JOIN accounts t ON t.id = r.target_id
        WHERE r.target_id = %s AND NOT t.locked AND t.state = 'active' AND a.state = 'active' AND NOT a.silenced ORDER BY r.id"""
    return await tx.values(query, [me])


async def ties(tx: Tx, account_id: int) -> list[tuple[int, int, int]]:
    """Return (other account, followers it loses, follows it loses) when an account leaves, the lowest id first."""
    query = """SELECT other, sum(followers)::integer, sum(following)::integer FROM (
            SELECT target_id AS other, 1 AS followers, 0 AS following FROM follows WHERE account_id = %(account)s
            UNION ALL SELECT account_id, 0, 1 FROM follows WHERE target_id = %(account)s) AS ties
        GROUP BY other ORDER BY other"""
    return [(row[0], row[1], row[2]) for row in await tx.rows(query, {"account": account_id})]


async def tied(tx: Tx, account_id: int) -> list[int]:
    """Return who loses a follower or a follow when an account leaves."""
    return [other for other, *_ in await ties(tx, account_id)]


async def untie(tx: Tx, account_id: int) -> None:
    """Drop every follow from and to an account."""
    await tx.send("DELETE FROM follows WHERE %(account)s IN (account_id, target_id)", {"account": account_id})


async def whom(tx: Tx, me: int) -> tuple[list[int], bool]:
    """Return whom an account follows, and whether it follows tags."""
    query = """SELECT ARRAY(SELECT target_id FROM follows WHERE account_id = %(me)s),
        EXISTS (SELECT FROM followed_tags WHERE account_id = %(me)s)"""
    row = await tx.row(query, {"me": me})
    return (row[0], row[1]) if row else ([], False)


async def _listed(tx: Tx, query: str, page: Page, **params: Any) -> Listed[int]:
    rows = await tx.rows(query, page.params | params)
    return listed([row[1] for row in rows], [row[0] for row in rows], page)
