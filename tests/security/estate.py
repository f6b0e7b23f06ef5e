"""What an attacker finds: every route of the API, somebody who owns one of each thing, and a look at every row there is."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import httpx
import msgspec
from PIL import Image

from salledepause.features import accounts, announcements, moderation, red_line, safety_net, verification
from salledepause.features.accounts import Caller
from salledepause.features.moderation import Act
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.surfaces import mastodon
from salledepause.surfaces.routes import Line
from tests.mastodon.pictures import held_picture
from tests.support import doors
from tests.support.house import EVERYTHING, House, Person

LINES: list[Line] = [line for topic in mastodon.TOPICS for line in topic.ROUTES]
NAMED = [line for line in LINES if "{" in line.path]
"""Routes whose address names something."""
WRITING = [line for line in LINES if line.method != "GET"]
READING = [line for line in LINES if line.method == "GET"]

THINGS = {
    "/api/v1/accounts/{id}": "account",
    "/api/v1/suggestions/{id}": "account",
    "/api/v1/follow_requests/{id}": "request",
    "/api/v1/statuses/{id}": "status",
    "/api/v1/polls/{id}": "poll",
    "/api/v1/timelines/list/{id}": "list",
    "/api/v1/timelines/tag/{tag}": "tag",
    "/api/v1/tags/{name}": "tag",
    "/api/v1/featured_tags/{id}": "featured",
    "/api/v1/lists/{id}": "list",
    "/api/v1/collections/{id}": "collection",
    "/api/v1/media/{id}": "media",
    "/api/salledepause/v1/media/{id}": "media",
    "/api/v1/scheduled_statuses/{id}": "scheduled",
    "/api/v1/notifications/{id}": "notification",
    "/api/v1/notifications/requests/{id}": "knock",
    "/api/v2/notifications/{key}": "group",
    "/api/v2_alpha/notifications/{key}": "group",
    "/api/v1_alpha/async_refreshes/{id}": "date",
    "/api/v1/annual_reports/{year}": "date",
    "/api/v1/conversations/{id}": "conversation",
    "/api/v1/filters/{id}": "keyword",
    "/api/v2/filters/{id}": "filter",
    "/api/v2/filters/keywords/{id}": "keyword",
    "/api/v2/filters/statuses/{id}": "caught",
    "/api/v1/instance/terms_of_service/{date}": "date",
    "/api/v1/admin/accounts/{id}": "account",
    "/api/v1/admin/reports/{id}": "report",
    "/api/v1/announcements/{id}": "announcement",
    "/api/v1/admin/domain_blocks/{id}": "domain_block",
    "/api/v1/admin/domain_allows/{id}": "domain_allow",
    "/api/salledepause/v1/admin/help/calls/{id}": "help_call",
    "/api/salledepause/v1/admin/help/lines/{id}": "help_line",
    "/api/salledepause/v1/held/{id}": "withheld",
    "/api/salledepause/v1/admin/held/{id}": "withheld_of_eve",
    "/api/salledepause/v1/decisions/{id}": "decision",
    "/api/salledepause/v1/admin/appeals/{id}": "decision_of_eve",
    "/api/salledepause/v1/images/{id}": "held",
    "/api/salledepause/v1/admin/images/{id}": "held_of_eve",
    "/api/salledepause/v1/admin/refused_images/{id}": "refused_image",
    "/api/salledepause/v1/teams/{id}": "team",
    "/api/salledepause/v1/statuses/{id}": "victory",
    "/api/salledepause/v1/waves/words/{id}": "word",
    "/api/salledepause/v1/learned/{id}": "status",
    "/api/salledepause/v1/shield/sas/{id}": "waiting",
    "/api/salledepause/v1/shield/helping/{id}": "helped",
    "/api/salledepause/v1/shield/evidence/{id}": "evidence",
    "/api/salledepause/v1/duels/{id}": "friend",
    "/api/salledepause/v1/collections/{id}": "collection",
    "/api/salledepause/v1/rooms/{id}": "room",
    "/api/salledepause/v1/notices/{id}": "notice",
    "/api/salledepause/v1/doors/{id}": "door",
    "/api/salledepause/v1/doors/questions/{id}": "question",
    "/api/salledepause/v1/company/calls/{id}": "call",
    "/api/salledepause/v1/posts/{id}": "supported",
    "/api/salledepause/v1/desks/{id}": "desk",
    "/api/salledepause/v1/cards/{id}": "desk_card",
    "/api/salledepause/v1/remarks/{id}": "desk_remark",
    "/api/salledepause/v1/automated/{id}": "automated",
    "/api/salledepause/v1/automated/stopped/{id}": "stopped_desk",
    "/api/salledepause/v1/verification/proofs/{id}": "proof",
    "/api/salledepause/v1/verification/codes/{id}": "team_code",
}
"""What an address names, by its beginning."""
OWN = {
    *("request", "featured", "list", "media", "scheduled", "notification", "knock", "group", "conversation", "filter", "keyword"),
    *("caught", "held", "decision", "room", "desk_card", "desk_remark", "stopped_desk", "supported", "waiting", "helped"),
    "evidence",
}
"""Things that only their owner may know of."""


def name_of(line: Line) -> str:
    """Return a route as `GET /path`."""
    return f"{line.method} {line.path}"


def thing_of(line: Line) -> str:
    """Return what the address of a route names."""
    return THINGS[line.path[: line.path.index("}") + 1]]


def filled(line: Line, value: str) -> str:
    """Return the path of a route with a value, already percent-encoded, in its place; a second one is an emoji or the same."""
    head, _, rest = line.path.partition("{")
    tail = rest.partition("}")[2].replace("{name}", "%F0%9F%91%8D")
    return head + value + tail.replace("{quoting_status_id}", value).replace("{item}", value)


def png(size: tuple[int, int] = (20, 20)) -> bytes:
    """Return a small picture."""
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "PNG")
    return written.getvalue()


OURS = "/api/salledepause/v1"
ADMIN = (
    "/api/v1/admin/",
    "/api/v2/admin/",
    f"{OURS}/admin/",
    f"{OURS}/teams/{{id}}/merge",
    f"{OURS}/verification/proofs",
    f"{OURS}/verification/codes",
    f"{OURS}/doors/{{id}}/close",
)
"""Where hosts only may enter."""


class Estate(msgspec.Struct, frozen=True):
    """Ada owns one of each thing, Ben is her friend, Eve a stranger to both; all three may do everything through their app."""

    ada: Person
    ben: Person
    eve: Person
    things: dict[str, str]
    """The id of each thing of Ada's; `private` is a post for her followers, `direct` one for Ben."""
    host: Person
    """Keeps the house, with every scope of its administration."""

    def asker(self, line: Line) -> Person:
        """Return who asks for a route: Ada, the host where only hosts may enter, Ben to answer her call to ask at her door."""
        if line.path.endswith(("/claim", "/doors/{id}/questions")):
            return self.ben
        if name_of(line) == f"POST {OURS}/doors":
            return self.host
        return self.host if line.path.startswith(ADMIN) else self.ada

    def path(self, line: Line) -> str:
        """Return the path of a route as Ada would ask for it."""
        return filled(line, self.things[thing_of(line)]) if "{" in line.path else line.path


async def _congratulated(house: House, host: Person, ada: Person) -> dict[str, str]:
    won = await house.say(host, "Du linge propre.", salledepause={"kind": "victory"})
    await house.post(f"/api/salledepause/v1/statuses/{won['id']}/wave", ada, word="Et plié.")
    (said,) = (await house.get(f"/api/salledepause/v1/statuses/{won['id']}/wave", ada))["words"]
    return {"victory": won["id"], "word": said["id"]}


async def _shielded(house: House, ada: Person, ben: Person) -> dict[str, str]:
    """Have something wait behind Ada's shield, a copy put aside, and Ben ask her for help with his."""
    await house.post(f"{OURS}/shield", ada, worn=True)
    named = await house.say(ben, "@ada Quel linge !")
    (piece,) = await house.post(f"{OURS}/shield/evidence", ada, status_id=named["id"])
    await house.post(f"{OURS}/shield/helper", ben, account_id=str(ada.id))
    await house.post(f"{OURS}/shield/helping/{ben.id}", ada)
    async with house.site.db.transaction() as tx:
        query = """UPDATE shield_items SET state = 'held', kind = 'threat', target = 'person', tie = 'stranger'
            WHERE account_id = %s RETURNING id"""
        waiting = await tx.value(query, [ada.id])
    ids = {"waiting": str(waiting), "helped": str(ben.id), "friend": str(ben.id)}
    return ids | {"evidence": piece["id"], "named": named["id"]}


async def _called(house: House, ada: Person, ben: Person) -> str:
    """Have Ada ask for a word, and Ben be on shift at every hour of the week; return her call."""
    async with house.site.db.transaction() as tx:
        weeks = "SELECT %s, day, hour FROM generate_series(1, 7) day, generate_series(0, 23) hour"
        await tx.run(f"INSERT INTO company_weeks (account_id, weekday, hour) {weeks}", [ben.id])
    return str((await house.say(ada, "Besoin d'un mot.", salledepause={"needs_word": True}))["id"])


async def _desk(house: House, ada: Person, eve: Person) -> dict[str, str]:
    """Open Ada a desk with a card, which Eve asks, and which answered Ada by itself once; return what it is made of."""
    desk = (await house.post(f"{OURS}/desks", ada, name="Le guichet"))["id"]
    card = {"remark": "Du linge ?", "answer": "Au sous-sol.", "sources": ["Le plan"]}
    made = (await house.post(f"{OURS}/desks/{desk}/cards", ada, **card))["card"]["id"]
    await house.post(f"{OURS}/desks/{desk}/remarks", eve, text="Où est le linge ?")
    ((remark,),) = [one["remarks"] for one in await house.get(f"{OURS}/desks/{desk}/remarks", ada)]
    said = await house.say(ada, "Du linge, par ici.")
    async with house.site.db.transaction() as tx:
        query = """INSERT INTO desk_sayings (card_id, said_at, account_id, post_id, conversation_id, automated)
            VALUES (%s, now(), %s, %s, %s, true)"""
        await tx.run(query, [int(made), ada.id, int(said["id"]), int(said["id"])])
        stopped = await tx.value("INSERT INTO desks (name) VALUES ('Le standard') RETURNING id")
        await tx.run("INSERT INTO desk_refusals (desk_id, account_id) VALUES (%s, %s)", [stopped, ada.id])
    found = {"desk": desk, "desk_card": made, "desk_remark": remark["id"]}
    return found | {"automated": said["id"], "stopped_desk": str(stopped)}


async def settled(house: House) -> Estate:
    """Fill a house with Ada's things."""
    ada = await house.person("ada", locked=True)
    ben, eve, dan = await house.person("ben"), await house.person("eve"), await house.person("dan")
    await house.post(f"/api/v1/accounts/{ben.id}/follow", ada)
    for one in (ben, dan):
        await house.post(f"/api/v1/accounts/{ada.id}/follow", one)
    await house.post(f"/api/v1/follow_requests/{ben.id}/authorize", ada)
    things = {"account": str(eve.id), "request": str(dan.id), "tag": "linge", "date": "2026-01-01"}
    things |= await _posts(house, ada, ben)
    things |= await _kept(house, ada, ben, things["status"])
    things["knock"] = await _put_aside(house, ada)
    host = await house.person("veilleuse", role="admin")
    thanked = await house.say(host, "Merci.", salledepause={"kind": "thanks", "thanks": ["La lingerie", "Le linge"]})
    things["team"], things["other_team"] = [one["id"] for one in thanked["salledepause"]["thanks"]]
    things |= await _congratulated(house, host, ada)
    filed = await house.post("/api/v1/reports", eve, account_id=str(ben.id), comment="bruit")
    async with house.site.db.transaction() as tx:
        keys = await accounts.give_token(tx, host.id, [*EVERYTHING, "admin:read", "admin:write"])
    host = msgspec.structs.replace(host, token=keys)
    things["report"] = filed["id"]
    async with house.site.db.transaction() as tx:
        told = await announcements.announce(tx, host.id, announcements.Draft(text="Travaux ce soir"))
        await safety_net.call_hosts(tx, eve.id, "Un mot")
        things["help_call"] = str((await safety_net.calls(tx, host.id))[0].id)
        things["refused_image"] = str(await red_line.insert(tx, 5, ["f" * 64]))
        things |= await _decided(tx, ada.id, eve.id)
        things["help_line"] = str(await safety_net.write_line(tx, host.id, safety_net.Line("Une ligne", "3114")))
    things["held"] = str(await held_picture(house, ada, eve))
    things["held_of_eve"] = str(await held_picture(house, eve, ben))
    things["withheld"], things["withheld_of_eve"] = [(await house.say(one, THREAT))["id"] for one in (ada, eve)]
    things["announcement"] = str(told)
    things |= await _rooms(house, (ada, ben, dan), host)
    things["call"] = await _called(house, ada, ben)
    things |= await _desk(house, ada, eve)
    things |= await _shielded(house, ada, ben)
    things |= await _door(house, ada, ben, host)
    for rule in ("domain_block", "domain_allow"):
        things[rule] = (await house.post(f"/api/v1/admin/{rule}s", host, domain="ailleurs.test"))["id"]
    return Estate(ada, ben, eve, things, host)


async def _decided(tx: Tx, ada: int, eve: int) -> dict[str, str]:
    """Limit two accounts; Eve contests it."""
    acts = [Act(host_id=None, act="silence", target_id=one) for one in (ada, eve)]
    first, second = [await moderation.note(tx, act) for act in acts]
    await moderation.appeals.contest(tx, eve, second, "Pas tant que cela.")
    return {"decision": str(first), "decision_of_eve": str(second)}


THREAT = "Je vais te retrouver et je vais te tuer."
"""What waits for a host."""


async def _door(house: House, ada: Person, ben: Person, host: Person) -> dict[str, str]:
    """Open a door whose diary Ada keeps, behind which Ben asks two questions."""
    door = await doors.opened(house, host, ada)
    asked = [await doors.ask(house, ben, door, text) for text in ("Et la nuit ?", "La nuit, alors ?")]
    return {"door": door, "question": asked[0], "same_question": asked[1]}


async def _rooms(house: House, people: tuple[Person, Person, Person], host: Person) -> dict[str, str]:
    """Open Ada a circle that Ben is in, who waits for the word of somebody; Dan sent a proof; a team's code would prove Ada.

    Ben says something in another one, which counts nothing.
    """
    ada, ben, dan = people
    opened = await house.post(f"{OURS}/rooms", ada, name="Le cercle")
    await house.post(f"{OURS}/rooms/enter", ben, code=opened["code"])
    await house.post(f"{OURS}/verification/vouching", ben)
    sent = await house.call("POST", f"{OURS}/verification/proof", dan, files={"file": ("carte.png", png())})
    assert sent.status_code == 200, sent.text
    async with house.site.db.transaction() as tx:
        family = (await accounts.one(tx, ada.id)).family
        code = await verification.create_code(tx, host.id, family)
        team_code, proof = (await verification.codes(tx, host.id))[0], (await verification.waiting(tx, host.id))[0]
    info = await house.say(ada, f"@{opened['room']['handle']} Le parking ferme.", salledepause={"kind": "info"})
    await house.post(f"{OURS}/notices/{info['id']}/pin", ada)
    quiet = await house.post(f"{OURS}/rooms", ada, name="Sans compteur", rules={"scores": False})
    await house.post(f"{OURS}/rooms/enter", ben, code=quiet["code"])
    supported = await house.say(ben, "Un mot", salledepause={"room": quiet["room"]["id"]})
    ids = {
        "supported": supported["id"],
        "room": opened["room"]["id"],
        "room_code": opened["code"],
        "family": family,
        "family_code": code,
        "notice": info["id"],
    }
    return ids | {"team_code": str(team_code.id), "proof": str(proof.id)}


async def _posts(house: House, ada: Person, ben: Person) -> dict[str, str]:
    said = await house.say(ada, "Du #linge", poll={"options": ["oui", "non"], "expires_in": 3600})
    private = await house.say(ada, "Entre nous #linge", visibility="private")
    direct = await house.say(ada, "@ben un mot", visibility="direct")
    await house.post(f"/api/v1/statuses/{said['id']}/favourite", ben)
    await house.post(f"/api/salledepause/v1/learned/{said['id']}", ada, note="Le linge")
    told = next(one for one in await house.get("/api/v1/notifications", ada) if one["type"] == "favourite")
    (talk,) = await house.get("/api/v1/conversations", ada)
    later = clock.iso(clock.now() + timedelta(days=1))
    scheduled = await house.post("/api/v1/statuses", ada, status="Demain", scheduled_at=later)
    ids = {"status": said, "private": private, "direct": direct, "notification": told, "conversation": talk}
    ids |= {"scheduled": scheduled, "poll": said["poll"]}
    return {name: one["id"] for name, one in ids.items()} | {"group": told["group_key"]}


async def _kept(house: House, ada: Person, ben: Person, status: str) -> dict[str, str]:
    kept = await house.post("/api/v1/lists", ada, title="Amis")
    await house.post(f"/api/v1/lists/{kept['id']}/accounts", ada, account_ids=[str(ben.id)])
    body = {"title": "Rien", "context": ["home"], "keywords_attributes": [{"keyword": "tennis"}]}
    one = await house.post("/api/v2/filters", ada, **body)
    caught = await house.post(f"/api/v2/filters/{one['id']}/statuses", ada, status_id=status)
    featured = await house.post("/api/v1/featured_tags", ada, name="linge")
    gathered = await house.post("/api/v1/collections", ada, name="Amis", account_ids=[str(ben.id)])
    media = await house.call("POST", "/api/v1/media", ada, files={"file": ("x.png", png())})
    ids = {
        "list": kept,
        "collection": gathered["collection"],
        "filter": one,
        "keyword": one["keywords"][0],
        "caught": caught,
        "featured": featured,
    }
    return {name: each["id"] for name, each in ids.items()} | {"media": media.json()["id"]}


async def _put_aside(house: House, ada: Person) -> str:
    gus = await house.person("gus", silenced=True)
    await house.say(gus, "@ada bonjour")
    (knock,) = await house.get("/api/v1/notifications/requests", ada)
    return str(knock["id"])


async def app_token(house: House, scopes: str) -> str:
    """Return the token of an app that speaks for nobody."""
    async with house.site.db.transaction() as tx:
        registration = accounts.Registration("Une app", [accounts.HERE], scopes)
        app, _ = await accounts.register_app(tx, registration)
        return (await accounts.issue(tx, Caller(None, app.id, 0, frozenset(app.scopes)))).token


async def rows(house: House) -> dict[str, Any]:
    """Return how many rows each table holds and a digest of what they say: equal when nothing at all was written."""
    async with house.site.db.reading() as tx:
        tables = await tx.values(TABLES)
        each = [f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0))::text FROM \"{table}\" t" for table in tables]
        return {row[0]: row[1:] for row in await tx.rows(" UNION ALL ".join(each))}


async def probe(house: House, method: str, path: str, who: Person | None, **given: Any) -> httpx.Response:
    """Send what no app would send; the answer is not held against the published description, which knows only what apps send."""
    headers = ({"authorization": f"Bearer {who.token}"} if who else {}) | given.pop("headers", {})
    return await house.client.request(method, path, headers=headers, **given)


TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


def written(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the tables that two looks tell apart."""
    return [table for table in after if before[table] != after[table]]


def broken(answer: httpx.Response) -> str:
    """Return what is wrong with an answer whatever was asked: a fault of ours, a refusal that says nothing; else empty."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code < 400:
        return ""
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return f"{answer.status_code} without JSON"
    told = answer.json()
    fine = isinstance(told, dict) and isinstance(told.get("error"), str) and told["error"]
    return "" if fine else f"{answer.status_code} {answer.text[:200]}"
