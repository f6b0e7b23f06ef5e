"""Keeps the house standing: database, web processes and job worker, started together, brought back, stopped in order."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from prometheus_client import CollectorRegistry, start_http_server, values
from prometheus_client.multiprocess import MultiProcessCollector

from salledepause.entrance import Entrance, Parting
from salledepause.kernel import embedded, locks
from salledepause.kernel.config import Settings
from salledepause.kernel.crew import SIGNALS, Crew, Duty, give_way
from salledepause.kernel.doors import LINE, Door
from salledepause.kernel.embedded import NoDatabase
from salledepause.kernel.marks import Marks
from salledepause.kernel.migrate import migrate
from salledepause.kernel.relay import LEAVE, Relay, Roll, command
from salledepause.kernel.tallies import Tallies
from salledepause.main import application, preload, site_of, streams_apart, streams_socket, with_doors_open
from salledepause.surfaces import secrecy

T = TypeVar("T")

ALONE = {"127.0.0.1", "::1", "localhost"}
"""Addresses at which only this machine comes in."""
PAUSE = 0.2
"""Seconds between two looks at the signals and the database."""
LINGER = 3.0
"""Seconds that a process that leaves gives those it talks with to ask once more, and be told to ask another."""
DRAIN = 8.0
"""Seconds that processes told to stop have to finish what they accepted."""
THROUGH_OURS: dict[str, Any] = {"formatters": {}, "handlers": {}, "loggers": {}}
"""How the HTTP server logs: not by itself, so that its lines are ours."""


class Occupied(RuntimeError):
    """Somebody else is at this place; the message says where."""


class Place(NamedTuple):
    """Where a house answers, and with how many web processes."""

    host: str
    port: int
    workers: int


@contextmanager
def standing(settings: Settings) -> Iterator[Settings]:
    """Lend settings whose database answers and is up to date, for a block; the embedded one starts where no other is given.

    Raises NoDatabase, BadMigration.
    """
    with _database(settings) as url:
        migrate(url)
        yield msgspec.structs.replace(settings, database_url=url)


def reached(settings: Settings) -> Settings:
    """Return settings whose given database answers. Raises NoDatabase."""
    if not settings.database_url:
        message = "DATABASE_URL manque : « web » et « work » demandent une base déjà servie."
        raise NoDatabase(message)
    embedded.reach(settings.database_url)
    return settings


@contextmanager
def taken(settings: Settings, place: Place, relay: Relay) -> Iterator[None]:
    """Be the one server of a data folder and of a port for a block, unless a house before left both. Raises Occupied."""
    with locks.alone_or_not(settings.data / "serving.lock", relay.left.lock) as ours:
        if ours is None:
            message = f"Un serveur tourne déjà sur le dossier {settings.data} : arrêtez-le, ou donnez un autre --data."
            raise Occupied(message)
        relay.word.lock = ours
        with _held(place, place.port, relay, left=bool(relay.left.doors)):
            yield


def serve(settings: Settings, place: Place, relay: Relay, ready: Callable[[], None]) -> None:
    """Serve until told to stop: N web processes and one job worker; `ready` runs once the first page answers."""
    marks = Marks()
    preload()
    own = settings.data if settings.database_url == embedded.address(settings.data) else None
    with with_streams(settings, place, relay) as told:
        duties = [*web_duties(told, place, marks, relay), Duty("salle-work", work, (told, marks))]
        _keep(duties, settings, relay, Opening(lambda: _answers(place), ready), own)


def web(settings: Settings, place: Place, relay: Relay) -> None:
    """Serve the web processes alone, for installations of several machines. Raises Occupied."""
    with _held(place, place.port, relay, left=bool(relay.left.doors)), with_streams(settings, place, relay) as told:
        preload()
        _keep(web_duties(told, place, Marks(), relay), settings, relay, Opening(lambda: False, lambda: None))


def work(settings: Settings, marks: Marks | None = None) -> None:
    """Run the job worker until told to stop."""

    async def run() -> None:
        site = site_of(settings, marks, worker=True)
        async with site.db, secrecy.answering(site):
            working = asyncio.create_task(site.jobs.run())
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # in a crew, Ctrl-C is for the parent
                    asyncio.get_running_loop().add_signal_handler(number, working.cancel)
            with suppress(asyncio.CancelledError):
                await working

    uvloop.run(run())


def run_once(settings: Settings, act: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """Do something with the database up, whether or not a server runs beside. Raises NoDatabase, BadMigration."""
    with standing(settings) as up:
        return uvloop.run(act(up))


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url:
        embedded.reach(settings.database_url)
        yield settings.database_url
        return
    with embedded.lent(settings.data) as url:
        yield url


class Opening(NamedTuple):
    """How one sees that a house answers, and what is done then."""

    answers: Callable[[], bool]
    ready: Callable[[], None]


def _keep(duties: list[Duty], settings: Settings, relay: Relay, opens: Opening, own: Path | None = None) -> None:
    """Keep a crew, and the embedded database of folder `own`, until told to stop, or to become the next house."""
    told: list[int] = []
    for number in SIGNALS:
        signal.signal(number, lambda number, _: told.append(number))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # an open stream is a file, and a thousand is the usual limit
    give_way()
    crew = Crew(duties)
    relay.heed()
    check = command("migrate", "--data", str(settings.data))
    opening = True
    while not told:
        crew.tend(PAUSE / 10 if opening else PAUSE)
        if opening and opens.answers():
            opening = False
            opens.ready()
        if own:
            embedded.revive(own)
        if relay.tend(len(crew.doors), check):
            relay.word.doors, relay.word.crew = [door.number for door in crew.doors], crew.numbers()
            relay.hand_on()
    relay.end()
    crew.stop(DRAIN)


@contextmanager
def with_streams(settings: Settings, place: Place, relay: Relay) -> Iterator[Settings]:
    """Hold the port of streams for a block, and lend settings that name it. Raises Occupied.

    Where nobody chose one and the house is this machine's alone, it is any free one: whoever reads the house's address reads this
    one too, by the same way. Anywhere else something may stand between that lets only the main port through.
    """
    alone = settings.at_home and place.host in ALONE and not settings.streaming_url
    if not settings.streaming_port and not alone:
        yield settings
        return
    if settings.streaming_port == place.port:
        message = f"Le port {place.port} ne peut servir deux fois : choisissez un autre streaming_port."
        raise Occupied(message)
    port = settings.streaming_port
    alone_there = _held(place, port, relay, left=relay.left.streams >= 0) if port else nullcontext()
    with alone_there, _streams(place, port, relay) as held:  # bound, and deaf: the web processes listen
        relay.word.streams = held.fileno()
        yield msgspec.structs.replace(settings, streaming_port=held.getsockname()[1])


def _streams(place: Place, port: int, relay: Relay) -> socket.socket:
    """Return the socket that keeps the port of streams: the one that the house before left, where it is the port wanted."""
    if relay.left.streams >= 0:
        left = socket.socket(fileno=relay.left.streams)
        if port in {0, left.getsockname()[1]}:
            return left
        left.close()
    return streams_socket(place.host, port)


class Stand(NamedTuple):
    """Where a web process stands: its door, and where it says that it is there."""

    door: Door
    roll: Roll


def web_duties(settings: Settings, place: Place, marks: Marks, relay: Relay) -> list[Duty]:
    """Return what the web processes of a host do, and the one that tells their figures where somebody asked for it."""
    folder = _figures(settings)
    shared = marks, Tallies()
    left = [*relay.left.doors, *[-1] * place.workers]
    doors = [Door(place.host, place.port, number) for number in left[: place.workers]]
    for number in relay.left.doors[place.workers :]:
        os.close(number)
    duties = [
        Duty(f"salle-web-{number}", _web, (settings, place, folder, shared, Stand(door, relay.roll)), door)
        for number, door in enumerate(doors, 1)
    ]
    return [*duties, Duty("salle-figures", _tell_figures, (settings.metrics_port, folder))] if folder else duties


def _web(settings: Settings, place: Place, figures: Path | None, shared: tuple[Marks, Tallies], stand: Stand) -> None:
    """Be one web process, and share with the others of this host what must be."""
    if figures:
        _share_figures(figures)
    uvloop.run(_serve_pages(settings, place, shared, stand))


async def _serve_pages(settings: Settings, place: Place, shared: tuple[Marks, Tallies], stand: Stand) -> None:
    """Open the house, then its doors; a house that cannot be opened ends the process, and is tried again by the crew.

    The server is not told of the lifespan: it would serve a house that did not open, and hear no signal while one opens.
    """
    app = application(settings, *shared)
    doors = Parting(with_doors_open(app))
    server = Entrance(
        doors,
        address=place.host,
        port=place.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        log_level=LogLevels.error,
        log_dictconfig=THROUGH_OURS,
        backlog=LINE,  # beyond as many open connections it takes no more: an open page is one
    )
    server.door = stand.door
    loop = asyncio.get_running_loop()

    def leave() -> None:
        stand.door.turn_away()
        doors.leaving = True
        loop.call_later(LINGER, signal.raise_signal, signal.SIGTERM)

    async with app.lifespan_context(app), streams_apart(doors, place.host, settings.streaming_port) as shut:
        signal.signal(signal.SIGTERM, lambda *_: (loop.call_soon_threadsafe(shut), loop.call_soon_threadsafe(server.stop)))
        signal.signal(LEAVE, lambda *_: loop.call_soon_threadsafe(leave))
        stand.roll.here()
        await server.serve()


def _figures(settings: Settings) -> Path | None:
    """Return an empty folder in which web processes share their figures; `None` when nobody asked for them."""
    if not settings.metrics_port:
        return None
    folder = settings.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _share_figures(folder: Path) -> None:
    """Keep this process's figures in files that the others read (prometheus_client, «Multiprocess Mode»).

    The library chooses when it is imported, which was before anybody read the settings: it is told again, here.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def _tell_figures(port: int, folder: Path) -> None:
    """Be the process that answers Prometheus: the figures of all web processes together."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    start_http_server(port, addr="127.0.0.1", registry=registry)
    signal.pause()


@contextmanager
def _held(place: Place, port: int, relay: Relay, *, left: bool) -> Iterator[None]:
    """Be the one house at a port for a block, also while nobody listens yet. Raises Occupied.

    The web processes share their port, and would share it with strangers too. Who listens is found by binding; a house that has
    not opened yet, by the name that it holds. `left`: the house before has the port, and listens.
    """
    name = f"salledepause {place.host} {port}"
    with ExitStack() as held:
        try:
            relay.word.names[name] = held.enter_context(locks.named(name, relay.left.names.get(name, -1)))
            if not left:
                _probe(place.host, port)
        except OSError as error:
            asked = "--port" if port == place.port else "streaming_port"
            message = f"Impossible d'écouter sur {place.host}:{port} ({error.strerror}) : choisissez un autre {asked}."
            raise Occupied(message) from error
        yield


def _probe(host: str, port: int) -> None:
    """Raise OSError when somebody listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _answers(place: Place) -> bool:
    host = "127.0.0.1" if place.host in {"0.0.0.0", "::"} else place.host  # noqa: S104 - compared, not bound
    connection = HTTPConnection(host, place.port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
