"""The streams of a soak: opened again whenever they are cut; what they say twice, or too late, is noted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from soak.journal import Journal
from soak.people import Life

PAUSE = 0.2
"""Seconds before a stream that was cut is opened again."""
ONCE = {"update", "notification"}
"""Events that one stream tells once of one thing."""
Heard = tuple[str, str]


async def listen(life: Life, journal: Journal, *, socket: bool) -> None:
    """Hear the `user` stream of somebody until cancelled."""
    while True:
        told = set[tuple[str, str]]()
        try:
            async for event, payload in _frames(life) if socket else _lines(life):
                hear(life, journal, told, (event, payload))
        except (httpx.TransportError, WebSocketException, OSError):
            life.done["cut"] += 1
        await asyncio.sleep(PAUSE)


def hear(life: Life, journal: Journal, told: set[tuple[str, str]], heard: Heard) -> None:
    """Note an event; `told` holds what this connection said already."""
    event, payload = heard
    life.done["heard"] += 1
    if event not in ONCE:
        return
    said = json.loads(payload)
    if (event, said["id"]) in told:
        journal.problems.append(f"a stream of {life.who.id} tells {event} {said['id']} twice")
    told.add((event, said["id"]))
    life.met(f"{event} in a stream", said.get("status") if event == "notification" else said, time.monotonic())


async def _frames(life: Life) -> AsyncIterator[Heard]:
    async with httpx.AsyncClient(base_url=life.url) as http:
        at = (await http.get("/api/v2/instance")).json()["configuration"]["urls"]["streaming"]
    async with connect(f"{at}/api/v1/streaming?stream=user&access_token={life.who.token}", proxy=None) as opened:
        async for frame in opened:
            said = json.loads(frame)
            yield said["event"], said["payload"]


async def _lines(life: Life) -> AsyncIterator[Heard]:
    headers = {"authorization": f"Bearer {life.who.token}"}
    async with (
        httpx.AsyncClient(base_url=life.url, timeout=None) as http,  # noqa: S113 (a stream lasts)
        http.stream("GET", "/api/v1/streaming/user", headers=headers) as opened,
    ):
        event = ""
        async for line in opened.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                yield event, value
