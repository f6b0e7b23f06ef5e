"""Fills an empty, migrated database with the community of `bench.world`, and tells the measures what to ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import Cursor, sql

from bench.process import admin
from bench.world import END, READER, World, homes, world
from salledepause.features.accounts.secret import digest
from salledepause.features.posts import roots

Row = tuple[Any, ...]

FAVOURITE = 1
"""The bit of a favourite in `gestures.kind`."""
YEAR = 365 * 86_400_000
ALL_FAMILIES = 0b111111


class Writer(NamedTuple):
    """An account that posts during the benchmark."""

    token: str
    followers: int


class Seeded(NamedTuple):
    """What the measures need to know of the community: identifiers as the client API writes them, bearer tokens."""

    reader_token: str
    """Token of the reader, who follows 150 accounts."""
    reader_session: str
    """Their browser's session cookie."""
    thread_id: str
    """Identifier of the post answered 50 times."""
    account_id: str
    """Identifier of the account that wrote most."""
    handle: str
    """Its handle, without a domain."""
    writers: tuple[Writer, ...]
    """One for each number of followers, from none to 5 000."""


QUICKLY = """
SET LOCAL maintenance_work_mem = '512MB';
SELECT set_config('session_replication_role', 'replica', true) FROM pg_user WHERE usename = current_user AND usesuper
"""
"""Loads without checking foreign keys one row at a time, where the role may."""
SESSION = "session-of-the-reader"
OPEN = "INSERT INTO sessions (hash, account_id, csrf, expires_at) VALUES (%s, %s, %s, 'infinity')"
WORDS = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%USING gin%'"


def seed(database_url: str) -> Seeded:
    """Load the whole community into the database and return what to measure; takes about a quarter of a minute."""
    made = world()
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(QUICKLY)
        with _without_word_indexes(cursor):
            fill(cursor, made)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(OPEN, [digest(SESSION), account_id(READER), "word"])
        connection.execute("VACUUM (ANALYZE)")
    return Seeded(
        reader_token=_token(database_url, made, READER),
        reader_session=SESSION,
        thread_id=str(post_id(made, made.root)),
        account_id=str(account_id(made.busiest)),
        handle=made.accounts[made.busiest].handle,
        writers=tuple(Writer(_token(database_url, made, who), followers) for followers, who in made.writers.items()),
    )


def fill(cursor: Cursor[Row], made: World) -> None:
    """Copy the whole community into the tables."""
    _copy(cursor, "accounts", _ACCOUNTS, account_rows(made))
    _copy(cursor, "follows", ("account_id", "target_id", "id"), follow_rows(made))
    cursor.execute("CREATE TEMPORARY TABLE staged (LIKE posts INCLUDING DEFAULTS); ALTER TABLE staged ALTER words TYPE text")
    _copy(cursor, "staged", (*_POSTS, "words"), post_rows(made))
    cursor.execute(FOUND)
    _copy(cursor, "home", ("reader_id", "post_id"), home_rows(made))
    _copy(cursor, "gestures", ("id", "account_id", "post_id", "kind"), like_rows(made))
    _copy(cursor, "notifications", ("id", "account_id", "kind", "from_id", "post_id", "group_key"), notification_rows(made))
    thread = sum(post.parent is not None for post in made.posts) + 1
    _copy(cursor, "conversations", ("id", "families", "posts_count"), [(post_id(made, made.root), ALL_FAMILIES, thread)])


def account_id(number: int) -> int:
    """Return the identifier of an account: all joined a year before the last post."""
    return (END - YEAR << 16) + number


def post_id(made: World, number: int) -> int:
    """Return the identifier of a post, in the order of time (`kernel/ids.py` gives the layout)."""
    return made.posts[number].at << 16 | number & 0xFFFF


def account_rows(made: World) -> Iterator[Row]:
    """Yield the accounts with their counts."""
    written = Counter(post.author for post in made.posts)
    followed = Counter(whom for _, whom in made.follows)
    following = Counter(who for who, _ in made.follows)
    joined = _instant(END - YEAR)
    for number, one in enumerate(made.accounts):
        counts = (followed[number], following[number], written[number])
        yield (account_id(number), one.handle, one.name, one.note, one.family, joined, *counts)


def post_rows(made: World) -> Iterator[Row]:
    """Yield the posts with their thread, their counts and the words they are found by."""
    answered = Counter(post.parent for post in made.posts)
    liked = Counter(post for _, post in made.likes)
    thread = post_id(made, made.root)
    for number, one in enumerate(made.posts):
        own = post_id(made, number)
        parent = (None, None) if one.parent is None else (post_id(made, one.parent), account_id(made.posts[one.parent].author))
        conversation = own if one.parent is None else thread
        counts = (answered[number], liked[number])
        said = (account_id(one.author), one.kind, "public", one.text, "fr")
        yield (own, *said, *parent, conversation, *counts, _instant(one.at), " ".join(roots(one.text)))


def follow_rows(made: World) -> Iterator[Row]:
    """Yield who follows whom."""
    for number, (who, whom) in enumerate(made.follows):
        yield account_id(who), account_id(whom), account_id(number)


def home_rows(made: World) -> Iterator[Row]:
    """Yield the readers' homes, ordered by reader as a table that grew day by day would nearly be."""
    pairs = sorted(homes(made.posts, made.follows))
    return ((account_id(reader), post_id(made, number)) for reader, number in pairs)


def like_rows(made: World) -> Iterator[Row]:
    """Yield the favourites of the reader's posts."""
    for number, (who, post) in enumerate(made.likes):
        yield (END << 16) + number, account_id(who), post_id(made, post), FAVOURITE


def notification_rows(made: World) -> Iterator[Row]:
    """Yield what the reader was told of these favourites."""
    for key, who, post, _ in like_rows(made):
        yield key, account_id(READER), "favourite", who, post, f"favourite-{post}"


@contextmanager
def _without_word_indexes(cursor: Cursor[Row]) -> Iterator[None]:
    """Drop the inverted indexes for a block and make them again at its end: four times faster than row by row."""
    indexes = cursor.execute(WORDS).fetchall()
    for name, _ in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        cursor.execute(definition.encode())


_ACCOUNTS = ("id", "handle", "name", "note", "family", "created_at", "followers_count", "following_count", "posts_count")
_POSTS = (
    *("id", "account_id", "kind", "audience", "text", "language", "parent_id", "parent_account_id", "conversation_id"),
    *("replies_count", "favourites_count", "created_at"),
)
FOUND = f"""INSERT INTO posts ({", ".join(_POSTS)}, words) SELECT {", ".join(_POSTS)},
    array_to_tsvector(ARRAY['k:' || kind, 'l:' || language]) || to_tsvector('salledepause', words) FROM staged"""
"""As posts are found when they are published (`salledepause/features/posts/store.py`)."""


def _copy(cursor: Cursor[Row], table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
        for row in rows:
            copy.write_row(row)


def _token(database_url: str, made: World, number: int) -> str:
    return admin(database_url, "token", made.accounts[number].handle, "--scopes", "read write")


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
