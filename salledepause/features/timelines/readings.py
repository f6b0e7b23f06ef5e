"""Reading timelines: each is a source of posts for the gate."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from salledepause.features import graph, posts, rooms
from salledepause.features.posts import Gesture, Seen, Source
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Missing
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Listed, Page
from salledepause.kernel.text import tag_key


class Wish(msgspec.Struct, frozen=True):
    """What a reader wants of a list: some kinds only (none: all), only what has media."""

    kinds: tuple[str, ...] = ()
    media: bool = False

    @property
    def where(self) -> str:
        """SQL conditions on the post that says something."""
        wanted = ["coalesce(o.kind, p.kind) = ANY(%(kinds)s)"] if self.kinds else []
        if self.media:
            wanted.append("coalesce(o.has_media, p.has_media)")
        return "".join(f" AND {one}" for one in wanted)


class Profile(msgspec.Struct, frozen=True):
    """Which posts of a profile are wanted."""

    replies: bool = True
    boosts: bool = True
    direct: bool = True
    """Whether one's own direct posts are wanted; those of others never are among the posts of a profile."""
    pinned: bool = False
    media: bool = False
    tag: str = ""
    kinds: tuple[str, ...] = ()


OPEN_ROOM = "p.audience = 'public' AND p.boost_of_id IS NULL AND NOT a.silenced"


async def home(tx: Tx, reader: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008 - frozen
    """Return a page of somebody's home."""
    followed, tags = await graph.whom(tx, reader)
    tx.stands_on(Subject.POSTS_OF, reader, *followed)
    if tags:
        tx.stands_on(Subject.PUBLIC)
    source = Source("home h JOIN posts p ON p.id = h.post_id", "h.post_id", f"h.reader_id = %(viewer)s{wish.where}", comes=True)
    return await posts.listing(tx, source, page, reader, kinds=list(wish.kinds))


async def public(tx: Tx, viewer: int | None, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008 - frozen
    """Return a page of everything public."""
    tx.stands_on(Subject.PUBLIC)
    source = Source("posts p", "p.id", OPEN_ROOM + wish.where, comes=True)
    return await posts.listing(tx, source, page, viewer, kinds=list(wish.kinds))


async def tagged(
    tx: Tx,
    viewer: int | None,
    page: Page,
    tags: tuple[Sequence[str], Sequence[str], Sequence[str]],
    wish: Wish = Wish(),  # noqa: B008
) -> Listed[Seen]:
    """Return a page of public posts by tags: (any of, all of, none of), as written."""
    tx.stands_on(Subject.PUBLIC)
    some, every, none = ([tag_key(tag) for tag in group] for group in tags)
    mine = "SELECT FROM post_tags t WHERE t.post_id = p.id AND t.tag = ANY"
    where = f"""{OPEN_ROOM}{wish.where} AND p.id IN (SELECT post_id FROM post_tags WHERE tag = ANY(%(some)s))
        AND NOT EXISTS ({mine}(%(none)s))
        AND cardinality(%(every)s::text[]) = (
            SELECT count(*) FROM post_tags t WHERE t.post_id = p.id AND t.tag = ANY(%(every)s))"""
    values = {"some": some, "every": sorted(set(every)), "none": none, "kinds": list(wish.kinds)}
    return await posts.listing(tx, Source("posts p", "p.id", where, comes=True), page, viewer, **values)


async def list_members(tx: Tx, owner: int, list_id: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008 - frozen
    """Return a page of what the members of a list say; raises Missing for somebody else's list."""
    policy = await tx.value("SELECT replies_policy FROM lists WHERE id = %s AND account_id = %s", [list_id, owner])
    if policy is None:
        raise Missing
    members = "SELECT account_id FROM list_members WHERE list_id = %(list)s"
    tx.stands_on(Subject.POSTS_OF, *await tx.values(members, {"list": list_id}))
    answers = {
        "none": "p.parent_account_id IS NULL OR p.parent_account_id = p.account_id",
        "list": f"p.parent_account_id IS NULL OR p.parent_account_id IN ({members}) OR p.parent_account_id = %(viewer)s",
        "followed": """p.parent_account_id IS NULL OR p.parent_account_id IN (
            SELECT target_id FROM follows WHERE account_id = %(viewer)s UNION SELECT %(viewer)s)""",
    }
    where = f"p.account_id IN ({members}) AND p.audience NOT IN ('direct', 'room') AND ({answers[policy]}){wish.where}"
    return await posts.listing(tx, Source("posts p", "p.id", where), page, owner, list=list_id, kinds=list(wish.kinds))


async def of_room(tx: Tx, viewer: int | None, room_id: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008
    """Return a page of what is said in a room; raises Missing for one that the viewer may not read."""
    room, source = await in_room(tx, viewer, room_id, wish)
    return await posts.listing(tx, source, page, viewer, room=room, kinds=list(wish.kinds))


async def in_room(tx: Tx, viewer: int | None, room_id: int, wish: Wish) -> tuple[int, Source]:
    """Return (id, source) of a room that the viewer may read; raises Missing for any other."""
    room = await rooms.readable(tx, viewer, room_id)
    tx.passing |= room.rules.expires_hours is not None
    return room.id, Source("posts p", "p.id", f"p.room_id = %(room)s{wish.where}")


async def direct(tx: Tx, me: int, page: Page) -> Listed[Seen]:
    """Return a page of the direct posts that somebody wrote or is named in."""
    where = """p.audience = 'direct' AND (p.account_id = %(viewer)s
        OR p.id IN (SELECT post_id FROM mentions WHERE account_id = %(viewer)s))"""
    return await posts.listing(tx, Source("posts p", "p.id", where), page, me)


async def of_account(tx: Tx, account_id: int, viewer: int | None, page: Page, profile: Profile) -> Listed[Seen]:
    """Return a page of what somebody posted, as the viewer may see it; pinned ones are ordered by when they were pinned.

    What they said in rooms is read there, never beside their name.
    """
    tx.stands_on(Subject.POSTS_OF, account_id)
    own = "(p.audience <> 'direct' OR p.account_id = %(viewer)s)" if profile.direct else "p.audience <> 'direct'"
    wanted = ["p.account_id = %(account)s", "p.room_id IS NULL", own]
    if not profile.replies:
        wanted.append("(p.parent_account_id IS NULL OR p.parent_account_id = p.account_id)")
    if not profile.boosts:
        wanted.append("p.boost_of_id IS NULL")
    if profile.tag:
        wanted.append("EXISTS (SELECT FROM post_tags t WHERE t.post_id = p.id AND t.tag = %(tag)s)")
    where = " AND ".join(wanted) + Wish(profile.kinds, profile.media).where
    source = Source("posts p", "p.id", where, tastes=False)
    if profile.pinned:
        pinned = f"gestures g JOIN posts p ON p.id = g.post_id AND g.account_id = p.account_id AND g.kind = {int(Gesture.PIN)}"
        source = Source(pinned, "g.id", where, tastes=False)
    values = {"account": account_id, "tag": tag_key(profile.tag), "kinds": list(profile.kinds)}
    return await posts.listing(tx, source, page, viewer, **values)


async def favourites(tx: Tx, me: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008 - frozen
    """Return a page of what somebody favoured, latest gesture first; cursors are the gestures' ids."""
    return await _gestures(tx, me, page, (Gesture.FAVOURITE, wish))


async def bookmarks(tx: Tx, me: int, page: Page, wish: Wish = Wish()) -> Listed[Seen]:  # noqa: B008 - frozen
    """Return a page of somebody's bookmarks, latest first; cursors are the gestures' ids."""
    return await _gestures(tx, me, page, (Gesture.BOOKMARK, wish))


async def home_readers(tx: Tx, post_id: int, readers: Sequence[int]) -> list[int]:
    """Return those of the readers in whose home a post is (for open streams)."""
    return await tx.values("SELECT reader_id FROM home WHERE post_id = %s AND reader_id = ANY(%s)", [post_id, list(readers)])


async def _gestures(tx: Tx, me: int, page: Page, wanted: tuple[Gesture, Wish]) -> Listed[Seen]:
    kind, wish = wanted
    where = f"g.account_id = %(viewer)s AND g.kind = {int(kind)}{wish.where}"
    source = Source("gestures g JOIN posts p ON p.id = g.post_id", "g.id", where, tastes=False)
    return await posts.listing(tx, source, page, me, kinds=list(wish.kinds))
