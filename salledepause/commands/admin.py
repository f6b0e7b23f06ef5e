"""The hosts' gestures from the command line; each works while the server runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from salledepause.commands import announce, emoji
from salledepause.commands.inside import HERE, Data, in_house
from salledepause.features import accounts, moderation
from salledepause.features.accounts import Family
from salledepause.features.moderation import Decision, Measure
from salledepause.kernel.blobs import Blobs
from salledepause.kernel.config import load
from salledepause.kernel.db import Tx
from salledepause.kernel.page import Page

app = typer.Typer(no_args_is_help=True)
app.add_typer(announce.app, name="announce", help="Les annonces à toute la maison.")
app.add_typer(emoji.app, name="emoji", help="Les émojis de la maison.")

Handle = Annotated[str, typer.Argument(help="Pseudonyme.")]
Password = Annotated[
    str, typer.Option(help="Mot de passe ; demandé s'il n'est pas donné.", prompt="Mot de passe", hide_input=True)
]
Reason = Annotated[str, typer.Option(help="Pourquoi, pour le journal.")]
Role = Annotated[str, typer.Option(help="member, host ou admin.")]


async def _id(tx: Tx, handle: str) -> int:
    return (await accounts.by_handle(tx, handle, "")).id


@app.command("create-account")
def create_account(
    handle: Handle,
    password: Password,
    family: Annotated[Family, typer.Option(help="Famille de métier.")] = Family.OTHER,
    role: Role = "member",
    data: Data = HERE,
) -> None:
    """Crée un compte sans passer par l'inscription."""

    async def act(tx: Tx) -> None:
        account_id = await accounts.create(tx, handle, password, family=family)
        await accounts.set_role(tx, account_id, role)

    in_house(data, act)
    print(f"Compte créé : {handle}")


@app.command()
def token(
    handle: Handle,
    scopes: Annotated[str, typer.Option(help="Droits, séparés par des espaces.")] = "read write follow push",
    data: Data = HERE,
) -> None:
    """Donne un jeton d'accès, seul sur sa ligne."""

    async def act(tx: Tx) -> str:
        return await accounts.give_token(tx, await _id(tx, handle), scopes.split())

    print(in_house(data, act))


@app.command("set-password")
def set_password(handle: Handle, password: Password, data: Data = HERE) -> None:
    """Change un mot de passe perdu, ferme toutes les sessions, donne de nouveaux mots de récupération, seuls sur leur ligne."""

    async def act(tx: Tx) -> tuple[str, ...]:
        return await accounts.set_password(tx, await _id(tx, handle), password)

    print(" ".join(in_house(data, act)))


@app.command("set-role")
def set_role(handle: Handle, role: Role, data: Data = HERE) -> None:
    """Fait de quelqu'un un membre, un hôte ou un administrateur."""
    _stand(data, handle, lambda tx, account_id: accounts.set_role(tx, account_id, role))


@app.command()
def suspend(handle: Handle, reason: Reason = "", data: Data = HERE) -> None:
    """Suspend un compte : plus rien de lui n'est visible, ses jetons sont refusés."""
    _stand(data, handle, _taking("suspend", reason))


@app.command()
def restore(handle: Handle, data: Data = HERE) -> None:
    """Lève une suspension."""
    _stand(data, handle, lambda tx, account_id: moderation.lift(tx, None, account_id, "unsuspend"))


@app.command()
def silence(handle: Handle, reason: Reason = "", data: Data = HERE) -> None:
    """Limite un compte : ses messages quittent les fils publics."""
    _stand(data, handle, _taking("silence", reason))


@app.command()
def unsilence(handle: Handle, data: Data = HERE) -> None:
    """Lève une limitation."""
    _stand(data, handle, lambda tx, account_id: moderation.lift(tx, None, account_id, "unsilence"))


@app.command()
def approve(handle: Handle, data: Data = HERE) -> None:
    """Accepte une inscription en attente."""
    _stand(data, handle, lambda tx, account_id: moderation.approve(tx, None, account_id))


@app.command()
def reject(handle: Handle, data: Data = HERE) -> None:
    """Refuse une inscription en attente : le compte est effacé."""
    _part(data, handle, lambda tx, account_id: moderation.reject(tx, None, account_id))


@app.command()
def erase(handle: Handle, data: Data = HERE) -> None:
    """Efface un compte pour de bon : messages, médias, liens ; les fils restent entiers."""
    _part(data, handle, lambda tx, account_id: moderation.erase(tx, None, account_id))


@app.command()
def invite(
    uses: Annotated[int, typer.Option(help="Nombre d'usages.", min=1, max=1000)] = 1,
    days: Annotated[int, typer.Option(help="Jours de validité.", min=1, max=365)] = 14,
    data: Data = HERE,
) -> None:
    """Donne un code d'invitation, seul sur sa ligne."""

    async def act(tx: Tx) -> str:
        return await accounts.create_invitation(tx, None, uses, days)

    print(in_house(data, act))


@app.command()
def reports(host: Annotated[str, typer.Option("--as", help="Pseudonyme de l'hôte.")], data: Data = HERE) -> None:
    """Liste les signalements ouverts, un par ligne."""

    async def act(tx: Tx) -> list[str]:
        found = (await moderation.open_reports(tx, await _id(tx, host), Page(100))).items
        people = await accounts.load(tx, [one.target_id for one in found])
        return [
            f"{one.id}  {one.created_at:%Y-%m-%d}  @{people[one.target_id].handle}  {one.category}  {one.comment}"
            for one in found
        ]

    print("\n".join(in_house(data, act)) or "Aucun signalement ouvert.")


@app.command()
def resolve(report: int, host: Annotated[str, typer.Option("--as", help="Pseudonyme de l'hôte.")], data: Data = HERE) -> None:
    """Clôt un signalement."""

    async def act(tx: Tx) -> None:
        await moderation.resolve(tx, await _id(tx, host), report)

    in_house(data, act)
    print(f"Signalement clos : {report}")


@app.command()
def journal(
    last: Annotated[int, typer.Option(help="Combien d'actes.", min=1, max=1000)] = 50,
    data: Data = HERE,
) -> None:
    """Lit le journal de modération : quand, qui, quoi, envers qui, pourquoi."""

    async def act(tx: Tx) -> list[str]:
        found = (await moderation.read_journal(tx, None, Page(last))).items
        return [
            f"{one.created_at.isoformat(' ', 'minutes')}  {f'@{one.host}' if one.host else '—'}  {one.act}  "
            f"{f'@{one.target}' if one.target else one.subject or one.target_id or ''}  {one.reason}".rstrip()
            for one in found
        ]

    print("\n".join(in_house(data, act)) or "Le journal est vide.")


def _taking(measure: Measure, reason: str) -> Callable[[Tx, int], Awaitable[None]]:
    return lambda tx, account_id: moderation.decide(tx, None, account_id, Decision(measure, reason))


def _part(data: Path, handle: str, act: Callable[[Tx, int], Awaitable[list[str]]]) -> None:
    """Let somebody go, then erase the files that were theirs alone."""

    async def run(tx: Tx) -> list[str]:
        return await act(tx, await _id(tx, handle))

    blobs = Blobs(load(data=str(data)).blobs)
    for key in in_house(data, run):
        blobs.drop(key)
    print(f"Fait : {handle}")


def _stand(data: Path, handle: str, act: Callable[[Tx, int], Awaitable[object]]) -> None:
    async def run(tx: Tx) -> None:
        await act(tx, await _id(tx, handle))

    in_house(data, run)
    print(f"Fait : {handle}")
