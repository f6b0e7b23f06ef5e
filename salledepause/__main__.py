"""The command line: demo, serve, web, work, migrate, and the hosts' gestures under `admin`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from salledepause import supervise
from salledepause.commands import admin, answers, archives, language
from salledepause.demo import BadScript, sign_ins
from salledepause.demo import load as load_demo
from salledepause.features import language as engine
from salledepause.kernel import logs
from salledepause.kernel.config import BadSettings, Settings, load
from salledepause.kernel.embedded import NoDatabase
from salledepause.kernel.errors import Refusal
from salledepause.kernel.migrate import BadMigration
from salledepause.kernel.relay import Relay
from salledepause.supervise import Occupied, Place

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Salle de pause : la salle de pause des gens du soin.",
)
app.add_typer(admin.app, name="admin", help="Les gestes des hôtes, aussi pendant que le serveur tourne.")
app.add_typer(language.app, name="language", help="Ce que disent les textes : jugé sur cette machine, jamais ailleurs.")
app.add_typer(answers.app, name="answers", help="Ce qui a déjà été répondu, compté une fois pour toutes.")
app.add_typer(archives.bring, name="import", help="Reprendre ce qui vient d'ailleurs, aussi pendant que le serveur tourne.")
app.add_typer(archives.leave, name="export", help="Emporter ce qui est ici, aussi pendant que le serveur tourne.")

Data = Annotated[Path, typer.Option(help="Dossier des données.", envvar="SALLEDEPAUSE_DATA")]
Port = Annotated[int, typer.Option(help="Port d'écoute.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Adresse d'écoute.")]
Workers = Annotated[int, typer.Option(help="Processus web.", min=1, max=64)]

HERE = Path("data")
LOOPBACK = "127.0.0.1"


@app.command()
def demo(data: Data = HERE, port: Port = 8000, host: Host = LOOPBACK, workers: Workers = 2) -> None:
    """Remplit une communauté fictive, puis sert la salle sur cette machine."""
    _serve(_settings(data, port), Place(host, port, workers), fictional=True)


@app.command()
def serve(data: Data = HERE, port: Port = 8000, host: Host = LOOPBACK, workers: Workers = 2) -> None:
    """Sert la salle : base embarquée (ou DATABASE_URL), processus web et tâches de fond."""
    _serve(_settings(data, port), Place(host, port, workers), fictional=False)


@app.command()
def web(data: Data = HERE, port: Port = 8000, host: Host = LOOPBACK, workers: Workers = 2) -> None:
    """Sert les processus web seuls (installation à plusieurs machines ; DATABASE_URL est requis)."""
    supervise.web(supervise.reached(_settings(data, port)), Place(host, port, workers), Relay.received())


@app.command()
def work(data: Data = HERE) -> None:
    """Fait les tâches de fond (installation à plusieurs machines ; DATABASE_URL est requis)."""
    supervise.work(supervise.reached(load(data=str(data))))


@app.command()
def migrate(data: Data = HERE) -> None:
    """Met la base à jour, sans servir."""
    with supervise.standing(load(data=str(data))):
        print("La base est à jour.")


def _serve(settings: Settings, place: Place, *, fictional: bool) -> None:
    if settings.language:
        engine.check(settings.language)
    relay = Relay.received()
    with supervise.taken(settings, place, relay), supervise.standing(settings) as up:
        if fictional:
            supervise.run_once(up, load_demo)
        supervise.serve(up, place, relay, ready=lambda: _welcome(up, sign_ins() if fictional else []))


def _settings(data: Path, port: int) -> Settings:
    """Return the settings; on loopback the domain follows the port unless it was chosen."""
    settings = load(data=str(data))
    chosen = settings.domain != Settings().domain
    return settings if chosen else load(data=str(data), domain=f"{LOOPBACK}:{port}")


def _welcome(settings: Settings, people: list[tuple[str, str]]) -> None:
    print(f"La salle est ouverte : {settings.origin}", flush=True)
    for handle, password in people:
        print(f"  Connexion : {handle} / {password}", flush=True)
    print("Ctrl-C pour fermer.", flush=True)


def run() -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    logs.configure()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        app()
    except (Refusal, BadSettings, BadMigration, BadScript, NoDatabase, Occupied) as refusal:
        print(f"salledepause : {refusal}", file=sys.stderr)
        raise SystemExit(1) from None
    except Exception:  # noqa: BLE001 - the edge: a fault is told as logs tell it, without anybody's words
        logs.fault("command.failed")
        raise SystemExit(70) from None


if __name__ == "__main__":
    run()
