"""Errands: an archive to write, a table to bring in, asked for in a page, done by a job, with how far it is and what was lost.

An archive waits in a private folder under a name that nobody is told, is taken once by its person, and goes after a week.
A job that is done again begins again: a table brought in twice equals once, an archive is written anew.
"""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from salledepause.features import accounts
from salledepause.features.archives import errands_store as store
from salledepause.features.archives.errands_store import Errand, Told
from salledepause.features.archives.leaving import export
from salledepause.features.archives.model import Outcome, Step, What
from salledepause.features.archives.tables_in import begins, bring_table
from salledepause.features.archives.tables_out import write_table
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Missing
from salledepause.kernel.site import Site

RUN = "archives.run"
ARCHIVE = "archive"
WEEK = timedelta(days=7)
MOST_BYTES = 4 * 1024 * 1024
"""Of a table brought in from a page; the command line takes longer ones."""
MOST_LINES = 20_000
MOST_TOLD = 500
"""Lines told one by one; the sums count them all."""
PACE = 1.0
"""Seconds between two notes of how far it is."""
BUSY = "Il y a déjà un travail en cours : attendez qu'il soit fini."
NO_TABLE = "Ce fichier n'est pas une table CSV : attendu du texte en UTF-8, une ligne par entrée."
TOO_LONG = "Cette table est trop longue : au plus {lines} lignes et {size} Mo. Coupez-la en plusieurs fichiers."
OTHER_TABLE = "Ce fichier est une autre table que celle que vous avez choisie."


async def ask_archive(tx: Tx, me: int) -> None:
    """Have one's archive written; an older one that waits is forgotten. Raises Conflict while something is being done."""
    await _ask(tx, me, ARCHIVE, None)


async def ask_table(tx: Tx, me: int, what: What, given: bytes) -> None:
    """Have a table brought in. Raises BadInput for what is none, or another, or too long; Conflict as above."""
    if len(given) > MOST_BYTES or given.count(b"\n") > MOST_LINES:
        raise BadInput(TOO_LONG, lines=MOST_LINES, size=MOST_BYTES >> 20)
    await asyncio.to_thread(_look, what, given)
    await _ask(tx, me, what, given)


async def errands(tx: Tx, me: int) -> list[Errand]:
    """Return what one asked for within a week, the newest first."""
    return await store.of(tx, me)


async def errand(tx: Tx, me: int, errand_id: int) -> Errand:
    """Return one errand of one's own; raises Missing."""
    found = await store.one(tx, errand_id)
    if found is None or found.account_id != me:
        raise Missing
    return found


async def take(tx: Tx, site: Site, me: int, errand_id: int) -> Path:
    """Return where one's archive waits, which nobody will be given again; raises Missing. Whoever sends it erases it."""
    name = await store.take(tx, me, errand_id)
    path = folder(site) / name if name else None
    if path is None or not path.is_file():
        raise Missing
    return path


async def table(site: Site, me: int, what: What) -> bytes:
    """Return one of one's tables, whole, as CSV."""
    written = io.BytesIO()
    async for _ in write_table(site, me, what, written):
        pass
    return written.getvalue()


async def run(site: Site, errand_id: int) -> None:
    """Do an errand, whoever began it before; nothing when it is gone or done."""
    async with site.db.transaction() as tx:
        found = await store.begin(tx, errand_id)
    if found is None:
        return
    if found.what == ARCHIVE:
        await _write(site, found)
    else:
        await _bring(site, found)


async def give_up(site: Site, errand_id: int) -> None:
    """Tell that an errand failed, instead of trying again for ever."""
    async with site.db.transaction() as tx:
        await store.fail(tx, errand_id)


async def sweep(site: Site) -> None:
    """Forget errands older than a week, and erase the archives that no errand names any more."""
    async with site.db.transaction() as tx:
        named = await store.sweep(tx)
    await asyncio.to_thread(_erase, folder(site), named)


def folder(site: Site) -> Path:
    """Return the private folder of archives that wait."""
    return site.settings.data / "archives"


def _erase(place: Path, named: set[str]) -> None:
    """Erase files older than a day that nothing names; younger ones may be in the making."""
    before = time.time() - timedelta(days=1).total_seconds()
    for path in place.glob("*"):
        if path.name not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _look(what: What, given: bytes) -> None:
    """Raise BadInput for what is no table of this sort."""
    try:
        text = given.decode("utf-8-sig")
        first = next(csv.reader([text.partition("\n")[0].strip()]), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(NO_TABLE) from error
    if not text.strip() or "\0" in text:
        raise BadInput(NO_TABLE)
    head = first[0].strip() if first else ""
    if not begins(what, head):
        raise BadInput(OTHER_TABLE)


async def _ask(tx: Tx, me: int, what: str, given: bytes | None) -> None:
    await accounts.stay(tx, [me])
    if await store.busy(tx, me):
        raise Conflict(BUSY)
    errand_id = await store.add(tx, me, (what, given), clock.now() + WEEK)
    await tx.wiring.jobs.defer(tx, RUN, {"errand_id": errand_id})


async def _write(site: Site, one: Errand) -> None:
    place, name = folder(site), f"{secrets.token_hex(16)}.zip"
    await asyncio.to_thread(place.mkdir, mode=0o700, parents=True, exist_ok=True)
    async with site.db.reading() as tx:
        me = await accounts.one(tx, one.account_id)
    sums, told = await _follow(site, one, export(site, me.handle, place / name))
    async with site.db.transaction() as tx:
        kept = await store.finish(tx, one, (sums, told), name)
    if not kept:
        await asyncio.to_thread((place / name).unlink, missing_ok=True)


async def _bring(site: Site, one: Errand) -> None:
    with TemporaryDirectory(prefix="salledepause-") as place:
        path = Path(place) / "table.csv"
        await asyncio.to_thread(path.write_bytes, one.given or b"")
        found = await _follow(site, one, bring_table(site, one.account_id, What(one.what), path))
    async with site.db.transaction() as tx:
        await store.finish(tx, one, found, None)


async def _follow(site: Site, one: Errand, steps: AsyncIterator[Step]) -> tuple[Counter[str], list[Told]]:
    """Go through the steps; note how far it is once a second. Return the sums, and what was not taken."""
    sums: Counter[str] = Counter()
    told: list[Told] = []
    noted = time.monotonic()
    async for step in steps:
        sums[step.outcome] += 1
        if step.outcome in {Outcome.ABSENT, Outcome.REFUSED} and step.why and len(told) < MOST_TOLD:
            told.append(Told(step.place, step.outcome, step.why.message, {k: str(v) for k, v in step.why.values.items()}))
        if time.monotonic() - noted > PACE:
            async with site.db.transaction() as tx:
                await store.note(tx, one.id, step.part)
            noted = time.monotonic()
    return sums, told
