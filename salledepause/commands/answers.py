"""Answers, from the command line: those given in the past, each counted once; those that a bot gives on another server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from salledepause import supervise
from salledepause.commands.inside import HERE, Data
from salledepause.features import accounts, desks
from salledepause.features.desks import Bot, Desk, Round
from salledepause.kernel import locks
from salledepause.kernel.config import Settings, load
from salledepause.kernel.crew import SIGNALS
from salledepause.kernel.errors import BadInput, Conflict
from salledepause.kernel.site import Site
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


@app.command()
def watch(
    server: Annotated[str, typer.Option(help="Le serveur du compte automatisé : https://exemple.org")],
    token: Annotated[str, typer.Option(help="Son jeton, ou @FICHIER qui le contient.", envvar="MASTODON_TOKEN")] = "",
    desk: Annotated[str | None, typer.Option(help="Numéro ou nom du guichet ; inutile quand il n'y en a qu'un.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Fait ce qui attend, puis s'arrête.")] = False,
    data: Data = HERE,
) -> None:
    """Répond sur un autre serveur compatible avec Mastodon, par les fiches et les règles d'un guichet d'ici."""
    held = _token(token)

    async def run(settings: Settings) -> None:
        site = site_of(settings)
        async with site.db:
            async with site.db.reading() as tx:
                found = await desks.to_watch(tx, desk)
            async with desks.bot(site, found.id, server, held) as bot:
                await _watched(site, found, bot, once=once)

    supervise.run_once(load(data=str(data)), run)


def _token(given: str) -> str:
    """Return a token, or what its file says: a file or the environment keep it out of the list of processes."""
    if not given:
        raise BadInput("Donnez le jeton du compte : --token @FICHIER, la variable MASTODON_TOKEN, ou --token.")
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput("Le fichier du jeton ne se lit pas : {name}", name=given[1:]) from None


async def _watched(site: Site, desk: Desk, bot: Bot, *, once: bool) -> None:
    """Be the one that watches for a desk: once, or until told to stop."""
    with locks.alone_or_not(site.settings.data / f"watch-{bot.watch.id}.lock") as ours:
        if ours is None:
            raise Conflict("Ce compte est déjà suivi pour ce guichet par une autre commande.")
        if once:
            print(_told(await desks.look(bot)), flush=True)
            return
        print(f"@{bot.name} répond pour le guichet {desk.name}. Ctrl-C pour arrêter.", flush=True)
        working = asyncio.ensure_future(desks.follow(bot, _tell))
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        with suppress(asyncio.CancelledError):
            await working


def _told(found: Round) -> str:
    return f"{found.heard} reçue(s), {found.answered} répondue(s), {found.waiting} en attente au guichet"


def _tell(found: Round) -> None:
    if found.heard or found.answered:
        print(_told(found), flush=True)
