"""The tables that Mastodon exports as CSV, brought in line by line: follows, lists, mutes, blocks, servers, bookmarks.

Each line is read alone, so that a stray quote spoils no other; our notebook apart (`notebook_in`). Source: Mastodon's own names
and order of columns, with or without its first line; `Expires at`, `Replies policy` and `Exclusive` are ours, and others pass
over them.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from salledepause.features import accounts, graph
from salledepause.features.archives.model import Line, Outcome, Step, Told, What, uri_of
from salledepause.features.archives.notebook_in import noted, notes, titles
from salledepause.features.archives.reviving import each, gesture_at
from salledepause.features.graph import Follow, Relationship
from salledepause.features.posts import Gesture
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Missing
from salledepause.kernel.site import Site

ADDRESS, DOMAIN, URI, LIST = "Account address", "#domain", "#uri", "List name"
HEADERS = {
    What.FOLLOWS: (ADDRESS, "Show boosts", "Notify on new posts", "Languages"),
    What.LISTS: (LIST, ADDRESS, "Replies policy", "Exclusive"),
    What.MUTES: (ADDRESS, "Hide notifications", "Expires at"),
    What.BLOCKS: (ADDRESS,),
    What.DOMAIN_BLOCKS: (DOMAIN,),
    What.BOOKMARKS: (URI,),
}
TRUE = {"true", "1", "t", "yes", "on"}
BATCH = 50
LONGEST_LINE = 64 * 1024
"""Bytes; what is longer is read as several lines."""
NOBODY = "Cette personne n'est pas ici."
NOT_FOLLOWED = "Cette personne n'est pas ici, ou n'est pas suivie."


async def bring_table(site: Site, me: int, what: What, path: Path) -> AsyncIterator[Step]:
    """Bring a table in; yield what becomes of each line. Done twice it equals once."""

    async def act(tx: Tx, line: Line) -> Told:
        if what is What.BOOKMARKS:
            return await gesture_at(tx, site, me, (uri_of(line.cells.get(URI, "").strip()), Gesture.BOOKMARK))
        if what is What.NOTEBOOK:
            return await noted(tx, site, me, line.cells)
        return await ACTS[what](tx, me, line.cells)

    for batch in _batched(notes(path) if what is What.NOTEBOOK else _lines(path, HEADERS[what])):
        async for step in each(site, me, [(line.number, line) for line in batch], act):
            yield step._replace(part=batch[-1].part)


def begins(what: What, head: str) -> bool:
    """Tell whether a table may begin by this cell: its first title or, but for the notebook, anything that titles no other."""
    if what is What.NOTEBOOK:
        return head in titles()
    return head == HEADERS[what][0] or head not in {ADDRESS, DOMAIN, URI, LIST, *titles()}


def _batched(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _lines(path: Path, headers: Sequence[str]) -> Iterator[Line]:
    size = path.stat().st_size or 1
    with path.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            cells = _cells(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
            if number == 1 and cells and cells[0] in {ADDRESS, DOMAIN, URI, LIST}:
                headers = cells
            elif any(cells):
                yield Line(number, dict(zip(headers, cells, strict=False)), file.tell() / size)


def _cells(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "replace").replace("\x00", "").rstrip("\r\n")
    return [cell.strip() for cell in next(csv.reader([text]), [])]


async def _person(tx: Tx, me: int, cells: Mapping[str, str], told: str) -> Relationship:
    """Return what ties `me` to the person of a line; raises Missing for who is not here."""
    try:
        other = await accounts.by_handle(tx, cells.get(ADDRESS, ""), tx.domain)
        return await graph.relationship(tx, me, other.id)
    except Missing as error:
        raise Missing(told) from error


async def _follow(tx: Tx, me: int, cells: Mapping[str, str]) -> Told:
    tie = await _person(tx, me, cells, NOBODY)
    languages = tuple(code.strip() for code in cells.get("Languages", "").split(",") if code.strip())
    wish = Follow(_true(cells, "Show boosts", default=True), _true(cells, "Notify on new posts", default=False), languages)
    await graph.follow(tx, me, tie.id, wish)
    return (Outcome.KNOWN if tie.following or tie.requested else Outcome.DONE), None


async def _mute(tx: Tx, me: int, cells: Mapping[str, str]) -> Told:
    tie = await _person(tx, me, cells, NOBODY)
    seconds = _left(cells.get("Expires at", ""))
    if seconds is None:
        return Outcome.KNOWN, None
    await graph.mute(tx, me, tie.id, notifications=_true(cells, "Hide notifications", default=True), seconds=seconds)
    return (Outcome.KNOWN if tie.muting else Outcome.DONE), None


async def _block(tx: Tx, me: int, cells: Mapping[str, str]) -> Told:
    tie = await _person(tx, me, cells, NOBODY)
    await graph.block(tx, me, tie.id)
    return (Outcome.KNOWN if tie.blocking else Outcome.DONE), None


async def _block_domain(tx: Tx, me: int, cells: Mapping[str, str]) -> Told:
    await graph.block_domain(tx, me, cells.get(DOMAIN, ""))
    return Outcome.DONE, None


async def _list(tx: Tx, me: int, cells: Mapping[str, str]) -> Told:
    """Put somebody into a list, made when there is none of that title; a line without anybody makes it empty."""
    title = cells.get(LIST, "")
    held = next((one for one in await graph.all_lists(tx, me) if one.title == title), None)
    if held is None:
        policy = cells.get("Replies policy") or "list"
        held = await graph.create_list(tx, me, title, policy, exclusive=_true(cells, "Exclusive", default=False))
    if cells.get(ADDRESS):
        tie = await _person(tx, me, cells, NOT_FOLLOWED)
        if not tie.following:
            raise Missing(NOT_FOLLOWED)
        await graph.add_members(tx, me, held.id, [tie.id])
    return Outcome.DONE, None


ACTS = {
    What.FOLLOWS: _follow,
    What.LISTS: _list,
    What.MUTES: _mute,
    What.BLOCKS: _block,
    What.DOMAIN_BLOCKS: _block_domain,
}


def _true(cells: Mapping[str, str], name: str, *, default: bool) -> bool:
    return cells[name].lower() in TRUE if cells.get(name) else default


def _left(text: str) -> int | None:
    """Return the seconds that a mute still lasts, 0 for ever, `None` when it is over; raises BadInput."""
    if not text:
        return 0
    try:
        end = datetime.fromisoformat(text).astimezone(clock.now().tzinfo)
    except (ValueError, OverflowError) as error:
        raise BadInput("La date est illisible.") from error
    left = int((end - clock.now()).total_seconds())
    return left if left > 0 else None
