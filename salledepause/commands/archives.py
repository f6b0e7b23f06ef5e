"""Archives from the command line, in and out: a bar for who watches, a line for each thing that was not taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from salledepause import supervise
from salledepause.commands.inside import HERE, Data
from salledepause.features import accounts, archives, sources
from salledepause.features.accounts import Family
from salledepause.features.archives import Outcome, Step, What
from salledepause.kernel.config import Settings, load
from salledepause.kernel.site import Site
from salledepause.main import site_of

bring = typer.Typer(no_args_is_help=True)
leave = typer.Typer(no_args_is_help=True)

PARTLY = 3
"""Exit status when some of it could not be read; what could be is done."""
TOLD = {Outcome.ABSENT, Outcome.REFUSED}
WORDS = {
    Outcome.DONE: ("fait", "faits"),
    Outcome.KNOWN: ("déjà là", "déjà là"),
    Outcome.ABSENT: ("introuvable", "introuvables"),
    Outcome.REFUSED: ("refusé", "refusés"),
}
"""Of one, of several."""

Handle = Annotated[str, typer.Argument(help="Pseudonyme.")]
Table = Annotated[What, typer.Argument(metavar="WHAT", help=f"Quelle table : {', '.join(What)}.")]
Given = Annotated[Path, typer.Argument(help="Fichier à lire.", exists=True, dir_okay=False)]
Wanted = Annotated[Path, typer.Argument(help="Fichier à écrire ; il ne doit pas exister.", dir_okay=False)]


@bring.command("mastodon-archive")
def bring_archive(
    file: Given,
    to: Annotated[str, typer.Option(help="Pseudonyme d'ici qui reçoit l'archive ; sinon, le compte de l'archive est créé.")] = "",
    family: Annotated[Family, typer.Option(help="Famille de métier d'un compte créé.")] = Family.OTHER,
    data: Data = HERE,
) -> None:
    """Reprend l'archive d'un compte Mastodon (zip ou tar.gz) ; recommencée, elle continue sans rien reprendre deux fois."""
    _follow(data, lambda site: archives.bring(site, file, to, family))


@bring.command("csv")
def bring_csv(handle: Handle, what: Table, file: Given, data: Data = HERE) -> None:
    """Reprend une table exportée par Mastodon, ligne par ligne."""

    async def steps(site: Site) -> AsyncIterator[Step]:
        async with site.db.reading() as tx:
            me = await accounts.by_handle(tx, handle, site.settings.domain)
        async for step in archives.bring_table(site, me.id, what, file):
            yield step._replace(file=file.name)

    _follow(data, steps)


CAME = {
    sources.Outcome.WRITTEN: Outcome.DONE,
    sources.Outcome.KNOWN: Outcome.KNOWN,
    sources.Outcome.BROKEN: Outcome.REFUSED,
}


@bring.command("hospitals")
def bring_hospitals(file: Given, data: Data = HERE) -> None:
    """Lit le registre officiel des hôpitaux (CSV) ; recommencé, il continue, et relu, il ne change que ce qui a changé."""

    async def steps(site: Site) -> AsyncIterator[Step]:
        async for line in sources.read_hospitals(site, file):
            yield Step(file.name, line.number, CAME[line.outcome], line.why, line.part)

    _follow(data, steps)


@leave.command("mastodon-archive")
def write_archive(handle: Handle, file: Wanted, data: Data = HERE) -> None:
    """Écrit l'archive d'un compte, comme Mastodon l'écrit (zip), avec ses tables."""
    _follow(data, lambda site: archives.export(site, handle, file))


@leave.command("csv")
def write_csv(handle: Handle, what: Table, file: Wanted, data: Data = HERE) -> None:
    """Écrit une table d'un compte, comme Mastodon l'exporte."""
    _follow(data, lambda site: archives.export_table(site, handle, what, file))


def _follow(data: Path, begin: Callable[[Site], AsyncIterator[Step]]) -> None:
    """Do something step by step while a bar tells how far it is; tell what was not taken, then the sums; exit accordingly."""
    told: dict[str, Counter[Outcome]] = {}

    async def run(settings: Settings) -> None:
        site = site_of(settings, importing=True)
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal, redirect_stdout=False) as bar:
            async with site.db:
                async for step in begin(site):
                    _tell(bar, told, step)

    supervise.run_once(load(data=str(data)), run)
    for file, sums in told.items():
        counted = ", ".join(f"{sums[one]} {words[sums[one] > 1]}" for one, words in WORDS.items() if sums[one])
        print(f"{_plain(file)} : {counted}")
    if any(sums[Outcome.REFUSED] for sums in told.values()):
        raise typer.Exit(PARTLY)


def _tell(bar: Progress, told: dict[str, Counter[Outcome]], step: Step) -> None:
    if step.file not in told:
        told[step.file] = Counter()
        bar.add_task(escape(_plain(step.file)), total=1.0)
    told[step.file][step.outcome] += 1
    bar.update(bar.task_ids[list(told).index(step.file)], completed=step.part)
    if step.outcome in TOLD:
        print(_plain(f"{_place(step)} : {WORDS[step.outcome][0]} : {step.why}"))


def _plain(text: str) -> str:
    """Return a text without anything that a terminal would obey: names come from the archive."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _place(step: Step) -> str:
    if not step.place:
        return step.file
    return f"{step.file}, {'ligne' if step.file.endswith('.csv') else 'élément'} {step.place}"
