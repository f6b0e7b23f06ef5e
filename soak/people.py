"""The people of a soak: each does one thing after another, drawn by the seed, and writes down what was acknowledged."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, NamedTuple

from soak.client import Answer, Client, Unanswered
from soak.journal import Fact, Journal, Post

AUDIENCES = ("public", "public", "public", "unlisted", "private", "direct")
NEAR = 200
"""Latest posts that people act on."""
NAMED = 0.2
"""Share of posts that name somebody."""
MARK = re.compile(r"\d+-\d+ v\d+")


class Who(NamedTuple):
    """Somebody of the soak."""

    id: str
    handle: str
    token: str


class Life:
    """What one person does until told to stop, the last thing finished."""

    def __init__(self, url: str, who: Who, people: list[Who], journal: Journal, dice: Random) -> None:
        """Prepare; `live` begins."""
        self.who = who
        self.url = url
        self.client = Client(url, who.token)
        self.done = Counter[str]()
        self._others = [one for one in people if one is not who]
        self._journal = journal
        self._dice = dice
        self._number = 0
        self._own: list[str] = []
        self._ways: dict[Callable[[], Awaitable[None]], int] = {
            self._post: 8,
            self._answer: 4,
            self._favour: 6,
            self._boost: 3,
            self._edit: 2,
            self._erase: 2,
            self._tie: 4,
            self._quarrel: 1,
            self._read: 12,
        }

    async def live(self, over: asyncio.Event, pause: float) -> None:
        """Do things, `pause` seconds apart on average, until it is over."""
        while not over.is_set():
            way = self._dice.choices(list(self._ways), list(self._ways.values()))[0]
            try:
                await way()
            except Unanswered as error:
                self._journal.problems.append(f"never answered: {error}")
            self.done[way.__name__.removeprefix("_")] += 1
            await asyncio.sleep(self._dice.expovariate(1 / pause))

    async def _post(self) -> None:
        named = (self._dice.choice(self._others),) if self._dice.random() < NAMED else ()
        await self._publish(None, named)

    async def _answer(self) -> None:
        if parent := self._some_post():
            await self._publish(parent, ())

    async def _publish(self, parent: str | None, named: tuple[Who, ...]) -> None:
        self._number += 1
        mark = f"{self.who.id}-{self._number}"
        audience = self._dice.choice(AUDIENCES)
        text = " ".join([mark, "v0", *(f"@{one.handle}" for one in named)])
        body = {"status": text, "visibility": audience, "in_reply_to_id": parent}
        self._journal.doubtful.add(mark)
        answer = await self.client.ask("POST", "v1/statuses", body, key=mark)
        if answer.ok or not answer.again:
            self._journal.doubtful.discard(mark)
        if not answer.ok:
            return
        post_id = answer.body["id"]
        told = tuple(one.id for one in named)
        self._journal.publish(Post(post_id, self.who.id, f"{mark} v0", audience, parent, told, answer.span))
        self._own.append(post_id)

    async def _edit(self) -> None:
        if self._own:
            post = self._journal.posts[self._dice.choice(self._own[-NEAR:])]
            mark, _, version = post.mark.partition(" v")
            names = {one.id: one.handle for one in self._others}
            text = " ".join([f"{mark} v{int(version) + 1}", *(f"@{names[one]}" for one in post.named)])
            answer = await self.client.ask("PUT", f"v1/statuses/{post.id}", {"status": text})
            if self._expect(answer, "edit"):
                post.mark = f"{mark} v{int(version) + 1}"

    async def _erase(self) -> None:
        if self._own:
            post_id = self._own.pop(self._dice.randrange(len(self._own)))
            answer = await self.client.ask("DELETE", f"v1/statuses/{post_id}")
            if answer.again or self._expect(answer, "erase"):
                self._journal.posts[post_id].erased = answer.span

    async def _favour(self) -> None:
        await self._gesture("favourite", "favourite", "unfavourite")

    async def _boost(self) -> None:
        await self._gesture("boost", "reblog", "unreblog")

    async def _gesture(self, kind: str, do: str, undo: str) -> None:
        post_id = self._some_post()
        if post_id is None:
            return
        so = Fact(kind, self.who.id, post_id) not in self._journal.facts or self._dice.random() < 0.5  # noqa: PLR2004
        answer = await self.client.ask("POST", f"v1/statuses/{post_id}/{do if so else undo}")
        if answer.ok:
            self._journal.note(Fact(kind, self.who.id, post_id), answer.span, so=so)

    async def _tie(self) -> None:
        other, so = self._dice.choice(self._others), self._dice.random() < 0.7  # noqa: PLR2004
        answer = await self.client.ask("POST", f"v1/accounts/{other.id}/{'follow' if so else 'unfollow'}")
        if answer.ok:
            self._journal.note(Fact("follow", self.who.id, other.id), answer.span, so=so)

    async def _quarrel(self) -> None:
        other, so = self._dice.choice(self._others), self._dice.random() < 0.3  # noqa: PLR2004
        fact = Fact("block", self.who.id, other.id)
        with self._journal.asking(fact):
            answer = await self.client.ask("POST", f"v1/accounts/{other.id}/{'block' if so else 'unblock'}")
            if self._expect(answer, "block"):
                self._journal.note(fact, answer.span, so=so)

    async def _read(self) -> None:
        """Read a list, and note what ought not to be there."""
        other = self._dice.choice(self._others)
        paths = ("timelines/home", "timelines/public", "notifications", f"accounts/{other.id}/statuses")
        path, began = self._dice.choice(paths), time.monotonic()
        answer = await self.client.ask("GET", f"v1/{path}")
        if self._expect(answer, path) and path != paths[-1]:
            for one in answer.body:
                post = one.get("status") if path == "notifications" else one.get("reblog") or one
                self.met(path, post, began)

    def met(self, where: str, post: Any, moment: float) -> None:
        """Note what ought not to have been met at a moment."""
        if post and self._journal.gone(post["id"], moment):
            self._journal.problems.append(f"{where} of {self.who.id} shows {post['id']}, erased before")
        if post and self._journal.shunned(self.who.id, post["account"]["id"], moment):
            self._journal.problems.append(f"{where} of {self.who.id} shows {post['id']} across a block")

    def _some_post(self) -> str | None:
        recent = self._journal.open_ids[-NEAR:]
        return self._dice.choice(recent) if recent else None

    def _expect(self, answer: Answer, what: str) -> bool:
        if not answer.ok:
            self._journal.problems.append(f"{what} of {self.who.id} was refused: {answer.status} {answer.body}")
        return answer.ok
