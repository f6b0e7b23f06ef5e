"""Announcements to everybody, from the command line; hours are those of Paris."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer

from salledepause.commands.inside import HERE, Data, in_house
from salledepause.features import announcements
from salledepause.features.announcements import Announcement, Draft
from salledepause.kernel import clock
from salledepause.kernel.db import Tx

app = typer.Typer(no_args_is_help=True)
Instant = Annotated[str, typer.Option(help="Heure de Paris, comme 2026-12-31T20:00.")]


def _paris(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.PARIS) if text else None
    except ValueError:
        message = "Date illisible : attendu par exemple 2026-12-31T20:00."
        raise typer.BadParameter(message) from None


@app.command()
def add(
    text: Annotated[str, typer.Argument(help="Ce que l'annonce dit.")],
    *,
    starts: Instant = "",
    ends: Instant = "",
    all_day: Annotated[bool, typer.Option("--all-day", help="Les heures n'importent pas.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Garde un brouillon.")] = False,
    data: Data = HERE,
) -> None:
    """Annonce quelque chose à toute la maison ; donne le numéro de l'annonce, seul sur sa ligne."""
    said = Draft(text=text, starts_at=_paris(starts), ends_at=_paris(ends), all_day=all_day)

    async def act(tx: Tx) -> int:
        return await announcements.announce(tx, None, said, published=not draft)

    print(in_house(data, act))


@app.command("list")
def every(data: Data = HERE) -> None:
    """Liste les annonces, brouillons et passées compris, une par ligne."""

    async def act(tx: Tx) -> list[Announcement]:
        return await announcements.drafts_too(tx, None)

    found = in_house(data, act)
    print("\n".join(f"{one.id}  {_state(one)}  {one.text.splitlines()[0]}" for one in found) or "Aucune annonce.")


def _state(one: Announcement) -> str:
    if one.published_at is None:
        return "brouillon"
    return "passée" if one.ends_at and one.ends_at <= clock.now() else "affichée"


@app.command()
def publish(announcement: int, data: Data = HERE) -> None:
    """Affiche un brouillon."""
    _do(data, announcement, announcements.publish)


@app.command()
def remove(announcement: int, data: Data = HERE) -> None:
    """Retire une annonce."""
    _do(data, announcement, announcements.withdraw)


def _do(data: Data, announcement: int, do: Callable[[Tx, None, int], Awaitable[None]]) -> None:
    async def act(tx: Tx) -> None:
        await do(tx, None, announcement)

    in_house(data, act)
    print(f"Fait : {announcement}")
