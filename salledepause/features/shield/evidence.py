"""What somebody puts aside for a complaint: a copy of what was said to them, dated, with prints, that no erasure undoes.

Only what one puts aside oneself is copied, and only what names one, answers one or quotes one: the right to a defence
outlives the author's right to erase (GDPR, article 17(3)(e)). A copy is nobody's but one's own; it goes with a click, with one's
account, and after six years, when what it proves is no longer prosecuted (French Code of Criminal Procedure, article 8).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from salledepause.features import accounts, posts
from salledepause.features.posts import Media, Post
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.site import Site

MOST = 500
KEPT = timedelta(days=6 * 365.25)
FORM = "salledepause-evidence-2"
FORMS = {FORM, "salledepause-evidence-1"}
"""What files call themselves; the first had no seal."""
COLUMNS = "id, post, address, author, text, warning, said_at, edited_at, kept_at, former, media"


class Former(msgspec.Struct, frozen=True):
    """What a message said before it was edited, and since when."""

    text: str
    warning: str
    said_at: str
    said_at_paris: str


class Shown(msgspec.Struct, frozen=True):
    """What a message showed: the file itself is not copied, its print tells whether one that was saved is that one."""

    kind: str
    description: str
    sha256: str
    """Empty where the file was not there any more."""


class Piece(NamedTuple):
    """A copy of what somebody said; field order is the order of `COLUMNS`."""

    id: int
    post: int
    address: str
    author: str
    text: str
    warning: str
    said_at: datetime
    edited_at: datetime | None
    kept_at: datetime
    former: list[Former]
    media: list[Shown]


class Proof(msgspec.Struct, frozen=True):
    """A piece as it is shown to others: instants in UTC and as the clock of Paris showed them, and the print of all the rest."""

    order: int
    id: str
    address: str
    author: str
    text: str
    warning: str
    said_at: str
    said_at_paris: str
    edited_at: str | None
    edited_at_paris: str | None
    kept_at: str
    kept_at_paris: str
    former: list[Former]
    media: list[Shown]
    sha256: str = ""


class File(msgspec.Struct, frozen=True):
    """All that somebody put aside, in the order in which it was said; `sha256` is of the prints of its items, a line each.

    `seal` is the house's own, of all that; `check` is the page that tells whether it holds (`proving`).
    """

    form: str
    of: str
    made_at: str
    made_at_paris: str
    items: list[Proof]
    sha256: str
    seal: str = ""
    check: str = ""


async def put_aside(tx: Tx, site: Site, me: int, post_id: int) -> int:
    """Copy a post that names, answers or quotes one; return the id of the copy. Twice equals once. Raises Missing, BadInput.

    What is said in a room where words end is not copied: everybody was promised that they do.
    """
    seen = await posts.one_visible(tx, post_id, me)
    post = (await posts.load(tx, [seen.subject.id])).get(seen.subject.id)
    if post is None:
        raise Missing
    if post.account_id == me or not await _is_to(tx, post.id, me):
        raise BadInput("On ne met de côté que ce qui vous est adressé : une mention, une réponse ou une citation.")
    if post.expires_at:
        raise BadInput("Ici, les paroles s'effacent pour tout le monde : signalez plutôt ce message aux hôtes.")
    if await tx.value("SELECT count(*) FROM evidence WHERE account_id = %s", [me]) >= MOST:
        raise BadInput("Au plus {most} preuves : exportez-les, puis retirez-en.", most=MOST)
    author = await accounts.one(tx, post.account_id)
    made: int = await tx.value(
        """INSERT INTO evidence AS e
            (account_id, post, address, author, text, warning, said_at, edited_at, kept_at, former, media)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)
        ON CONFLICT (account_id, post) DO UPDATE SET post = e.post RETURNING id""",
        [
            me,
            post.id,
            site.post_url(author.handle, post.id),
            f"@{author.handle}@{site.settings.domain}",
            post.text,
            post.warning,
            post.created_at,
            post.edited_at,
            clock.now(),
            msgspec.json.encode(await _former(tx, me, post)).decode(),
            msgspec.json.encode([await _shown(site, one) for one in post.media]).decode(),
        ],
    )
    return made


async def _former(tx: Tx, me: int, post: Post) -> list[Former]:
    """Return what a message said before, the oldest first."""
    earlier = (await posts.history(tx, post.id, me))[:-1] if post.edited_at else []
    return [Former(one.text, one.warning, clock.iso(one.created_at), paris(one.created_at)) for one in earlier]


async def _shown(site: Site, one: Media) -> Shown:
    path = site.blobs.path(one.original or "")
    return Shown(one.kind, one.description, await asyncio.to_thread(_print_of, path) if path else "")


def _print_of(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


async def _is_to(tx: Tx, post_id: int, me: int) -> bool:
    query = """SELECT EXISTS (SELECT FROM posts p WHERE p.id = %(post)s AND p.parent_account_id = %(me)s)
        OR EXISTS (SELECT FROM mentions m WHERE m.post_id = %(post)s AND m.account_id = %(me)s)
        OR EXISTS (SELECT FROM quotes q JOIN posts o ON o.id = q.quoted_id
            WHERE q.post_id = %(post)s AND o.account_id = %(me)s)"""
    return bool(await tx.value(query, {"post": post_id, "me": me}))


async def take_back(tx: Tx, me: int, piece_id: int) -> None:
    """Erase a copy. Raises Missing."""
    if not await tx.run("DELETE FROM evidence WHERE id = %s AND account_id = %s", [piece_id, me]):
        raise Missing


async def pieces(tx: Tx, me: int) -> list[Piece]:
    """Return what one put aside, in the order in which it was said."""
    rows = await tx.rows(f"SELECT {COLUMNS} FROM evidence WHERE account_id = %s ORDER BY said_at, post", [me])
    return [
        Piece._make((*row[:-2], msgspec.convert(row[-2], list[Former]), msgspec.convert(row[-1], list[Shown]))) for row in rows
    ]


async def file(tx: Tx, site: Site, me: int) -> File:
    """Return all that one put aside, as it is handed to others."""
    one, now = await accounts.one(tx, me), clock.now()
    items = proofs(await pieces(tx, me))
    whole = printed("\n".join(item.sha256 for item in items).encode())
    made = File(FORM, f"@{one.handle}@{site.settings.domain}", clock.iso(now), paris(now), items, whole)
    return msgspec.structs.replace(made, seal=sealed(site, made), check=site.url("/preuves"))


def sealed(site: Site, file: File) -> str:
    """Return the seal of the house on a file: whose it is, when it was made, and by its print all that it holds."""
    said = msgspec.json.encode([file.form, file.of, file.made_at, file.made_at_paris, file.sha256])
    return hmac.new(site.settings.secret.encode(), b"evidence " + said, sha256).hexdigest()


def proofs(found: Sequence[Piece]) -> list[Proof]:
    """Return pieces with their order and their prints."""
    return [_proof(order, piece) for order, piece in enumerate(found, 1)]


def _proof(order: int, piece: Piece) -> Proof:
    edited = piece.edited_at
    bare = Proof(
        order=order,
        id=str(piece.id),
        address=piece.address,
        author=piece.author,
        text=piece.text,
        warning=piece.warning,
        said_at=clock.iso(piece.said_at),
        said_at_paris=paris(piece.said_at),
        edited_at=clock.iso(edited) if edited else None,
        edited_at_paris=paris(edited) if edited else None,
        kept_at=clock.iso(piece.kept_at),
        kept_at_paris=paris(piece.kept_at),
        former=piece.former,
        media=piece.media,
    )
    return msgspec.structs.replace(bare, sha256=printed(canonical(msgspec.to_builtins(bare))))


def canonical(item: dict[str, Any]) -> bytes:
    """Return what the print of an item is of: its JSON in UTF-8, keys sorted, no spaces, without the print itself."""
    return msgspec.json.encode({key: value for key, value in item.items() if key != "sha256"}, order="deterministic")


def printed(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return sha256(content).hexdigest()


def paris(instant: datetime) -> str:
    """Return an instant as the clock of Paris showed it, to the second, with its distance from UTC."""
    return instant.astimezone(clock.PARIS).isoformat(timespec="seconds")


async def forget(tx: Tx) -> None:
    """Erase copies that can prove nothing any more."""
    await tx.send("DELETE FROM evidence WHERE kept_at < %s", [clock.now() - KEPT])
