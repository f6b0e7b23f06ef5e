"""A push service on loopback and the app behind it: what arrives is kept, and read as an app would read it."""

from __future__ import annotations

import asyncio
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid01, Vapid02


class Arrived(NamedTuple):
    """One message: the path it came to, its headers in small letters, its body."""

    path: str
    headers: dict[str, str]
    body: bytes


class App:
    """What an app keeps to itself: its key and its secret."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        """What it tells us of them."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": word(point), "auth": word(self._auth)}

    def read(self, one: Arrived) -> dict[str, Any]:
        """Return what a message says, by the coding that its headers name; raises when it was not for this app."""
        given: dict[str, Any] = {"private_key": self._key, "auth_secret": self._auth, "version": one.headers["content-encoding"]}
        if given["version"] == "aesgcm":
            sent = dict(part.split("=", 1) for part in one.headers["crypto-key"].split(";"))
            salt = one.headers["encryption"].removeprefix("salt=")
            given |= {"dh": data(sent["dh"]), "salt": data(salt)}
        said: dict[str, Any] = json.loads(http_ece.decrypt(one.body, **given))
        return said


class PushService:
    """Answers one status to everything."""

    def __init__(self) -> None:
        self.status = 201
        self.arrived: list[Arrived] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.arrived.append(Arrived(first.split()[1], headers, body))
        writer.write(f"HTTP/1.1 {self.status} So\r\nlocation: {self.url}/elsewhere\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """Run a push service for a block."""
    service = PushService()
    async with await asyncio.start_server(service.serve, "127.0.0.1", 0) as server:
        service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield service


def claims(one: Arrived, server_key: str) -> dict[str, Any]:
    """Return what the installation signed, once its signature is found right for its public key."""
    scheme, _, rest = one.headers["authorization"].partition(" ")
    if scheme == "vapid":
        assert Vapid02.verify(one.headers["authorization"])
        parts = dict(part.split("=", 1) for part in rest.split(","))
        token, key = parts["t"], parts["k"]
    else:
        assert scheme == "WebPush"
        token, key = rest, one.headers["crypto-key"].partition("p256ecdsa=")[2]
        assert Vapid01.verify(key, f"WebPush {token}")
    assert key == server_key.rstrip("=")
    signed: dict[str, Any] = json.loads(data(token.split(".")[1]))
    return signed


def word(raw: bytes) -> str:
    """Return bytes in URL-safe base64, unpadded as browsers write it."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def data(text: str) -> bytes:
    """Return the bytes of URL-safe base64, padded or not."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
