"""A server that a desk's bot asks, when it is slow, tired, mistaken or hostile: a fake one, on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salledepause.features import desks
from salledepause.features.desks import Round
from salledepause.features.desks.distant import Distant, rests_until
from salledepause.features.desks.elsewhere_store import Letter
from salledepause.kernel import clock, net
from salledepause.kernel.errors import Forbidden, Unauthenticated, Unavailable
from salledepause.kernel.net import Reply
from tests.support.house import House

INSTANCE = {"version": "4.5.0", "configuration": {"statuses": {"max_characters": 500}, "urls": {"streaming": ""}}}
ME = {"id": "1", "acct": "redit", "bot": True}
NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


class Fake:
    """Answers by path what it is told to, each once in order, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.url = ""
        self.on("/api/v2/instance", INSTANCE)
        self.on("/api/v1/accounts/verify_credentials", ME)

    def on(self, path: str, said: Any, status: int = 200, **headers: str) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.answers.setdefault(path, []).append((status, {name.replace("_", "-"): one for name, one in headers.items()}, body))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        self.bodies.append(await reader.readexactly(size))
        path = head.split(" ")[1]
        self.asked.append(path)
        known = self.answers.get(path.partition("?")[0], [(404, {}, b"<html>no</html>")])
        status, headers, body = known.pop(0) if len(known) > 1 else known[0]
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    made = Fake()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made


@asynccontextmanager
async def asking(fake: Fake) -> AsyncIterator[Distant]:
    async with net.talk(fake.url, "jeton") as talk:
        yield Distant(fake.url, talk)


def status(number: int, text: str, **more: Any) -> dict[str, Any]:
    author = {"id": f"9{number}", "acct": more.pop("acct", f"lea{number}"), "bot": False}
    at = clock.iso(clock.now())
    return {"id": str(number), "account": author, "created_at": at, "visibility": "public", "content": text} | more


def wrong(fake: Fake, path: str, said: Any, status: int = 200, **headers: str) -> None:
    fake.answers[path] = []
    fake.on(path, said, status, **headers)


ME_PATH = "/api/v1/accounts/verify_credentials"
BREAKS: list[Callable[[Fake], None]] = [
    lambda fake: wrong(fake, ME_PATH, b"x" * (net.LARGEST + 1)),
    lambda fake: wrong(fake, ME_PATH, b"", 301, Location="http://169.254.169.254/"),
    lambda fake: wrong(fake, ME_PATH, b"[" * 200_000),
    lambda fake: wrong(fake, ME_PATH, {"id": "../../oauth", "acct": "redit"}),
    lambda fake: wrong(fake, ME_PATH, {"id": "1", "acct": "redit @tous"}),
    lambda fake: wrong(fake, ME_PATH, b"<html>", 502),
    lambda fake: wrong(fake, "/api/v2/instance", {"nodes": []}),
]


@pytest.mark.parametrize("broken", BREAKS)
async def test_what_is_not_as_mastodon_is_refused_in_a_sentence(fake: Fake, broken: Callable[[Fake], None]) -> None:
    broken(fake)
    async with asking(fake) as distant:
        with pytest.raises(Unavailable):
            await distant.meet()
    assert all(path.startswith("/api/v") for path in fake.asked)


async def test_a_server_asks_to_wait_and_is_waited_for(fake: Fake) -> None:
    fake.answers[ME_PATH] = []
    fake.on(ME_PATH, {}, 429, Retry_After="0.05")
    fake.on(ME_PATH, {}, 429, X_RateLimit_Reset=clock.iso(clock.now() - timedelta(seconds=9)))
    fake.on(ME_PATH, ME)
    fake.on("/api/v1/statuses", {"error": "This action is outside the authorized scopes"}, 403)
    fake.on("/api/v1/statuses", {}, 401)
    async with asking(fake) as distant:
        assert (await distant.meet()).acct == "redit"
        assert fake.asked.count(ME_PATH) == 3
        with pytest.raises(Forbidden):
            await distant.post(Letter("x", "direct"), "1", "k")
        with pytest.raises(Unauthenticated):
            await distant.post(Letter("x", "direct"), "1", "k")
        with pytest.raises(net.Shut):
            _ = [one async for one in distant._talk.listen("http://localhost.evil.example/")]  # noqa: SLF001 - where a stream may lead


@pytest.mark.parametrize(
    ("code", "headers", "seconds"),
    [
        (200, {}, 0), (200, {"X-RateLimit-Remaining": "12"}, 0), (429, {"Retry-After": "7"}, 7), (429, {}, 1),
        (200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-11-30T04:01:00.000Z"}, 60),
        (429, {"Retry-After": "nan"}, 1), (429, {"Retry-After": "1e99"}, 1), (429, {"X-RateLimit-Reset": "demain"}, 1),
    ],
)  # fmt: skip
def test_until_when_nothing_is_asked(code: int, headers: dict[str, str], seconds: int) -> None:
    assert rests_until(Reply(code, headers, b""), NOW) == NOW + timedelta(seconds=seconds)


async def test_what_strangers_write_is_plain_text_and_only_what_can_be_read_is(house: House, fake: Fake) -> None:
    owner = await house.person("dir_fausse")
    desk = int((await house.post("/api/salledepause/v1/desks", owner, name="Direction"))["id"])
    hostile = (
        '<p><span><a href="//x">@redit</a></span> Pourquoi <script>alert(1)</script><b onclick="x">lui&nbsp;\u202e?</b>\u0000</p>'
    )
    good = [
        {"id": "8\n", "type": "mention", "status": status(2, "Un en-tête de plus ?")},
        {"id": "7", "type": "mention", "status": status(3, hostile)},
        {"id": "6", "type": "mention", "status": status(4, "encore", acct="deux mots @tous")},
        {"id": "5", "type": "mention", "status": status(5, "je suis une machine") | {"account": ME}},
        {"id": "4", "type": "mention", "status": status(6, "trop vieux", created_at="2020-01-01T00:00:00.000Z")},
        {"id": "3", "type": "mention", "status": "rien"},
        {"id": "../2"},
        42,
    ]
    fake.on("/api/v1/notifications", good)
    fake.on("/api/v1/notifications", [])
    async with desks.bot(house.site, desk, fake.url, "jeton") as bot:
        assert await desks.look(bot) == Round(1, 0, 1)
        assert await desks.look(bot) == Round(0, 0, 1)
        assert fake.asked[-1].endswith("&min_id=7")
    ((remark,),) = [pile["remarks"] for pile in await house.get(f"/api/salledepause/v1/desks/{desk}/remarks", owner)]
    assert remark["text"] == "Pourquoi lui\u00a0?"
    assert remark["account"] == "lea3@" + fake.url.partition("://")[2]
    page = await house.call("GET", f"/remarques/{remark['id']}", owner)
    assert page.status_code in {200, 303}
    await house.post(f"/api/salledepause/v1/remarks/{remark['id']}/answer", owner, text="Phrase dite. " * 60)
    fake.on("/api/v1/statuses", {"id": "80"})
    fake.on("/api/v1/statuses", {"error": "trop long"}, 422)
    async with desks.bot(house.site, desk, fake.url, "jeton") as bot:
        assert await desks.look(bot) == Round(0, 1, 0)
    sent = [json.loads(body) for body in fake.bodies if body]
    assert [one["in_reply_to_id"] for one in sent] == ["3", "80"]
    assert all(one["visibility"] == "direct" and len(one["status"]) <= 500 for one in sent)
    assert sent[0]["status"].startswith("@lea3 Phrase dite.")


async def test_nobody_asks_without_end_and_threads_too_long_to_read_stop_nothing(house: House, fake: Fake) -> None:
    owner = await house.person("dir_patiente")
    desk = int((await house.post("/api/salledepause/v1/desks", owner, name="Direction"))["id"])
    said = [status(number, f"Et {number} ?", acct="tenace", in_reply_to_id="1") for number in range(12, 0, -1)]
    fake.on("/api/v1/notifications", [{"id": one["id"], "status": one} for one in said])
    fake.on("/api/v1/notifications", [])
    fake.on("/api/v1/statuses/12/context", b"[" * (net.LARGEST + 1))
    async with desks.bot(house.site, desk, fake.url, "jeton") as bot:
        assert await desks.look(bot) == Round(10, 0, 10)
