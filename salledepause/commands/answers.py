"""Answers given in the past, from the command line: each counted once, a line for each that was not taken."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from salledepause import supervise
from salledepause.commands.inside import HERE, Data
from salledepause.features import accounts, desks
from salledepause.kernel.config import Settings, load
from salledepause.main import site_of

app = typer.Typer(no_args_is_help=True)
PARTLY = 3
"""Exit status when some lines could not be read; the others are counted."""


@app.callback()
def answers() -> None:
    """Ce qui a déjà été répondu."""


@app.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="Tableau (csv) ou lignes JSON : remark, answer, date, to.", exists=True)],
    owner: Annotated[str, typer.Option("--as", help="Pseudonyme de qui tient le guichet.")],
    desk: Annotated[int, typer.Option(help="Numéro du guichet.")],
    card: Annotated[
        int | None, typer.Option(help="Numéro de la fiche ; sinon, celle de chaque remarque, ou une nouvelle.")
    ] = None,
    data: Data = HERE,
) -> None:
    """Compte des réponses passées, et apprend leurs remarques ; recommencé, il ne compte rien deux fois."""
    taken, known, refused = 0, 0, 0

    async def run(settings: Settings) -> None:
        nonlocal taken, known, refused
        site = site_of(settings)
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal, redirect_stdout=False) as bar:
            task = bar.add_task("réponses", total=1.0)
            async with site.db:
                async with site.db.reading() as tx:
                    me = await accounts.by_handle(tx, owner, settings.domain)
                async for step in desks.bring(site, me.id, desk, file, card):
                    bar.update(task, completed=step.part)
                    taken += step.why is None and not step.known
                    known += step.known
                    refused += step.why is not None
                    if step.why:
                        print(f"ligne {step.number} : {step.why}")

    supervise.run_once(load(data=str(data)), run)
    print(f"{taken} comptée(s), {known} déjà là, {refused} refusée(s)")
    if refused:
        raise typer.Exit(PARTLY)
