"""A real server in its own processes, as `salledepause serve` starts it, for tests that kill, stream or browse."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.process import WORKERS, free_port
from salledepause.kernel import embedded
from tests.support import commands, ground

START = 120
"""Seconds that a server may take to stand, on a machine that does much else."""
END = 60
"""Seconds that it may take to stop."""
ANSWER = 30
"""Seconds that it may take to answer."""
PAUSE = 0.02


class Server:
    """One running installation: its address, its processes, its database, its log."""

    def __init__(
        self, data: Path, port: int, settings: dict[str, str], words: Sequence[str] = ("serve",), patience: float = START
    ) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        data.mkdir(parents=True, exist_ok=True)
        self.log = data / "server.log"
        self._words = words
        self._patience = patience
        self.figures = ""
        self.environment = clean() | {"SALLEDEPAUSE_RATE_LIMIT": "0", "SALLEDEPAUSE_DOMAIN": f"127.0.0.1:{port}"} | settings
        self.process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        """Address of its database, also while it is stopped."""
        return embedded.start(self.data)

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        try:
            await self.answers()
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise

    def launch(self) -> None:
        """Start it without waiting."""
        command = [sys.executable, "-m", "salledepause", *self._words, "--data", str(self.data), "--port", str(self.port)]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output, start_new_session=True)

    async def answers(self) -> None:
        """Wait until it answers, by each of its web processes: the first one to listen tells nothing of the others."""
        last = time.monotonic() + self._patience
        async with self.client() as client:
            while time.monotonic() < last:
                assert self.process.poll() is None, f"the server stopped while starting\n{self.log.read_text()}"
                if await _healthy(client) and self.whole():
                    return
                await asyncio.sleep(PAUSE)
        raise AssertionError(f"the server does not answer\n{self.log.read_text()}")

    def whole(self) -> bool:
        """Tell whether all its processes are there, and each that answers somebody takes connections."""
        web = int(self._words[self._words.index("--workers") + 1]) if "--workers" in self._words else WORKERS
        figures = int(self.environment.get("SALLEDEPAUSE_METRICS_PORT", "0"))
        wanted = {"web": (web, self.port), "figures": (bool(figures), figures), "work": (self._words[0] != "web", 0)}
        for kind, (number, port) in wanted.items():
            found = self.processes(kind)
            if len(found) != number or not all(not port or port in listening(one) for one in found):
                return False
        return True

    def client(self, timeout: float = ANSWER, **more: Any) -> httpx.AsyncClient:
        """Return a client that waits for answers as long as a busy machine may take."""
        return httpx.AsyncClient(base_url=self.url, timeout=timeout, **more)

    async def stop(self) -> None:
        """Stop it and its database."""
        if self.process.poll() is None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait, END)
        embedded.stop(self.data)

    @asynccontextmanager
    async def again(self) -> AsyncIterator[None]:
        """Start it once more for a block."""
        await self.start()
        yield

    def processes(self, kind: str) -> list[psutil.Process]:
        """Return its living processes of a kind: `web`, `work`, `figures`."""
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return [child for child in children if lives(child, f"salle-{kind}")]

    def web_processes(self) -> list[psutil.Process]:
        """Return its living web processes."""
        return self.processes("web")

    async def kill(self, *victims: psutil.Process) -> None:
        """Kill processes of one kind; return when they are gone and as many others stand in their place."""
        (kind,) = {victim.name().removeprefix("salle-").split("-")[0] for victim in victims}
        standing = len(self.processes(kind))
        for victim in victims:
            victim.kill()
        last = time.monotonic() + self._patience
        while any(lives(victim) for victim in victims) or len(self.processes(kind)) < standing:
            assert time.monotonic() < last, f"nobody took the place of those killed\n{self.log.read_text()}"
            await asyncio.sleep(PAUSE)

    async def admin(self, *words: str) -> str:
        """Run an admin command beside it; return what it prints."""
        done = await self.run("admin", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    async def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run any command on its data; return how it ended and what it said."""
        return await asyncio.to_thread(commands.done, (*words, "--data", str(self.data)), self.environment, START)

    async def person(self, handle: str) -> str:
        """Make an account through the API, as an app does; return its token."""
        async with self.client() as client:
            app = (
                await client.post("/api/v1/apps", json={"client_name": "essai", "redirect_uris": OOB, "scopes": SCOPES})
            ).json()
            grant = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
            token = (await client.post("/oauth/token", json=grant | {"scope": SCOPES, "redirect_uri": OOB})).json()[
                "access_token"
            ]
            form = {
                "username": handle,
                "password": "une longue nuit tranquille",
                "agreement": True,
                "locale": "fr",
                "email": "x@y.z",
            }
            answer = await client.post("/api/v1/accounts", json=form, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            return str(answer.json()["access_token"])


OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = "read write follow push"


def clean() -> dict[str, str]:
    """Return the environment without any setting of the house."""
    return {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("SALLEDEPAUSE_")}


async def _healthy(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).status_code == 200
    except httpx.HTTPError:
        return False


def lives(process: psutil.Process, name: str = "") -> bool:
    """Tell whether a process, of a name that begins like this, is neither gone nor waiting for its parent to hear that it is."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE and process.name().startswith(name)
    except psutil.NoSuchProcess:
        return False


def listening(process: psutil.Process) -> set[int]:
    """Return the ports at which a process takes connections, none when it has just ended."""
    try:
        return {one.laddr.port for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN}
    except psutil.NoSuchProcess:
        return set()


@asynccontextmanager
async def serving(data: Path, **settings: str) -> AsyncIterator[Server]:
    """Run a server for a block, on a database that was made before; `Server` alone makes its own, as at somebody's."""
    server = Server(data, free_port(), settings)
    if "DATABASE_URL" not in settings:
        await asyncio.to_thread(ground.lay, data)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
