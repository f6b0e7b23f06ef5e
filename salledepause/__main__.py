"""The command line: demo, serve, web, work, migrate, and the hosts' gestures under `admin`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from salledepause import supervise
from salledepause.commands import admin
from salledepause.demo import load as load_demo
from salledepause.demo import sign_ins
from salledepause.kernel import logs
from salledepause.kernel.config import BadSettings, Settings, load
from salledepause.kernel.errors import Refusal
from salledepause.kernel.migrate import BadMigration

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Salle de pause : la salle de pause des gens du soin.")
app.add_typer(admin.app, name="admin", help="Les gestes des hôtes, aussi pendant que le serveur tourne.")

Data = Annotated[Path, typer.Option(help="Dossier des données.", envvar="SALLEDEPAUSE_DATA")]
Port = Annotated[int, typer.Option(help="Port d'écoute.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Adresse d'écoute.")]
Workers = Annotated[int, typer.Option(help="Processus web.", min=1, max=64)]


@app.command()
def demo(data: Data = Path("data"), port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = 2) -> None:
    """Remplit une communauté fictive, puis sert la salle sur cette machine."""
    settings = _settings(data, port)
    given = bool(settings.database_url)
    up = supervise.standing(settings)
    try:
        supervise.run_once(up, load_demo)
        supervise.serve(up, host=host, port=port, workers=workers, ready=lambda: _welcome(up, sign_ins()))
    finally:
        supervise.put_down(settings, given=given)


@app.command()
def serve(data: Data = Path("data"), port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = 2) -> None:
    """Sert la salle : base embarquée (ou DATABASE_URL), processus web et tâches de fond."""
    settings = _settings(data, port)
    given = bool(settings.database_url)
    up = supervise.standing(settings)
    try:
        supervise.serve(up, host=host, port=port, workers=workers, ready=lambda: _welcome(up, []))
    finally:
        supervise.put_down(settings, given=given)


@app.command()
def web(data: Data = Path("data"), port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = 2) -> None:
    """Sert les processus web seuls (installation à plusieurs machines ; DATABASE_URL est requis)."""
    supervise.web(_with_database(_settings(data, port)), host=host, port=port, workers=workers)


@app.command()
def work(data: Data = Path("data")) -> None:
    """Fait les tâches de fond (installation à plusieurs machines ; DATABASE_URL est requis)."""
    supervise.work(_with_database(load(data=str(data))))


@app.command()
def migrate(data: Data = Path("data")) -> None:
    """Met la base à jour, sans servir."""
    settings = load(data=str(data))
    given = bool(settings.database_url)
    supervise.standing(settings)
    supervise.put_down(settings, given=given)
    print("La base est à jour.")


def _settings(data: Path, port: int) -> Settings:
    """Return the settings; on loopback the domain follows the port unless it was chosen."""
    overrides: dict[str, Any] = {"data": str(data)}
    settings = load(**overrides)
    if settings.domain == Settings.__struct_defaults__[1 if False else Settings.__struct_fields__.index("domain")]:
        settings = load(**overrides, domain=f"127.0.0.1:{port}")
    return settings


def _with_database(settings: Settings) -> Settings:
    if not settings.database_url:
        raise BadSettings("DATABASE_URL manque : « web » et « work » demandent une base déjà servie.")
    return settings


def _welcome(settings: Settings, people: list[tuple[str, str]]) -> None:
    print(f"La salle est ouverte : {settings.origin}", flush=True)
    for handle, password in people:
        print(f"  Connexion : {handle} / {password}", flush=True)
    print("Ctrl-C pour fermer.", flush=True)


def run() -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    logs.configure()
    try:
        app()
    except (Refusal, BadSettings, BadMigration, RuntimeError) as refusal:
        print(f"salledepause : {refusal}", file=sys.stderr)
        raise SystemExit(1) from refusal


if __name__ == "__main__":
    run()
