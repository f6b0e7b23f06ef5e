"""What a community does at random, through two processes of a host, for tests that compare what each process then answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

import pytest

from salledepause.features import accounts
from salledepause.kernel.config import Settings
from salledepause.kernel.marks import Marks
from tests.support.house import House, Person
from tests.support.recorder import Recorder

PROBES = 6
NAMES = ("ines", "jean", "kim", "lou", "max")
AUDIENCES = ("public", "public", "unlisted", "private", "direct")
POLICIES = ("public", "public", "followers", "nobody")
GESTURES = ("favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin")
TIES = ("follow", "follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_from_followers")
LISTS = (
    "timelines/home",
    "timelines/public",
    "timelines/tag/nuit",
    "bookmarks",
    "favourites",
    "notifications",
    "notifications?types[]=favourite",
)


class World:
    """Two processes of a host, one of another host, and one that remembers nothing: the oracle."""

    def __init__(self, seed: int, houses: list[House], people: list[Person]) -> None:
        self.random = Random(seed)  # noqa: S311 - a history to replay, no secret
        self.near, self.far, self.oracle = houses[:2], houses[2], houses[3]
        self.people = people
        self.posts: list[str] = []
        self.quotes: list[tuple[str, str]] = []
        self.lists: dict[int, str] = {}

    async def act(self) -> str:
        """Do something at random through one of the two processes; return what."""
        house, who = self.random.choice(self.near), self.random.choice(self.people)
        name = self.random.choice(
            (
                "say",
                "say",
                "quote",
                "quote",
                "consent",
                "filter",
                "gesture",
                "gesture",
                "gesture",
                "tie",
                "tie",
                "edit",
                "erase",
                "self",
                "stand",
            )
        )
        await getattr(self, f"_{name}")(house, who)
        return f"{name} by {who.handle}"

    async def _say(self, house: House, who: Person) -> None:
        text = self.random.choice(("Bonsoir #nuit", "Qui veille ?", f"@{self.random.choice(NAMES)} courage", "On tient #jour"))
        body: dict[str, Any] = {"status": f"{text} {self.random.random()}", "visibility": self.random.choice(AUDIENCES)}
        body["quote_approval_policy"] = self.random.choice(POLICIES)
        if self.posts and self.random.random() < 0.4:
            body["in_reply_to_id"] = self.random.choice(self.posts)
        made = await house.call("POST", "/api/v1/statuses", who, json=body)
        if made.status_code == 200:
            self.posts.append(made.json()["id"])

    async def _gesture(self, house: House, who: Person) -> None:
        if self.posts:
            made = await house.call(
                "POST", f"/api/v1/statuses/{self.random.choice(self.posts)}/{self.random.choice(GESTURES)}", who
            )
            if made.status_code == 200 and made.json()["reblog"]:
                self.posts.append(made.json()["id"])

    async def _tie(self, house: House, who: Person) -> None:
        other = self.random.choice(self.people)
        await house.call("POST", f"/api/v1/accounts/{other.id}/{self.random.choice(TIES)}", who)
        if who.id in self.lists:
            verb = self.random.choice(("POST", "DELETE"))
            body = {"account_ids": [str(other.id)]}
            await house.call(verb, f"/api/v1/lists/{self.lists[who.id]}/accounts", who, json=body)

    async def _quote(self, house: House, who: Person) -> None:
        if self.posts:
            body = {"status": f"Lisez #nuit {self.random.random()}", "quoted_status_id": self.random.choice(self.posts)}
            made = await house.call("POST", "/api/v1/statuses", who, json=body | {"visibility": self.random.choice(AUDIENCES)})
            if made.status_code == 200:
                self.posts.append(made.json()["id"])
                self.quotes.append((body["quoted_status_id"], made.json()["id"]))

    async def _consent(self, house: House, who: Person) -> None:
        closed = {"closed": self.random.random() < 0.2}
        policy = {"quote_approval_policy": self.random.choice(POLICIES), "salledepause": closed}
        for post in self.posts[-12:]:
            await house.call("PUT", f"/api/v1/statuses/{post}/interaction_policy", who, json=policy)
        if self.quotes:
            post, quoting = self.random.choice(self.quotes)
            await house.call("POST", f"/api/v1/statuses/{post}/quotes/{quoting}/revoke", who)

    async def _filter(self, house: House, who: Person) -> None:
        held = (await house.call("GET", "/api/v2/filters", who)).json()
        if isinstance(held, list) and held and self.random.random() < 0.5:
            await house.call("DELETE", f"/api/v2/filters/{held[0]['id']}", who)
            return
        words = [{"keyword": self.random.choice(("nuit", "courage", "tient"))}]
        body = {"title": "Repos", "context": ["home"], "keywords_attributes": words}
        made = (await house.call("POST", "/api/v2/filters", who, json=body)).json()
        if self.posts and "id" in made:
            await house.call("POST", f"/api/v2/filters/{made['id']}/statuses", who, json={"status_id": self.posts[-1]})

    async def _edit(self, house: House, who: Person) -> None:
        if self.posts:
            body = {"status": f"Corrigé #nuit {self.random.random()}"}
            await house.call("PUT", f"/api/v1/statuses/{self.random.choice(self.posts)}", who, json=body)

    async def _erase(self, house: House, who: Person) -> None:
        if self.posts:
            await house.call("DELETE", f"/api/v1/statuses/{self.random.choice(self.posts)}", who)

    async def _self(self, house: House, who: Person) -> None:
        await house.call("POST", "/api/v1/notifications/clear", who)
        body = {"display_name": f"{who.handle} {self.random.random()}"[:30]}
        await house.call("PATCH", "/api/v1/accounts/update_credentials", who, json=body)

    async def _stand(self, house: House, who: Person) -> None:
        act = self.random.choice((accounts.suspend, accounts.restore, accounts.restore, accounts.silence, accounts.unsilence))
        async with house.site.db.transaction() as tx:
            await act(tx, who.id)

    def probes(self) -> list[tuple[Person | None, str]]:
        """Return some questions, each by somebody or by a visitor."""
        paths = [self.random.choice(LISTS) for _ in range(PROBES // 2)]
        paths += [f"accounts/{self.random.choice(self.people).id}/statuses?{self.random.choice(('', 'pinned=true'))}"]
        if self.posts:
            recent = self.random.choice(self.posts[-8:])
            paths += [f"statuses/{recent}", f"statuses/{recent}/context"]
        paths += [f"statuses/{quoting}" for _, quoting in self.quotes[-2:]]
        asked = [(self.random.choice([*self.people, None]), path) for path in paths]
        return [*asked, *((one, f"timelines/list/{self.lists[one.id]}") for one in self.people[:1])]


@asynccontextmanager
async def four_processes(settings: Settings, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[House]]:
    """Open two processes of a host, one of another host, and one that remembers nothing."""
    shared = Marks()
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(House.opened(settings, recorder, marks)) for marks in (shared, shared, None, None)
        ]
        monkeypatch.setattr(opened[3].site.windows, "recall", lambda _: None)
        yield opened
