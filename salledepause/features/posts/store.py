"""SQL of posts, mentions, tags, gestures, threads and edits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from salledepause.features import accounts, verification
from salledepause.features.accounts import Account, Family
from salledepause.features.posts import sealing
from salledepause.features.posts.closing_store import CLOSERS
from salledepause.features.posts.finding import Index
from salledepause.features.posts.model import Audience, Gesture, Kind, Mention, Place, Post, QuotePolicy
from salledepause.kernel.db import Pending, Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject

POST = f"""p.id, p.account_id, a.handle, p.kind, p.audience, p.text, p.warning,
    p.sensitive OR a.sensitized AND p.has_media, p.language,
    CASE WHEN p.shows_family THEN a.family END,
    p.shows_family AND {verification.PROVEN.format(account="a")} IS NOT NULL,
    p.parent_id, p.parent_account_id, p.conversation_id, p.boost_of_id,
    p.has_poll, p.has_media, p.has_quote, p.quote_policy, p.closed, p.automated,
    p.replies_count, p.boosts_count, p.favourites_count, p.quotes_count, p.version, p.created_at, p.edited_at,
    p.expires_at, p.held,
    r.id, r.handle, r.name, r.sort, r.scores, r.boosts, r.searchable, r.expires_hours, p.sealed, apps.name, apps.website,
    coalesce((SELECT json_agg(json_build_array(m.account_id, named.handle)) FROM mentions m
        JOIN accounts named ON named.id = m.account_id WHERE m.post_id = p.id AND NOT m.silent), '[]'),
    coalesce((SELECT json_agg(json_build_array(t.tag, t.name)) FROM post_tags t WHERE t.post_id = p.id), '[]')"""


BARE = "p.id, p.account_id, p.kind, p.audience, p.conversation_id, p.boost_of_id, p.parent_id, p.room_id, p.held"


class Bare(NamedTuple):
    """The few columns that rules need of a post."""

    id: int
    account_id: int
    kind: Kind
    audience: Audience
    conversation_id: int
    boost_of_id: int | None
    parent_id: int | None
    room_id: int | None = None
    held: bool = False
    muted: bool = False
    """Whether who answers it wants to hear no more of its thread."""
    closers: tuple[int, ...] = ()
    """Who closed it, or what it answers; only where `parent` read it, like the rest."""
    spared_id: int | None = None
    """While its thread is slowed, the one who may answer at their own pace."""
    slow_until: datetime | None = None


class Writer(NamedTuple):
    """What writing needs of an author and of their app; doors remember it while `Subject.AUTHOR` is unchanged."""

    account: Account
    app: str | None
    website: str | None
    heard: bool
    """Whether somebody follows them with alerts."""
    verified: bool
    """Whether they proved their role family."""


async def load(tx: Tx, ids: Sequence[int]) -> dict[int, Post]:
    """Return posts by id, their media still to be joined."""
    query = f"""SELECT {POST} FROM posts p JOIN accounts a ON a.id = p.account_id LEFT JOIN apps ON apps.id = p.app_id
        LEFT JOIN rooms r ON r.id = p.room_id WHERE p.id = ANY(%s)"""
    found = [_post(tx, row) for row in await tx.rows(query, [list(ids)])]
    return {post.id: post for post in found if post}


def _post(tx: Tx, row: tuple[Any, ...]) -> Post | None:
    """Return a row as a post; `None` for one that nobody can open any more."""
    names = Post.__struct_fields__[:-5]
    parsed = {
        "kind": Kind(row[3]),
        "audience": Audience(row[4]),
        "family": Family(row[9]) if row[9] else None,
        "quote_policy": QuotePolicy(row[18]),
    }
    *room, sealed, app, website, mentions, tags = row[len(names) :]
    if sealed is not None:
        words = sealing.opened(tx, row[0], sealed)
        if words is None:
            return None
        parsed |= words._asdict()
    return Post(
        **dict(zip(names, row, strict=False)) | parsed,
        application=(app, website) if app else None,
        mentions=tuple(Mention(*pair) for pair in mentions),
        tags=tuple((key, name) for key, name in tags),
        media=(),
        room=Place(*room) if room[0] is not None else None,
    )


async def bare(tx: Tx, post_id: int) -> Bare | None:
    """Return what rules need of a post."""
    row = await tx.row(f"SELECT {BARE} FROM posts p WHERE id = %s", [post_id])
    return _bare(*row) if row else None


async def parent(tx: Tx, post_id: int) -> Bare | None:
    """Return what rules need of a post that is to be answered: who closed it, whether it is slowed, in the same trip."""
    query = f"""SELECT z.spared_id, z.until, {CLOSERS}, {BARE} FROM posts p
        LEFT JOIN slowed z ON z.conversation_id = p.conversation_id AND z.until > now() WHERE p.id = %s"""
    row = await tx.row(query, [post_id])
    return _bare(*row[3:])._replace(spared_id=row[0], slow_until=row[1], closers=tuple(row[2])) if row else None


def _bare(post_id: int, author_id: int, kind: str, audience: str, *more: Any) -> Bare:
    return Bare(post_id, author_id, Kind(kind), Audience(audience), *more)


async def writer(tx: Tx, account_id: int, app_id: int | None) -> Writer:
    """Return who writes, by which app; raises Missing."""
    query = f"""SELECT (SELECT name FROM apps WHERE id = %(app)s), (SELECT website FROM apps WHERE id = %(app)s),
        EXISTS (SELECT FROM follows WHERE target_id = a.id AND notify), {verification.PROVEN.format(account="a")} IS NOT NULL,
        {accounts.COLUMNS}
        FROM accounts a WHERE a.id = %(author)s"""
    row = await tx.row(query, {"app": app_id, "author": account_id})
    if row is None:
        raise Missing
    return Writer(accounts.account_of(*row[4:]), *row[:4])


async def insert(tx: Tx, post: Post, app_id: int | None, index: Index) -> None:
    """Write a post whose defaults are settled."""
    values = {name: getattr(post, name) for name in WRITTEN}
    values |= sealing.columns(tx, post.id, post.expires_at, values)
    values |= {"app_id": app_id, "shows_family": post.family is not None, "words": index.words, "marks": index.marks}
    await tx.send(INSERT, values)


def shown(tx: Tx, author_id: int, conversation_id: int, *, public: bool = True, room_id: int | None = None) -> None:
    """Note that a post of somebody's came, changed or went: in its thread, and in their lists and in public, or in its room."""
    tx.touches(Subject.THREAD, conversation_id)
    if room_id:
        tx.touches(Subject.ROOM, room_id)
        return
    tx.touches(Subject.POSTS_OF, author_id)
    if public:
        tx.touches(Subject.PUBLIC)


async def answered(tx: Tx, parent: Bare, families: tuple[int, int], speaker: int | None, *, counted: bool) -> bool:
    """Note that a thread got an answer: its families (bits of the answer's author and of the parent's), the parent's count.

    The parent is held until the commit: whoever erases it comes after and finds the answer. Return whether it is there still,
    and open to the `speaker`, `None`: to anybody; whoever closes it comes after, or came before.
    """
    await tx.send(
        """INSERT INTO conversations (id, families, posts_count) VALUES (%(id)s, %(families)s, 2)
        ON CONFLICT (id) DO UPDATE SET families = conversations.families | excluded.families,
            posts_count = conversations.posts_count + 1""",
        {"id": parent.conversation_id, "families": families[0] | families[1]},
    )
    if counted:
        tx.touches(Subject.POST, parent.id)
    still = f"p.id = %s AND coalesce(%s = ALL({CLOSERS}), true)"
    count = f"UPDATE posts p SET replies_count = replies_count + 1, version = version + 1 WHERE {still}"
    hold = f"SELECT FROM posts p WHERE {still} FOR SHARE"
    return await tx.run(count if counted else hold, [parent.id, speaker]) > 0


async def mention(tx: Tx, post_id: int, account_ids: Iterable[int]) -> None:
    """Write who is named in a post."""
    if ids := list(account_ids):
        query = """INSERT INTO mentions (post_id, account_id) SELECT %s, unnest(%s::bigint[])
            ON CONFLICT (post_id, account_id) DO UPDATE SET silent = false"""
        await tx.send(query, [post_id, ids])


async def silence_mentions(tx: Tx, post_id: int, named: Sequence[int]) -> None:
    """Keep those who are no longer named among the readers, without naming them."""
    await tx.send("UPDATE mentions SET silent = NOT account_id = ANY(%s) WHERE post_id = %s", [list(named), post_id])


async def tag(tx: Tx, post_id: int, tags: Sequence[tuple[str, str]]) -> None:
    """Replace the tags of a post by (key, name) pairs."""
    await tx.send("DELETE FROM post_tags WHERE post_id = %s", [post_id])
    await add_tags(tx, post_id, tags)


async def add_tags(tx: Tx, post_id: int, tags: Sequence[tuple[str, str]]) -> None:
    """Write the tags of a new post, (key, name) pairs."""
    if tags:
        query = "INSERT INTO post_tags (tag, name, post_id) SELECT unnest(%s::text[]), unnest(%s::text[]), %s"
        await tx.send(query, [[key for key, _ in tags], [name for _, name in tags], post_id])


async def claim(tx: Tx, account_id: int, key: bytes, post_id: int) -> int:
    """Claim an idempotency key for a post; return the one that it stands for, another when it was claimed before."""
    query = """INSERT INTO idempotency (account_id, key, post_id) VALUES (%s, %s, %s)
        ON CONFLICT (account_id, key) DO NOTHING"""
    if await tx.run(query, [account_id, key, post_id]):
        return post_id
    return int(await tx.value("SELECT post_id FROM idempotency WHERE account_id = %s AND key = %s", [account_id, key]))


async def forget_keys(tx: Tx, before: datetime) -> None:
    """Drop idempotency keys older than an instant."""
    await tx.send("DELETE FROM idempotency WHERE created_at < %s", [before])


WRITTEN = (
    "id",
    "account_id",
    "kind",
    "audience",
    "text",
    "warning",
    "sensitive",
    "language",
    "parent_id",
    "parent_account_id",
    "conversation_id",
    "has_poll",
    "has_media",
    "has_quote",
    "quote_policy",
    "closed",
    "automated",
    "created_at",
    "edited_at",
    "room_id",
    "expires_at",
    "held",
)
"""The columns of a new post that `Post` names alike."""
FOUND_BY = "array_to_tsvector(string_to_array(%(marks)s, ' ')) || to_tsvector('salledepause', %(words)s)"
INSERT = f"""INSERT INTO posts (app_id, sealed, shows_family, words, {", ".join(WRITTEN)})
    VALUES (%(app_id)s, %(sealed)s, %(shows_family)s, {FOUND_BY}, {", ".join(f"%({name})s" for name in WRITTEN)})"""


async def index(tx: Tx, post_id: int, index: Index) -> None:
    """Write anew what a post is found by."""
    values = {"id": post_id, "words": index.words, "marks": index.marks}
    await tx.send(f"UPDATE posts SET words = {FOUND_BY} WHERE id = %(id)s", values)


async def unfound(tx: Tx, limit: int) -> list[int]:
    """Return the newest posts of which nobody wrote yet what they are found by, held until the commit."""
    query = """SELECT id FROM posts WHERE words IS NULL AND boost_of_id IS NULL
        ORDER BY id DESC LIMIT %s FOR NO KEY UPDATE SKIP LOCKED"""
    return await tx.values(query, [limit])


async def hold(tx: Tx, ids: Iterable[int]) -> None:
    """Hold posts until the commit, the lower id first: they are neither erased nor changed meanwhile."""
    await tx.send("SELECT FROM posts WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)])


HELD = "WITH held AS (SELECT id FROM posts WHERE id = %(post)s FOR NO KEY UPDATE)"
"""Whatever hangs on a post takes its row first: whoever erases it comes before or after, and nobody waits for each other."""


async def gesture(tx: Tx, account_id: int, post_id: int, kind: Gesture) -> bool:
    """Write a gesture; return whether it is new."""
    query = f"""{HELD} INSERT INTO gestures (account_id, post_id, kind) SELECT %(account)s, id, %(kind)s FROM held
        ON CONFLICT (account_id, post_id, kind) DO NOTHING"""
    _gestured(tx, [account_id], kind)
    return await tx.run(query, {"account": account_id, "post": post_id, "kind": int(kind)}) > 0


def _gestured(tx: Tx, account_ids: Sequence[int], kind: Gesture) -> None:
    tx.touches(Subject.PERSON, *account_ids)
    if kind is Gesture.PIN:
        tx.touches(Subject.POSTS_OF, *account_ids)


async def gesture_in_names(tx: Tx, account_ids: Sequence[int], post_id: int, kind: Gesture) -> Pending:
    """Write the same favourite or boost of many, and count it; rows of whose are new follow."""
    column = COUNTED[kind]
    _gestured(tx, account_ids, kind)
    tx.touches(Subject.POST, post_id)
    return await tx.ask(
        f"""WITH made AS (INSERT INTO gestures (account_id, post_id, kind)
                SELECT unnest(%(accounts)s::bigint[]), %(post)s, %(kind)s
                ON CONFLICT (account_id, post_id, kind) DO NOTHING RETURNING account_id),
            counted AS (UPDATE posts SET version = version + 1, {column} = {column} + (SELECT count(*) FROM made)
                WHERE id = %(post)s AND EXISTS (SELECT FROM made))
        SELECT account_id FROM made""",
        {"accounts": list(account_ids), "post": post_id, "kind": int(kind)},
    )


async def ungesture(tx: Tx, account_id: int, post_id: int, kind: Gesture) -> bool:
    """Take a gesture back; return whether it was there."""
    query = f"{HELD} DELETE FROM gestures USING held WHERE account_id = %(account)s AND post_id = held.id AND kind = %(kind)s"
    _gestured(tx, [account_id], kind)
    return await tx.run(query, {"account": account_id, "post": post_id, "kind": int(kind)}) > 0


COUNTED = {Gesture.FAVOURITE: "favourites_count", Gesture.BOOST: "boosts_count"}


async def count(tx: Tx, post_id: int, kind: Gesture, by: int) -> None:
    """Change a counter of a post."""
    column = COUNTED[kind]
    tx.touches(Subject.POST, post_id)
    await tx.send(f"UPDATE posts SET {column} = {column} + %s, version = version + 1 WHERE id = %s", [by, post_id])


async def touch(tx: Tx, post_id: int) -> bool:
    """Note that what hangs on a post changed; return whether it is there. Its row is held until the commit."""
    tx.touches(Subject.POST, post_id)
    return await tx.run("UPDATE posts SET version = version + 1 WHERE id = %s", [post_id]) > 0


async def touch_all(tx: Tx, ids: Sequence[int]) -> None:
    """Note that what hangs on many posts changed."""
    if ids:
        tx.touches(Subject.POST, *ids)
        await tx.send("UPDATE posts SET version = version + 1 WHERE id = ANY(%s)", [list(ids)])


async def pins(tx: Tx, account_id: int) -> int:
    """Return how many posts an account has pinned."""
    query = "SELECT count(*) FROM gestures WHERE account_id = %s AND kind = %s"
    return int(await tx.value(query, [account_id, int(Gesture.PIN)]))


async def insert_boost(tx: Tx, account_id: int, post_id: int, audience: Audience, at: datetime | None) -> int | None:
    """Write a boost; return its id, or `None` when there is one already."""
    query = f"""{HELD}, new AS (SELECT next_id(coalesce(%(at)s, clock_timestamp())) AS id FROM held)
        INSERT INTO posts (id, account_id, kind, audience, conversation_id, boost_of_id, created_at)
        SELECT id, %(account)s, 'info', %(audience)s, id, %(post)s, coalesce(%(at)s, now()) FROM new
        ON CONFLICT (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL DO NOTHING RETURNING id"""
    tx.touches(Subject.POSTS_OF, account_id)
    made = await tx.value(query, {"account": account_id, "audience": audience, "post": post_id, "at": at})
    return None if made is None else int(made)


async def boost_in_names(tx: Tx, account_ids: Sequence[int], post_id: int, at: datetime) -> list[tuple[int, int]]:
    """Write the public boosts of many, a minute apart from `at` on; return (boost id, account id) of those that are new."""
    query = """INSERT INTO posts (id, account_id, kind, audience, conversation_id, boost_of_id, created_at)
        SELECT id, account_id, 'info', 'public', id, %(post)s, at FROM (SELECT next_id(at) AS id, account_id, at FROM (
            SELECT account_id, %(at)s::timestamptz + (place - 1) * interval '1 minute' AS at
            FROM unnest(%(accounts)s::bigint[]) WITH ORDINALITY AS asked (account_id, place)) AS dated) AS new
        ON CONFLICT (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL DO NOTHING RETURNING id, account_id"""
    tx.touches(Subject.POSTS_OF, *account_ids)
    return [(row[0], row[1]) for row in await tx.rows(query, {"post": post_id, "at": at, "accounts": list(account_ids)})]


async def boost_id(tx: Tx, account_id: int, post_id: int) -> int | None:
    """Return the boost of a post by an account."""
    found = await tx.value("SELECT id FROM posts WHERE boost_of_id = %s AND account_id = %s", [post_id, account_id])
    return None if found is None else int(found)


async def gesturers(tx: Tx, post_id: int, kind: Gesture, page: tuple[str, str, dict[str, Any]]) -> list[tuple[int, int]]:
    """Return (gesture id, account id) of who made a gesture; `page` is (bound, order, params).

    Readers and suspended are left out, who boosted for their followers alone, and everybody where a room counts nothing.
    """
    bound, order, params = page
    query = f"""SELECT g.id, g.account_id FROM gestures g JOIN accounts a ON a.id = g.account_id
        WHERE g.post_id = %(post)s AND g.kind = %(kind)s AND a.state = 'active' AND a.mode = 'contributor' AND {bound}
            AND NOT EXISTS (SELECT FROM posts s JOIN rooms r ON r.id = s.room_id WHERE s.id = g.post_id AND NOT r.scores)
            AND (g.kind <> {int(Gesture.BOOST)} OR EXISTS (SELECT FROM posts b
                WHERE b.boost_of_id = g.post_id AND b.account_id = g.account_id AND b.audience IN ('public', 'unlisted')))
        ORDER BY {order}"""
    return [(row[0], row[1]) for row in await tx.rows(query, params | {"post": post_id, "kind": int(kind)})]


async def family_share(tx: Tx) -> tuple[int, int]:
    """Return (threads in which two role families or more spoke, threads in which at least two people's posts meet)."""
    query = "SELECT count(*) FILTER (WHERE bit_count(families::bit(32)) >= 2), count(*) FROM conversations"
    row = await tx.row(query)
    return (row[0], row[1]) if row else (0, 0)


async def say_family_anew(tx: Tx, account_id: int) -> None:
    """Raise the version of every post that says what family its author is of."""
    query = "UPDATE posts SET version = version + 1 WHERE account_id = %s AND shows_family AND boost_of_id IS NULL RETURNING id"
    tx.touches(Subject.POST, *await tx.values(query, [account_id]), 0)


async def say_anew(tx: Tx, account_id: int) -> None:
    """Raise the version of every post of an account that has media: what is shown of them changed."""
    await tx.run("UPDATE posts SET version = version + 1 WHERE account_id = %s AND has_media", [account_id])
