"""SQL of notifications: one statement tells whoever ought to be told, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from salledepause.features import desks, rooms
from salledepause.features.notifications.model import GROUPED, SAMPLE, SPAN, Kind, Told, Wanted
from salledepause.features.notifications.sieve import FILTERABLE_KINDS, FOLLOWED, HOUSE_KINDS, VERDICTS, covered, waits
from salledepause.kernel import ids
from salledepause.kernel.db import Tx
from salledepause.kernel.marks import Subject
from salledepause.kernel.page import Page


class Written(NamedTuple):
    """A notification just written: is it put aside, does it wait behind a shield, is its person away, whom to wake."""

    id: int
    account_id: int
    aside: bool
    covered: bool
    away: bool
    subscriptions: list[int]


Fresh = list[Written]


def _taken_in(row: str) -> str:
    """Return the condition that what `row` tells of went to a desk of `row.account_id`, who wants it so."""
    return f"""EXISTS (SELECT FROM desk_remarks k JOIN desk_members d ON d.desk_id = k.desk_id AND d.takes_in
            AND d.account_id = {row}.account_id WHERE k.post_id = {row}.post_id)"""


BUSY = f"""(n.kind = '{Kind.MENTION}' AND {_taken_in("n")} AND (
        SELECT count(*) FROM notifications b WHERE b.account_id = n.account_id AND b.kind = n.kind AND b.id < n.id
            AND b.id > n.id - (3600000::bigint << 16) AND {_taken_in("b")}) >= {desks.MENTIONS})"""
"""That notification `n` rings no more: what goes to one's desk rings some times an hour, and waits there."""


WRITING = f"""n.id, n.account_id, {waits("n")}, {covered("n")}, EXISTS (
            SELECT FROM notification_policies w WHERE w.account_id = n.account_id AND w.away_from IS NOT NULL) OR {BUSY},
        ARRAY(SELECT s.id FROM push_subscriptions s WHERE s.account_id = n.account_id AND n.kind = ANY(s.alerts))"""
"""What `Written` takes, in its order."""

_GROUPED = ", ".join(f"'{kind}'" for kind in GROUPED)


def _mutual(row: str) -> str:
    """Return the condition that `row.account_id` wants to hear from `row.from_id`: no block, no mute of notifications."""
    return f"""NOT EXISTS (SELECT FROM blocks b WHERE (b.account_id, b.target_id) IN (
            ({row}.account_id, {row}.from_id), ({row}.from_id, {row}.account_id)))
        AND NOT EXISTS (SELECT FROM mutes m WHERE m.account_id = {row}.account_id AND m.target_id = {row}.from_id
            AND m.notifications AND (m.expires_at IS NULL OR m.expires_at > now()))"""


WELCOME = f"""reader.state = 'active' AND (c.account_id <> c.from_id OR c.kind = '{Kind.POLL}')
    AND (c.kind IN ({HOUSE_KINDS}) OR author.state = 'active' AND author.mode <> 'reader' AND {_mutual("c")}
        AND (NOT author.silenced OR c.account_id = c.from_id OR c.kind IN ({FILTERABLE_KINDS}) OR {FOLLOWED})
        AND NOT EXISTS (SELECT FROM conversation_mutes q WHERE q.account_id = c.account_id AND q.conversation_id = c.thread)
        AND NOT EXISTS (SELECT FROM posts s JOIN rooms r ON r.id = s.room_id WHERE s.id = c.post_id
            AND (r.rings = 'never' OR c.kind = '{Kind.FAVOURITE}' AND NOT r.scores
                OR r.id <> ALL({rooms.read_by("c.account_id")}))))"""
"""Who may be told of what: never oneself (but of one's own poll), nor across a block or a mute, nor of a reader, nor of a
thread that they muted, nor of what is said in a room that they may not read, or that never rings, nor by name of a favourite
where a room counts nothing. What a silenced stranger does is for the policy to judge, where one may.

What the hosts must know of reaches them whoever did it.
"""


TELL = f"""INSERT INTO notifications AS n (id, account_id, kind, from_id, post_id, report_id, collection_id, group_key, filtered)
    SELECT id, account_id, kind, from_id, post_id, report_id, CASE WHEN kind = '{Kind.COLLECTED}' THEN about END,
        CASE WHEN kind IN ({_GROUPED})
            THEN concat_ws('-', kind, about, floor(extract(epoch FROM at) / {SPAN})::bigint)
            ELSE 'ungrouped-' || id END,
        coalesce('filter' = ANY(verdicts), false)
    FROM (SELECT next_id(c.at) AS id, c.*, {VERDICTS} AS verdicts FROM ({{causes}}) AS c
        JOIN accounts reader ON reader.id = c.account_id JOIN accounts author ON author.id = c.from_id
        LEFT JOIN notification_policies policy ON policy.account_id = c.account_id
        WHERE {WELCOME}) AS new WHERE ('drop' = ANY(verdicts)) IS NOT TRUE
    ON CONFLICT (account_id, kind, from_id, post_id, report_id, act_id, collection_id) DO {{again}}
    RETURNING {WRITING}"""
"""`causes` gives account_id, kind, from_id, post_id, report_id, about (a collection, or what groups are about), at, thread (of
what post).

What waits aside, or behind a shield, is written, and told to nobody.
"""

WRITTEN = "CASE WHEN p.created_at < now() - interval '1 minute' THEN p.created_at ELSE clock_timestamp() END"
"""When a post is told of: at once, but an imported one at the hour it was written."""

NAMED = f"""SELECT m.account_id, '{Kind.MENTION}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
    NULL::bigint AS about, {{at}} AS at, p.conversation_id AS thread
    FROM posts p JOIN mentions m ON m.post_id = p.id AND NOT m.silent WHERE p.id = %(post)s"""

THANKED = f"""SELECT t.account_id, '{Kind.MENTION}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
    NULL::bigint AS about, {{at}} AS at, p.conversation_id AS thread
    FROM posts p JOIN thanks t ON t.post_id = p.id WHERE p.id = %(post)s AND t.account_id IS NOT NULL
        AND (p.audience IN ('public', 'unlisted') OR p.audience = 'followers' AND EXISTS (
            SELECT FROM follows f WHERE f.account_id = t.account_id AND f.target_id = p.account_id))"""
"""Whom a post thanks is told of it as if it named them, which apps know; who may not read it, of nothing."""

ALERTED = f"""SELECT f.account_id, '{Kind.STATUS}', p.account_id, p.id, NULL::bigint, NULL::bigint, {WRITTEN}, p.conversation_id
    FROM posts p JOIN follows f ON f.target_id = p.account_id AND f.notify
    WHERE p.id = %(post)s AND p.boost_of_id IS NULL AND p.audience NOT IN ('direct', 'room')
        AND (p.parent_account_id IS NULL OR p.parent_account_id = p.account_id)
        AND (f.languages IS NULL OR p.language IS NULL OR p.language = ANY(f.languages))
        AND NOT EXISTS (SELECT FROM mentions m WHERE m.post_id = p.id AND m.account_id = f.account_id)"""

BOOSTERS = f"""SELECT b.account_id, '{Kind.UPDATE}', p.account_id, p.id, NULL::bigint, NULL::bigint, clock_timestamp(),
        p.conversation_id FROM posts p JOIN posts b ON b.boost_of_id = p.id WHERE p.id = %(post)s"""

QUOTERS = f"""SELECT b.account_id, '{Kind.QUOTED_UPDATE}', p.account_id, b.id, NULL::bigint, NULL::bigint, clock_timestamp(),
        b.conversation_id FROM posts p JOIN quotes q ON q.quoted_id = p.id AND NOT q.revoked JOIN posts b ON b.id = q.post_id
    WHERE p.id = %(post)s"""

NEWER = f"""UPDATE SET id = excluded.id, group_key = excluded.group_key, dismissed = false
    WHERE n.kind IN ('{Kind.UPDATE}', '{Kind.QUOTED_UPDATE}')
    AND n.id < (SELECT floor(extract(epoch FROM edited_at) * 1000)::bigint << 16 FROM posts WHERE id = %(post)s)"""
"""An edit later than the one that was told of is told again, in its place."""

PUBLISHED = TELL.format(causes=f"{NAMED.format(at=WRITTEN)} UNION ALL {ALERTED}", again="NOTHING")
EDITED = TELL.format(causes=f"{NAMED.format(at='clock_timestamp()')} UNION ALL {BOOSTERS} UNION ALL {QUOTERS}", again=NEWER)
GIVEN = TELL.format(causes=THANKED.format(at=WRITTEN), again="NOTHING")
DENIED = TELL.format(
    causes=f"""SELECT r.account_id, '{Kind.UPDATE}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
        NULL::bigint AS about, clock_timestamp() AS at, p.conversation_id AS thread
        FROM posts p JOIN notice_readers r ON r.post_id = p.id WHERE p.id = %(post)s""",
    again=f"""UPDATE SET id = excluded.id, group_key = excluded.group_key, dismissed = false WHERE n.kind = '{Kind.UPDATE}'
        AND n.id < (SELECT floor(extract(epoch FROM changed_at) * 1000)::bigint << 16 FROM notices WHERE post_id = %(post)s)""",
)
"""A denial is told as an edit, which apps know; of several, the last is told, in the place of the others."""
CALLED = TELL.format(
    causes=f"""SELECT t.account_id, '{Kind.MENTION}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
        NULL::bigint AS about, greatest(t.at, clock_timestamp()) AS at, p.conversation_id AS thread
        FROM company_told t JOIN posts p ON p.id = t.post_id WHERE p.id = %(post)s AND t.account_id = ANY(%(accounts)s)""",
    again="""UPDATE SET id = excluded.id, group_key = excluded.group_key, dismissed = false
        WHERE n.id < (SELECT floor(extract(epoch FROM t.at) * 1000)::bigint << 16 FROM company_told t
            WHERE t.post_id = n.post_id AND t.account_id = n.account_id)""",
)
"""Who is called is told of it as if the post named them, which apps know, once for each time that they are called."""
QUOTED = TELL.format(
    causes=f"""SELECT o.account_id, '{Kind.QUOTE}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
        NULL::bigint AS about, {WRITTEN} AS at, o.conversation_id AS thread
        FROM posts p JOIN quotes q ON q.post_id = p.id AND NOT q.revoked JOIN posts o ON o.id = q.quoted_id
        WHERE p.id = %(post)s""",
    again="NOTHING",
)

BOOSTED = TELL.format(
    causes=f"""SELECT o.account_id, '{Kind.REBLOG}' AS kind, p.account_id AS from_id, p.id AS post_id, NULL::bigint AS report_id,
        o.id AS about, {WRITTEN} AS at, o.conversation_id AS thread FROM posts p JOIN posts o ON o.id = p.boost_of_id
        WHERE p.id = %(boost)s AND p.audience IN ('public', 'unlisted')""",
    again="NOTHING",
)
FAVOURITED = TELL.format(
    causes=f"""SELECT p.account_id, '{Kind.FAVOURITE}' AS kind, %(from)s::bigint AS from_id, p.id AS post_id,
        NULL::bigint AS report_id, p.id AS about, clock_timestamp() AS at, p.conversation_id AS thread
        FROM posts p WHERE p.id = %(post)s""",
    again="NOTHING",
)
PERSON = TELL.format(
    causes="""SELECT %(to)s::bigint AS account_id, %(kind)s AS kind, %(from)s::bigint AS from_id, NULL::bigint AS post_id,
        NULL::bigint AS report_id, NULL::bigint AS about, clock_timestamp() AS at, NULL::bigint AS thread""",
    again="NOTHING",
)
COLLECTED = TELL.format(
    causes=f"""SELECT %(to)s::bigint AS account_id, '{Kind.COLLECTED}' AS kind, c.account_id AS from_id, NULL::bigint AS post_id,
        NULL::bigint AS report_id, c.id AS about, clock_timestamp() AS at, NULL::bigint AS thread
        FROM collections c WHERE c.id = %(collection)s""",
    again="NOTHING",
)
POLLED = TELL.format(
    causes=f"""SELECT voter AS account_id, '{Kind.POLL}' AS kind, p.account_id AS from_id, p.id AS post_id,
        NULL::bigint AS report_id, NULL::bigint AS about, clock_timestamp() AS at, p.conversation_id AS thread
        FROM posts p, unnest(array_append(%(voters)s::bigint[], p.account_id)) AS voter WHERE p.id = %(post)s""",
    again="NOTHING",
)
HOSTS = TELL.format(
    causes="""SELECT h.id AS account_id, %(kind)s AS kind, %(from)s::bigint AS from_id, NULL::bigint AS post_id,
        %(report)s::bigint AS report_id, NULL::bigint AS about, clock_timestamp() AS at, NULL::bigint AS thread
        FROM accounts h WHERE h.role IN ('host', 'admin') AND h.id IS DISTINCT FROM %(about)s::bigint""",
    again="NOTHING",
)


COLUMNS = "n.id, n.kind, n.from_id, n.post_id, n.report_id, n.group_key, n.collection_id"
"""What `Told` takes, in its order."""

_NAMELESS = ", ".join(f"'{kind}'" for kind in (Kind.FAVOURITE, Kind.REBLOG, Kind.FOLLOW, Kind.FOLLOW_REQUEST, Kind.COLLECTED))

READABLE = f"""n.account_id = %(me)s AND NOT n.dismissed AND NOT {covered("n")} AND CASE WHEN n.kind IN ({HOUSE_KINDS})
    THEN EXISTS (SELECT FROM accounts h WHERE h.id = n.account_id AND h.role IN ('host', 'admin'))
    ELSE a.state = 'active' AND (a.mode <> 'reader' OR n.kind NOT IN ({_NAMELESS})) AND {_mutual("n")}
        AND (n.collection_id IS NULL OR EXISTS (SELECT FROM collection_items i
            WHERE i.collection_id = n.collection_id AND i.account_id = n.account_id AND NOT i.revoked))
        AND NOT EXISTS (SELECT FROM posts s WHERE s.id = n.post_id AND s.room_id IS NOT NULL
            AND (s.expires_at <= now() OR s.room_id <> ALL({rooms.read_by("%(me)s")}))) END"""
"""What one may still read of row `n`, of what account `a` did: nothing of who was since blocked, muted or suspended, nor of a
collection that one is no longer in, nor of a room that one may no longer read, nor what waits behind one's shield."""

PRESENT = "(SELECT w.away_from FROM notification_policies w WHERE w.account_id = %(me)s)"
WANTED = f"{READABLE} AND NOT {waits('n')} AND n.id < coalesce({PRESENT}, {ids.MAXIMUM})"
"""What one meets in lists: not what waits aside, nor what is kept aside while one is away."""

FROM = "FROM notifications n JOIN accounts a ON a.id = n.from_id"


def readable(wanted: Wanted) -> str:
    """Return the condition on row `n`, of what account `a` did, that it is among what is wanted of one's own."""
    return READABLE if wanted.filtered else WANTED


async def published(tx: Tx, post_id: int) -> Fresh:
    """Tell whom a new post names, and who follows its author with alerts."""
    return await tx.all(Written, PUBLISHED, {"post": post_id})


async def thanked(tx: Tx, post_id: int) -> Fresh:
    """Tell whom a post thanks."""
    return await tx.all(Written, GIVEN, {"post": post_id})


async def rung(tx: Tx, post_id: int, account_ids: Sequence[int]) -> Fresh:
    """Tell some that a post asks for a word."""
    return await tx.all(Written, CALLED, {"post": post_id, "accounts": list(account_ids)})


async def edited(tx: Tx, post_id: int) -> Fresh:
    """Tell whom an edited post newly names, and who boosted or quoted it."""
    return await tx.all(Written, EDITED, {"post": post_id})


async def denied(tx: Tx, post_id: int) -> Fresh:
    """Tell whoever was shown an item while nothing was decided that it is denied."""
    return await tx.all(Written, DENIED, {"post": post_id})


async def quoted(tx: Tx, post_id: int) -> Fresh:
    """Tell the author of a post that a new one quotes it."""
    return await tx.all(Written, QUOTED, {"post": post_id})


async def boosted(tx: Tx, boost_id: int) -> Fresh:
    """Tell the author of a post of an open boost."""
    return await tx.all(Written, BOOSTED, {"boost": boost_id})


async def favourited(tx: Tx, post_id: int, account_id: int) -> Fresh:
    """Tell the author of a post of a favourite."""
    return await tx.all(Written, FAVOURITED, {"post": post_id, "from": account_id})


async def person(tx: Tx, kind: Kind, from_id: int, to: int) -> Fresh:
    """Tell somebody of what somebody did towards them: a follow, a request."""
    return await tx.all(Written, PERSON, {"kind": kind, "from": from_id, "to": to})


async def collected(tx: Tx, collection_id: int, to: int) -> Fresh:
    """Tell somebody that they are in a collection."""
    return await tx.all(Written, COLLECTED, {"collection": collection_id, "to": to})


async def polled(tx: Tx, post_id: int, voters: list[int]) -> Fresh:
    """Tell the author and the voters that a poll closed."""
    return await tx.all(Written, POLLED, {"post": post_id, "voters": voters})


async def hosts(tx: Tx, kind: Kind, from_id: int, *, report_id: int | None = None, about: int | None = None) -> Fresh:
    """Tell the hosts of what an account did, but not the host that it is about."""
    values = {"kind": kind, "from": from_id, "report": report_id, "about": about}
    return await tx.all(Written, HOSTS, values)


async def put_aside(tx: Tx, notification_ids: Sequence[int]) -> None:
    """Make a request of whoever these notifications come from, where there is none yet."""
    query = """INSERT INTO notification_requests (account_id, from_id)
        SELECT DISTINCT account_id, from_id FROM notifications WHERE id = ANY(%s)
        ON CONFLICT (account_id, from_id) DO NOTHING"""
    await tx.send(query, [list(notification_ids)])


async def undo(tx: Tx, kind: Kind, from_id: int, to: int, post_id: int | None = None) -> None:
    """Forget what is no longer so."""
    query = """DELETE FROM notifications WHERE account_id = %(to)s AND kind = %(kind)s AND from_id = %(from)s
        AND post_id IS NOT DISTINCT FROM %(post)s::bigint"""
    tx.touches(Subject.NOTIFIED, to)
    await tx.send(query, {"to": to, "kind": kind, "from": from_id, "post": post_id})


async def unfavourite(tx: Tx, post_id: int, from_id: int) -> None:
    """Forget a favourite that was taken back."""
    query = "DELETE FROM notifications WHERE post_id = %s AND kind = %s AND from_id = %s"
    await tx.send(query, [post_id, Kind.FAVOURITE, from_id])


async def shown(tx: Tx, post_id: int, account_id: int, since: int) -> Fresh:
    """Write what somebody was told of a post from an id on as if it came now."""
    query = f"""UPDATE notifications n SET id = new.id, group_key = CASE WHEN n.group_key = 'ungrouped-' || n.id
            THEN 'ungrouped-' || new.id ELSE n.group_key END
        FROM (SELECT id AS old, next_id() AS id FROM notifications
            WHERE post_id = %(post)s AND account_id = %(account)s AND NOT dismissed AND id >= %(since)s ORDER BY id) new
        WHERE n.id = new.old RETURNING {WRITING}"""
    return await tx.all(Written, query, {"post": post_id, "account": account_id, "since": since})


async def dismiss(tx: Tx, me: int, where: str = "true", **params: Any) -> int:
    """Put one's notifications away; return how many."""
    query = f"""UPDATE notifications n SET dismissed = true
        WHERE account_id = %(me)s AND NOT dismissed AND NOT {covered("n")} AND {where}"""
    tx.touches(Subject.NOTIFIED, me)
    return await tx.run(query, params | {"me": me})


async def rows(tx: Tx, me: int, page: Page, wanted: Wanted, skipped: Sequence[str] = ()) -> list[Told]:
    """Return a page of one's notifications in the page's own order, those of the `skipped` groups left out."""
    bounds = [readable(wanted), page.where("n.id")]
    bounds += ["n.kind = ANY(%(kinds)s)"] if wanted.kinds else []
    bounds += ["n.kind <> ALL(%(unwanted)s)"] if wanted.unwanted else []
    bounds += ["n.from_id = %(from)s"] if wanted.from_id is not None else []
    bounds += ["n.group_key <> ALL(%(skipped)s)"] if skipped else []
    values = {"me": me, "kinds": list(wanted.kinds), "unwanted": list(wanted.unwanted), "from": wanted.from_id}
    query = f"SELECT {COLUMNS} {FROM} WHERE {' AND '.join(bounds)} ORDER BY {page.order('n.id')}"
    return _stands_on(tx, me, await tx.all(Told, query, page.params | values | {"skipped": list(skipped)}))


def _stands_on(tx: Tx, me: int, told: list[Told]) -> list[Told]:
    tx.stands_on(Subject.NOTIFIED, me)
    tx.stands_on(Subject.PERSON, me)
    tx.stands_on(Subject.ACCOUNT, *(one.from_id for one in told))
    tx.passing |= any(one.report_id is not None or one.collection_id is not None for one in told)
    return told


async def one(tx: Tx, me: int, notification_id: int) -> Told | None:
    """Return one of one's notifications."""
    return await tx.one(Told, f"SELECT {COLUMNS} {FROM} WHERE n.id = %(id)s AND {READABLE}", {"id": notification_id, "me": me})


async def group(tx: Tx, me: int, key: str, page: Page, wanted: Wanted) -> list[Told]:
    """Return a page of the notifications of a group, in the page's own order."""
    query = f"""SELECT {COLUMNS} {FROM} WHERE n.group_key = %(key)s AND {readable(wanted)} AND {page.where("n.id")}
        ORDER BY {page.order("n.id")}"""
    return await tx.all(Told, query, page.params | {"me": me, "key": key})


class Summary(NamedTuple):
    """A whole group up to a bound: its newest notification's columns, how many, the oldest of the page, a sample of people."""

    key: str
    id: int
    kind: str
    post_id: int | None
    size: int
    page_min_id: int
    account_ids: list[int]


async def summaries(tx: Tx, me: int, keys: Sequence[str], bounds: tuple[int, int], wanted: Wanted) -> dict[str, Summary]:
    """Return what groups hold up to the notification `bounds[1]`; the page begins at `bounds[0]`."""
    query = f"""SELECT n.group_key, max(n.id), min(n.kind), (array_agg(n.post_id ORDER BY n.id DESC))[1], count(*),
            coalesce(min(n.id) FILTER (WHERE n.id >= %(lower)s), max(n.id)), (array_agg(n.from_id ORDER BY n.id DESC))[1:{SAMPLE}]
        {FROM} WHERE n.group_key = ANY(%(keys)s) AND n.id <= %(upper)s AND {readable(wanted)} GROUP BY n.group_key"""
    found = await tx.all(Summary, query, {"me": me, "keys": list(keys), "lower": bounds[0], "upper": bounds[1]})
    tx.stands_on(Subject.ACCOUNT, *(account_id for one in found for account_id in one.account_ids))
    return {one.key: one for one in found}


async def waiting(tx: Tx, me: int) -> bool:
    """Tell whether something was told after the `notifications` marker."""
    query = f"""SELECT n.post_id, n.from_id {FROM} WHERE {WANTED} AND n.id > coalesce(
        (SELECT last_read_id FROM markers WHERE account_id = %(me)s AND timeline = 'notifications'), 0)
        ORDER BY n.id DESC LIMIT 1"""
    for subject in (Subject.NOTIFIED, Subject.PERSON, Subject.MARKERS):
        tx.stands_on(subject, me)
    latest = await tx.row(query, {"me": me})
    if latest:
        tx.stands_on(Subject.POST, latest[0] or 0)
        tx.stands_on(Subject.ACCOUNT, latest[1] or 0)
    return latest is not None


async def read_up_to(tx: Tx, me: int) -> int:
    """Return the id of the last notification that one's apps marked as read; 0 when none."""
    query = "SELECT last_read_id FROM markers WHERE account_id = %s AND timeline = 'notifications'"
    return int(await tx.value(query, [me]) or 0)
