"""Emojis of the house, from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from salledepause.commands.inside import HERE, Data, in_house
from salledepause.features import emojis
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import load
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import Refusal

app = typer.Typer(no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="Code, sans les deux-points.")]


@app.command()
def add(
    code: Code,
    file: Annotated[Path, typer.Argument(help="Image, animée ou non, de 256 Kio au plus.", exists=True, dir_okay=False)],
    category: Annotated[str, typer.Option(help="Catégorie, pour les listes.")] = "",
    data: Data = HERE,
) -> None:
    """Ajoute un émoji de la maison."""
    blobs = Blobs(load(data=str(data)).blobs)
    made = asyncio.run(emojis.prepare(blobs, file))

    async def act(tx: Tx) -> None:
        await emojis.add(tx, code, made, category)

    try:
        in_house(data, act)
    except Refusal:
        for key in made:
            blobs.drop(key)
        raise
    print(f"Fait : {code}")


@app.command("list")
def every(data: Data = HERE) -> None:
    """Liste les émojis de la maison, un par ligne."""
    found = in_house(data, emojis.catalogue)
    print("\n".join(f"{one.code}  {one.category or ''}".rstrip() for one in found) or "Aucun émoji.")


@app.command()
def remove(code: Code, data: Data = HERE) -> None:
    """Retire un émoji de la maison ; les textes gardent son code."""

    async def act(tx: Tx) -> emojis.Prepared:
        return await emojis.remove(tx, code)

    blobs = Blobs(load(data=str(data)).blobs)
    for key in in_house(data, act):
        blobs.drop(key)
    print(f"Fait : {code}")
