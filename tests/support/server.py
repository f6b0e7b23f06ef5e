"""A real server in its own processes, as `salledepause serve` starts it, for tests that kill, stream or browse."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil

from salledepause.kernel import embedded

START = 30


class Server:
    """One running installation: its address, its processes, its database."""

    def __init__(self, data: Path, port: int, settings: dict[str, str]) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._environment = _clean() | {"SALLEDEPAUSE_RATE_LIMIT": "0", "SALLEDEPAUSE_DOMAIN": f"127.0.0.1:{port}"} | settings
        self.process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        """Address of its database, also while it is stopped."""
        return embedded.start(self.data)

    async def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "salledepause", "serve", "--data", str(self.data), "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)
        async with httpx.AsyncClient() as client:
            for _ in range(START * 20):
                assert self.process.poll() is None, "the server stopped while starting"
                try:
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
        raise AssertionError("the server does not answer")

    async def stop(self) -> None:
        """Stop it and its database."""
        if self.process.poll() is None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait, 20)
        embedded.stop(self.data)

    @asynccontextmanager
    async def again(self) -> AsyncIterator[None]:
        """Start it once more for a block."""
        await self.start()
        yield

    def web_processes(self) -> list[psutil.Process]:
        """Return its web processes (not the worker, which runs a command of its own)."""
        try:
            children = psutil.Process(self.process.pid).children()
            return [
                child for child in children if "work" not in child.cmdline()[-4:] and "tracker" not in " ".join(child.cmdline())
            ]
        except psutil.NoSuchProcess:
            return []

    async def admin(self, *words: str) -> str:
        """Run an admin command beside it; return what it prints."""
        command = [sys.executable, "-m", "salledepause", "admin", *words, "--data", str(self.data)]
        done = await asyncio.to_thread(subprocess.run, command, env=self._environment, capture_output=True, text=True, check=True)
        return str(done.stdout).strip()

    async def person(self, handle: str) -> str:
        """Make an account through the API, as an app does; return its token."""
        async with httpx.AsyncClient(base_url=self.url) as client:
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


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("SALLEDEPAUSE_")}


def free_port() -> int:
    """Return a port of loopback that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(data: Path, **settings: str) -> AsyncIterator[Server]:
    """Run a server for a block."""
    server = Server(data, free_port(), settings)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
