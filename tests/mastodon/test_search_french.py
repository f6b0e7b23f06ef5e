"""Search hears French: gender, number, accents, elisions, ligatures, inclusive writing; and its operators, in both languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from salledepause.features import posts
from salledepause.features.posts import Audience, Draft
from salledepause.kernel import clock
from tests.support.house import House, Person

SEARCH = "/api/v2/search"


async def found(house: House, who: Person, q: str, **more: Any) -> list[str]:
    """Return the ids of the posts that a query finds."""
    return [one["id"] for one in (await house.get(SEARCH, who, q=q, type="statuses", **more))["statuses"]]


SENTENCES = [
    (
        "Les infirmières de l’hôpital ont été épuisées, mais d'une humeur généreuse.",
        "infirmier infirmière INFIRMIERES hopital l'hôpital hôpitaux épuisé épuisée epuises épuiser généreux infirmier·ère·s",
        "infirm directrice",
    ),
    (
        "Ma directrice m'a serré sur son cœur : trois rendez-vous annulés, et des maux de tête.",
        "directeur directrices coeur CŒURS rendez-vous rendez‑vous annulée mal têtes serrer",
        "direct cœurs-de-palmier",
    ),
    (
        "Soignant·es et brancardiers(ères) attendent les transmissions ; l'équipe est active, les travaux continuent.",
        "soignant soignantes soignant·e·s brancardière transmission équipes actif travail",
        "soin missions",
    ),
    (
        "La sage-femme dit que la mère a l'œil vif, une nouvelle idée.",
        "sage-femmes femme mères yeux nouveau idées oeil vive",
        "mer IDE",
    ),
    ("Noël à la réa, à 3h30 : « aujourd’hui, personne. »", "noel NOËL rea 3h30 aujourd'hui aujourd’hui", "3h31 noces"),
]


@pytest.mark.parametrize(("said", "finding", "missing"), SENTENCES)
async def test_french_words_meet_whatever_their_form(house: House, said: str, finding: str, missing: str) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    post = await house.say(bob, said)
    for q in finding.split():
        assert await found(house, ana, q) == [post["id"]], q
    for q in missing.split():
        assert await found(house, ana, q) == [], q


async def test_phrases_hold_together_and_negations_leave_out(house: House) -> None:
    ana = await house.person("ana")
    first = await house.say(ana, "Une nuit de garde, longue.")
    second = await house.say(ana, "La garde de la nuit passe.")
    assert await found(house, ana, '"nuit de garde"') == [first["id"]]
    assert await found(house, ana, "« nuit de gardes »") == [first["id"]]
    assert await found(house, ana, "garde -longue") == [second["id"]]
    assert await found(house, ana, 'garde -"nuit de garde"') == [second["id"]]
    assert await found(house, ana, "nuit garde") == [second["id"], first["id"]]


async def test_warnings_poll_answers_and_descriptions_are_found_too(house: House) -> None:
    ana = await house.person("ana")
    warned = await house.say(ana, "Lisez plus tard.", spoiler_text="Décès d'un patient")
    poll = await house.say(ana, "Alors ?", poll={"options": ["Un thé brûlant", "Rien"], "expires_in": 3600})
    file = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    sent = await house.call(
        "POST", "/api/v2/media", ana, files={"file": ("a.png", file.getvalue())}, data={"description": "Une chaise bancale"}
    )
    shown = await house.say(ana, "Voilà.", media_ids=[sent.json()["id"]])
    assert await found(house, ana, "patients décédé") == []
    assert await found(house, ana, "deces patiente") == [warned["id"]]
    assert await found(house, ana, "thés brulants") == [poll["id"]]
    assert await found(house, ana, "chaises") == [shown["id"]]
    for q in ("has:image", "avec:photo", "has:media", "from:me has:image"):
        assert await found(house, ana, q) == [shown["id"]], q
    assert await found(house, ana, "has:poll") == await found(house, ana, "avec:sondage") == [poll["id"]]
    assert await found(house, ana, "has:video") == []
    assert await found(house, ana, "is:sensitive") == await found(house, ana, "est:sensible") == [warned["id"]]


async def test_an_edited_post_is_found_by_what_it_says_now(house: House) -> None:
    ana = await house.person("ana")
    post = await house.say(ana, "ornithorynque https://exemple.fr/a")
    assert await found(house, ana, "has:link ornithorynques") == [post["id"]]
    answer = await house.call("PUT", f"/api/v1/statuses/{post['id']}", ana, json={"status": "Un castor", "language": "en"})
    assert answer.status_code == 200
    assert await found(house, ana, "ornithorynque") == await found(house, ana, "has:link") == []
    assert await found(house, ana, "castors langue:en") == [post["id"]]


async def test_operators_of_authors_kinds_languages_and_answers(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    doubt = await house.say(bob, "Je doute du café", salledepause={"kind": "doubt"})
    answer = await house.say(ana, "Le café, essayé hier", in_reply_to_id=doubt["id"])
    english = await house.say(bob, "My café is cold", language="en-GB")
    asked = {
        "café from:bob": [english, doubt],
        "café de:@bob@salle.test -langue:en": [doubt],
        "café from:me": [answer],
        "café de:moi": [answer],
        "café from:me from:bob": [english, answer, doubt],
        "café -from:bob": [answer],
        "café from:nobody": [],
        "café language:en": [english],
        "genre:doute": [doubt],
        "type:doubt café": [doubt],
        'genre:"coup de gueule"': [],
        "café -genre:doute": [english, answer],
        "is:reply": [answer],
        "est:réponse café": [answer],
        "café -is:reply": [english, doubt],
    }
    for q, expected in asked.items():
        assert await found(house, ana, q) == [one["id"] for one in expected], q
    assert await found(house, ana, "café from:me from:bob", account_id=str(bob.id)) == [english["id"], doubt["id"]]
    assert await found(house, ana, "café from:me", account_id=str(bob.id)) == []
    whole = await house.get(SEARCH, ana, q="from:bob café")
    assert (whole["accounts"], whole["hashtags"]) == ([], [])


async def test_dates_are_days_of_the_community(house: House) -> None:
    ana = await house.person("ana")
    wanted: dict[str, str] = {}
    async with house.site.db.transaction() as tx:
        for day in ("2024-12-31", "2025-03-15", "2025-03-30", "2025-04-01"):
            at = datetime.fromisoformat(f"{day}T23:30:00").replace(tzinfo=clock.PARIS)
            wanted[day] = str(await posts.publish(tx, ana.id, Draft(text="relève", audience=Audience.PUBLIC, at=at)))
    now = await house.say(ana, "relève")
    asked = {
        "during:2025-03-15": ["2025-03-15"],
        "pendant:15/03/2025": ["2025-03-15"],
        "during:2025-03": ["2025-03-30", "2025-03-15"],
        "pendant:2024": ["2024-12-31"],
        "before:2025-03-15": ["2024-12-31"],
        "avant:2025": ["2024-12-31"],
        "après:2025-03 avant:2026": ["2025-04-01"],
        "after:2025-03-15 before:2025-04-01": ["2025-03-30"],
        "-after:2024": ["2024-12-31"],
        "during:2025 -before:2025-04": ["2025-04-01"],
        "during:2025-13-45": [],
    }
    for q, days in asked.items():
        assert await found(house, ana, f"relève {q}") == [wanted[day] for day in days], q
    today = clock.now().astimezone(clock.PARIS).date()
    assert await found(house, ana, f"relève during:{today}") == [now["id"]]
    assert await found(house, ana, "relève pendant:aujourd'hui") == [now["id"]]
    assert await found(house, ana, f"relève after:{date(2025, 4, 1)} before:{today - timedelta(days=0)}") == []


async def test_tags_narrow_a_search(house: House) -> None:
    ana = await house.person("ana")
    both = await house.say(ana, "Le café #nuit #Réa")
    await house.say(ana, "Le café #nuit")
    assert await found(house, ana, "café #nuit #rea") == [both["id"]]
    assert len(await found(house, ana, "café #nuit")) == 2
    assert await found(house, ana, "café -#nuit") == []


async def test_posts_from_before_an_upgrade_are_found_once_the_worker_came_by(house: House) -> None:
    ana = await house.person("ana")
    post = await house.say(ana, "Un ornithorynque", poll={"options": ["oui", "peut-être"], "expires_in": 3600})
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE posts SET words = NULL")
    assert await found(house, ana, "ornithorynque") == []
    for _ in range(2):
        await posts.index_older(house.site)
        assert await found(house, ana, "ornithorynques has:poll peut-être") == [post["id"]]
