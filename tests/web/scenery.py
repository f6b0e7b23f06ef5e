"""What there is to see: people of every sort, posts of every kind, long names, a poll, a picture, a quote, a thread."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import httpx
import psycopg
from PIL import Image

from salledepause.features.posts import OFFERED, Kind
from tests.mastodon.pictures import png
from tests.support.server import OOB, Server
from tests.web import desks_scene, doors_scene, keepers_scene, others, rooms_scene, shield_scene
from tests.web.visitor import HTML, Page, Visitor

LONG_NAME = "Anesthésiste-réanimateur·rice…"
LONG_WORD = "Anticonstitutionnellement" * 12
STORY = "Trois heures. Le couloir dort, le distributeur ronronne, et quelqu'un a laissé du gâteau. " * 6
PEOPLE = {
    "contributor": ("nuit_calme", "soignant-paramedical", "contributor"),
    "reader": ("proche_qui_lit", "patient-proche", "reader"),
    "host": ("hote_de_garde", "direction", "contributor"),
}


async def opened(server: Server) -> dict[str, str]:
    """Sign everybody up; return the session cookie of each sort of person."""
    found = {}
    for sort, (handle, family, mode) in PEOPLE.items():
        async with server.client(headers=HTML) as client:
            await Visitor(client).sign_up(handle, family, mode)
            found[sort] = client.cookies["session"]
    with psycopg.connect(server.database_url) as connection:
        connection.execute("UPDATE accounts SET role = 'admin' WHERE handle = %s", [PEOPLE["host"][0]])
    return found


async def furnished(server: Server, sessions: dict[str, str]) -> dict[str, str]:
    """Have things said; return what addresses of screens name."""
    author, other = [await server.person(handle) for handle in ("ide_du_troisieme", "cadre_de_sante")]
    long = await server.person("a" * 30)
    async with server.client() as client:
        house = Talk(client)
        await house.call("PATCH", "/api/v1/accounts/update_credentials", long, display_name=LONG_NAME, note=LONG_WORD)
        await house.say(long, f"{LONG_WORD} https://exemple.org/{'tres/' * 40} #garde")
        scene = await _conversation(house, author, other) | await _posts(house, author, other)
        scene |= {"author": "ide_du_troisieme", "long": "a" * 30, "me": PEOPLE["contributor"][0]}
        scene["consent"] = await _app(client)
    async with server.client(headers=HTML, cookies={"session": sessions["contributor"]}) as client:
        me = Visitor(client)
        for handle in ("ide_du_troisieme", "cadre_de_sante", "a" * 30):
            page = await me.get(f"/@{handle}")
            action = next(form.action for form in page.forms if form.action.startswith("/personnes/"))
            await me.submit(action, button=("gesture", "follow"))
        scene["errand"] = await _errand(me)
        scene |= await keepers_scene.kept(server, sessions["host"], scene["picture"])
        await me.get("/listes")
        await me.submit("/listes", title="Les gens de nuit, ceux qui savent ce que veut dire trois heures du matin")
        scene["list"] = str(me.page.answer.url).split("/")[-2]
        await me.submit(f"/listes/{scene['list']}/personnes", handle="ide_du_troisieme")
        await me.get("/tags/garde")
        await me.submit("/mots")
        scene["mine"] = str(await me.write("Bonne garde à qui prend la suite. #garde"))
        scene |= await others.around(server, me, scene["mine"])
        scene |= await shield_scene.worn(server, me, scene["insult"])
        scene |= await rooms_scene.opened(server, me, sessions["host"])
        scene |= await desks_scene.opened(server, me, sessions["reader"])
        scene |= await doors_scene.opened(server)
        scene["held"] = await _held(me, server, other)
        scene["joined"] = await attached(me)
        scene["withheld"] = await _withheld(me)
        scene["decided"] = _decided(server, scene["me"])
        await _noted(me, scene)
        scene["favourites"] = await _favourites(me)
    return scene


async def _withheld(me: Visitor) -> str:
    """Say what is to wait for a host, with a picture; return its id."""
    words = {f"media[{await attached(me)}][description]": "Une étagère sans thermos."}
    said = "Toi qui as pris mon thermos, je vais te retrouver et je vais te tuer."
    answer = await me.post("/ecrire", button=("step", "publish"), text=said, **words)
    me.page = Page(answer)  # what is to wait is shown first
    answer = await me.post("/ecrire", button=("step", "publish"))
    return answer.headers["location"].rpartition("/")[2]


def _decided(server: Server, handle: str) -> str:
    """Have it told that one was put out of a room, and other decisions contested; return the first, which changed nothing."""
    with psycopg.connect(server.database_url) as connection:
        made = """INSERT INTO moderation_acts (act, target_id, subject, reason)
            SELECT %s, id, 'la_soupape', 'Des images dures, sans avertissement : la règle 5 de la charte.' FROM accounts
            WHERE handle = %s RETURNING id, target_id"""
        first, *others = [
            connection.execute(made, [act, handle]).fetchone() for act in ("put_out", "delete_statuses", "put_out", "turn_away")
        ]
        assert first
        answer = "INSERT INTO moderation_appeals (act_id, account_id, words) VALUES (%s, %s, 'On ne reconnaissait personne.')"
        for one in others:
            assert one
            connection.execute(answer, one)
    return str(first[0])


async def _noted(me: Visitor, scene: dict[str, str]) -> None:
    """Fill one's notebook: a mark alone, a note, a long one, one about a post that is gone."""
    gone = await me.write("Un brouillon, bientôt effacé. https://exemple.org/a")
    notes = {scene["thread"]: "", scene["picture"]: "L'aube se voit d'ici.\n\n1. Ouvrir le store.\n2. Éteindre."}
    for post, note in (notes | {str(gone): f"Refaire le calcul à deux. {LONG_WORD}"}).items():
        await me.get(f"/carnet/{post}")
        await me.submit(f"/carnet/{post}", note=note)
    await me.get(f"/gestes/{gone}/effacer")
    await me.submit(f"/gestes/{gone}/effacer")


async def _favourites(me: Visitor) -> str:
    """Recommend people together; return the collection."""
    await me.get("/collections")
    await me.submit("/collections", name="Mes préférés", description="Qui j'aime lire après la relève.")
    made = str(me.page.answer.url).rpartition("/")[2]
    for handle, reason in (("ide_du_troisieme", "Explique les calculs sans faire peur à personne."), ("cadre_de_sante", "")):
        await me.client.post(f"/collections/{made}/personnes", data={**_word(me), "handle": handle, "reason": reason})
    return made


def _word(me: Visitor) -> dict[str, str]:
    return {"csrf": next(form.values["csrf"] for form in me.page.forms if "csrf" in form.values)}


async def _held(me: Visitor, server: Server, reporter: str) -> str:
    """Publish a picture that somebody reports for the rule of pictures; return its id."""
    media_id = await attached(me)
    post_id = await me.send("La fresque de l'internat.", **{f"media[{media_id}][description]": "Une fresque."})
    async with server.client() as client:
        house = Talk(client)
        account = (await house.call("GET", f"/api/v1/statuses/{post_id}", reporter))["account"]["id"]
        about = {"account_id": account, "status_ids": [str(post_id)], "rule_ids": ["5"], "comment": "Encore la fresque."}
        await house.call("POST", "/api/v1/reports", reporter, **about)
    return media_id


async def attached(me: Visitor) -> str:
    """Join a picture to the form of a message; return its id."""
    word = (await me.get("/ecrire")).form("/ecrire").values["csrf"]
    files = {"files[]": ("fresque.png", png((320, 240)), "image/png")}
    answer = await me.client.post("/ecrire/medias", data={"csrf": word, "text": "La fresque de l'internat."}, files=files)
    me.page = Page(answer)
    (field,) = [name for name in me.page.form("/ecrire").values if name.endswith("[description]")]
    return field.removeprefix("media[").partition("]")[0]


async def _errand(me: Visitor) -> str:
    """Bring in a table of which some lines cannot be taken; return the errand, once it is done."""
    data = "/reglages/donnees"
    word = (await me.get(data)).form(f"{data}/reprise").values["csrf"]
    table = b"Account address\npersonne@ailleurs.example\nide_du_troisieme@nulle-part.example\n"
    sent = {"csrf": word, "what": "follows"}
    answer = await me.client.post(f"{data}/reprise", data=sent, files={"file": ("table.csv", table)})
    assert answer.status_code == 303, answer.text
    for _ in range(400):
        found = [link.rpartition("/")[2] for link in (await me.get(data)).links if link.startswith(f"{data}/")]
        if done := [one for one in found if one.isdecimal()]:
            return done[0]
        await asyncio.sleep(0.3)
    raise AssertionError("no worker brought the table in")


class Talk:
    """The API, as an app uses it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def call(self, method: str, path: str, token: str, **body: Any) -> Any:
        answer = await self.client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, token: str, text: str, **body: Any) -> str:
        """Publish; return the id."""
        return str((await self.call("POST", "/api/v1/statuses", token, status=text, **body))["id"])


async def _posts(house: Talk, author: str, other: str) -> dict[str, str]:
    """Return one post of each sort by its name."""
    for kind in OFFERED:
        await house.say(
            author, f"Ceci est une chose de la nuit. {STORY if kind is Kind.STORY else ''} #garde", salledepause={"kind": kind}
        )
    quoted = await house.say(other, "Le café de la machine a changé.", quote_approval_policy="public")
    await house.say(author, "À lire, et à goûter.", quoted_status_id=quoted)
    await house.say(other, "Un texte difficile sur une fin de vie.", spoiler_text="Fin de vie")
    poll = {"options": ["Long", "Serré, sans sucre", "Je ne bois que de l'eau"], "expires_in": 86400, "multiple": True}
    asked = await house.say(author, "Le café, vous le prenez comment ?", poll=poll)
    shown = await house.say(author, "La vue de la salle à l'aube.", media_ids=[await _picture(house, author)])
    await house.call("POST", f"/api/v1/statuses/{shown}/reblog", other)
    doubt = await house.say(author, "Je presse les fins de repas. Est-ce que j'ai tort ?", salledepause={"kind": "doubt"})
    to = ["SAMU 66", "Les pompiers volontaires de la vallée, ceux de la nuit du 24", "@cadre_de_sante"]
    given = await house.say(author, f"Un nouveau-né va bien. {STORY}", salledepause={"kind": "victory", "thanks": to})
    won = await house.say(author, "Tout le monde a dîné chaud ce soir.", salledepause={"kind": "victory"})
    await house.call("POST", f"/api/salledepause/v1/statuses/{won}/wave", other, sign="coffee", word="Et le mien aussi, merci !")
    closed = await house.say(author, "Je le dis, et j'en reste là.", salledepause={"closed": True})
    lost = await house.say(other, f"@{PEOPLE['contributor'][0]} Mon mot de passe est bloqué, vous pouvez le réinitialiser ?")
    (team, *_) = await house.call("GET", "/api/salledepause/v1/teams?q=samu", author)
    made = {"poll": asked, "picture": shown, "doubt": doubt, "given": given, "won": won, "closed": closed, "lost": lost}
    return made | {"team": team["id"]}


async def _conversation(house: Talk, author: str, other: str) -> dict[str, str]:
    root = above = await house.say(author, "Racontez votre première nuit.")
    for number in range(16):
        voice = other if number % 2 else author
        above = await house.say(voice, f"Réponse {number}. Une phrase de plus.", in_reply_to_id=above if number % 4 else root)
    return {"thread": root}


async def _picture(house: Talk, token: str) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 420), (240, 180, 90)).save(drawn, "PNG")
    answer = await house.client.post(
        "/api/v1/media",
        files={"file": ("aube.png", drawn.getvalue(), "image/png")},
        data={"description": "Le soleil se lève derrière les toits, une tasse sur le rebord."},
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def _app(client: httpx.AsyncClient) -> str:
    """Register an app; return the query of its request to be let in."""
    asked = {"client_name": "Une application", "redirect_uris": OOB, "scopes": "read write"}
    made = (await client.post("/api/v1/apps", json=asked)).json()
    return str(httpx.QueryParams(response_type="code", client_id=made["client_id"], redirect_uri=OOB, scope="read write"))
