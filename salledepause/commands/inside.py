"""How commands act inside this installation: one transaction, while the server runs or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from salledepause import supervise
from salledepause.kernel.config import Settings, load
from salledepause.kernel.db import Tx
from salledepause.main import site_of

T = TypeVar("T")
Data = Annotated[Path, typer.Option(help="Dossier des données.", envvar="SALLEDEPAUSE_DATA")]
HERE = Path("data")


def in_house(data: Path, act: Callable[[Tx], Awaitable[T]]) -> T:
    """Do something in one transaction of this installation; return what it returns."""

    async def run(settings: Settings) -> T:
        site = site_of(settings)
        async with site.db, site.db.transaction() as tx:
            return await act(tx)

    return supervise.run_once(load(data=str(data)), run)
