"""Writing and reading statuses: kinds, families, edits, retries, limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from salledepause.features.accounts import Family
from tests.support.house import House
from tests.support.trips import watched


async def test_a_post_is_read_back_as_said(house: House) -> None:
    ide = await house.person("ide", family=Family.PARAMEDICAL)
    said = await house.say(ide, "La nuit est calme. #garde", spoiler_text="Nuit", language="fr")
    assert said["content"].startswith("<p>La nuit est calme. ")
    assert (said["spoiler_text"], said["sensitive"], said["language"], said["visibility"]) == ("Nuit", True, "fr", "public")
    assert said["tags"][0]["name"] == "garde"
    assert said["salledepause"] == {"kind": "opinion", "family": "soignant-paramedical", "verified": False}
    assert said["url"] == f"https://salle.test/@ide/{said['id']}"
    assert await house.get(f"/api/v1/statuses/{said['id']}", ide) == said
    anonymous = await house.get(f"/api/v1/statuses/{said['id']}")
    assert "favourited" not in anonymous


async def test_the_role_family_can_be_hidden_post_by_post(house: House) -> None:
    ide = await house.person("ide", family=Family.PARAMEDICAL)
    hidden = await house.say(ide, "sans étiquette", salledepause={"shows_family": False})
    assert hidden["salledepause"]["family"] is None
    shown = await house.say(ide, "avec étiquette")
    changed = await house.call("PUT", f"/api/v1/statuses/{shown['id']}", ide, json={"salledepause": {"shows_family": False}})
    assert changed.json()["salledepause"]["family"] is None
    assert (await house.get(f"/api/v1/statuses/{shown['id']}"))["salledepause"]["family"] is None


async def test_a_doubt_takes_answers_of_three_kinds_and_shows_no_score(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    doubt = await house.say(one, "Faut-il insister ?", salledepause={"kind": "doubt"})
    answer = await house.say(other, "Chez nous on attend.", in_reply_to_id=doubt["id"])
    assert answer["salledepause"]["kind"] == "experience"
    for kind, status in (("question", 200), ("source", 200), ("rant", 422), ("opinion", 422)):
        body = {"status": "et alors", "in_reply_to_id": doubt["id"], "salledepause": {"kind": kind}}
        assert (await house.call("POST", "/api/v1/statuses", other, json=body)).status_code == status
    await house.post(f"/api/v1/statuses/{doubt['id']}/favourite", other)
    await house.post(f"/api/v1/statuses/{doubt['id']}/reblog", other)
    seen = await house.get(f"/api/v1/statuses/{doubt['id']}", other)
    assert (seen["favourites_count"], seen["reblogs_count"], seen["favourited"], seen["reblogged"]) == (0, 0, True, True)


async def test_every_list_filters_by_kind(house: House) -> None:
    ide = await house.person("ide")
    kept = await house.say(ide, "merci #nuit", salledepause={"kind": "thanks"})
    await house.say(ide, "non merci #nuit", salledepause={"kind": "rant"})
    for path in ("timelines/home", "timelines/public", "timelines/tag/nuit", f"accounts/{ide.id}/statuses"):
        found = await house.get(f"/api/v1/{path}", ide, **{"kinds[]": "thanks"})
        assert [one["id"] for one in found] == [kept["id"]], path


async def test_a_retry_with_the_same_key_answers_the_first(house: House) -> None:
    ide, other = await house.person("ide"), await house.person("autre")
    key = {"idempotency-key": "abc"}
    answers = await asyncio.gather(
        *(house.call("POST", "/api/v1/statuses", ide, json={"status": "une fois"}, headers=key) for _ in range(8))
    )
    assert len({answer.json()["id"] for answer in answers}) == 1
    elsewhere = await house.call("POST", "/api/v1/statuses", other, json={"status": "une fois"}, headers=key)
    assert elsewhere.json()["id"] != answers[0].json()["id"]
    assert len(await house.get(f"/api/v1/accounts/{ide.id}/statuses", ide)) == 1


async def test_a_refused_post_frees_its_key(house: House) -> None:
    ide = await house.person("ide")
    key = {"idempotency-key": "abc"}
    assert (await house.call("POST", "/api/v1/statuses", ide, json={"status": ""}, headers=key)).status_code == 422
    assert (await house.call("POST", "/api/v1/statuses", ide, json={"status": "dit"}, headers=key)).status_code == 200


async def test_edits_keep_history_and_never_widen(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    said = await house.say(one, "@autre secret", visibility="direct")
    third = await house.person("tiers")
    changed = await house.call(
        "PUT", f"/api/v1/statuses/{said['id']}", one, json={"status": "@tiers secret", "visibility": "public"}
    )
    assert changed.json()["visibility"] == "direct"
    assert (await house.call("GET", f"/api/v1/statuses/{said['id']}", third)).status_code == 404
    assert (await house.call("GET", f"/api/v1/statuses/{said['id']}", other)).status_code == 200
    history = await house.get(f"/api/v1/statuses/{said['id']}/history", other)
    assert ["secret" in version["content"] for version in history] == [True, True]
    assert len(history) == 2
    assert changed.json()["edited_at"] == history[-1]["created_at"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": ""}, 422),
        ({}, 422),
        ({"status": "x" * 5001}, 422),
        ({"status": "👩‍⚕️" * 5000}, 200),
        ({"status": "x", "visibility": "everyone"}, 422),
        ({"status": "x", "in_reply_to_id": "1"}, 404),
        ({"status": "x", "in_reply_to_id": "abc"}, 404),
        ({"status": "x", "media_ids": ["1"]}, 422),
        ({"status": "x", "language": "<script>"}, 422),
        ({"status": "x", "poll": {"options": ["a"], "expires_in": 600}}, 422),
        ({"status": "x", "poll": {"options": ["a", "b"]}}, 422),
        ({"status": ["x"]}, 422),
        ({"status": {"a": 1}}, 422),
        ({"status": "x\x00y"}, 422),
        ({"status": "x", "salledepause": {"kind": "gossip"}}, 422),
        ({"status": "x", "salledepause": 3}, 422),
        ({"status": " ".join(f"#t{n}" for n in range(40))}, 422),
        ({"status": "x", "scheduled_at": "demain"}, 422),
    ],
)
async def test_bad_input_is_refused_and_writes_nothing(house: House, body: dict[str, Any], status: int) -> None:
    ide = await house.person("ide")
    answer = await house.call("POST", "/api/v1/statuses", ide, json=body)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.json()["error"]
        assert await house.get(f"/api/v1/accounts/{ide.id}/statuses", ide) == []


async def test_refusals_speak_the_callers_language(house: House) -> None:
    ide = await house.person("ide")
    english = await house.call("GET", "/api/v1/statuses/1", ide)
    french = await house.call("GET", "/api/v1/statuses/1", ide, headers={"accept-language": "fr-FR,fr;q=0.9"})
    assert english.json() == {"error": "Record not found"}
    assert french.json()["error"].startswith("Introuvable")


async def test_readers_write_nothing_and_are_never_named(house: House) -> None:
    ide, reader = await house.person("ide"), await house.person("lectrice", mode="reader")
    said = await house.say(ide, "bonsoir")
    refused = await house.call("POST", "/api/v1/statuses", reader, json={"status": "moi aussi"})
    assert refused.status_code == 403
    for gesture in ("favourite", "bookmark"):
        await house.post(f"/api/v1/statuses/{said['id']}/{gesture}", reader)
    assert (await house.call("POST", f"/api/v1/statuses/{said['id']}/reblog", reader)).status_code == 403
    await house.post(f"/api/v1/accounts/{ide.id}/follow", reader)
    assert [one["id"] for one in await house.get("/api/v1/timelines/home", reader)] == [said["id"]]
    seen = await house.get(f"/api/v1/statuses/{said['id']}", ide)
    assert seen["favourites_count"] == 1
    assert await house.get(f"/api/v1/statuses/{said['id']}/favourited_by", ide) == []
    assert await house.get(f"/api/v1/accounts/{ide.id}/followers", ide) == []
    assert await house.get("/api/v1/notifications", ide) == []


async def test_gestures_twice_equal_once(house: House) -> None:
    one, other = await house.person("une"), await house.person("autre")
    said = await house.say(one, "bravo à l'équipe")
    path = f"/api/v1/statuses/{said['id']}"
    boosts = [(await house.post(f"{path}/reblog", other))["id"] for _ in range(2)]
    assert len(set(boosts)) == 1
    for _ in range(2):
        seen = await house.post(f"{path}/favourite", other)
    assert (seen["favourites_count"], seen["reblogs_count"]) == (1, 1)
    assert [boost["reblog"]["id"] for boost in await house.get("/api/v1/timelines/home", other)] == [said["id"]]
    for gesture in ("unreblog", "unreblog", "unfavourite", "unfavourite"):
        seen = await house.post(f"{path}/{gesture}", other)
    assert (seen["favourites_count"], seen["reblogs_count"], seen["reblogged"]) == (0, 0, False)
    assert await house.get("/api/v1/timelines/home", other) == []


async def test_counters_survive_a_crowd(house: House) -> None:
    author = await house.person("une")
    said = await house.say(author, "venez")
    crowd = [await house.person(f"voix{number}") for number in range(12)]
    await asyncio.gather(
        *(
            house.call("POST", f"/api/v1/statuses/{said['id']}/{gesture}", who)
            for who in crowd
            for gesture in ("favourite", "reblog")
        )
    )
    await asyncio.gather(*(house.call("POST", f"/api/v1/statuses/{said['id']}/unfavourite", who) for who in crowd[:5]))
    seen = await house.get(f"/api/v1/statuses/{said['id']}")
    assert (seen["favourites_count"], seen["reblogs_count"]) == (7, 12)


async def test_home_has_no_end(house: House) -> None:
    author, reader = await house.person("une"), await house.person("lecteur")
    await house.post(f"/api/v1/accounts/{author.id}/follow", reader)
    said = [(await house.say(author, f"mot {number}"))["id"] for number in range(90)]
    found: list[str] = []
    answer = await house.call("GET", "/api/v1/timelines/home", reader, params={"limit": 40})
    while True:
        found += [one["id"] for one in answer.json()]
        if 'rel="next"' not in answer.headers.get("link", ""):
            break
        following = answer.headers["link"].partition(">")[0].removeprefix("<https://salle.test")
        answer = await house.call("GET", following, reader)
    assert found == said[::-1]


async def test_a_post_is_one_trip_to_the_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    nurse = await house.person("veilleuse")
    await house.say(nurse, "le premier apprend qui je suis")
    trips = watched(monkeypatch)
    await house.say(nurse, "le second")
    assert [len(trip) for trip in trips] == [7]
    assert [trips[0][0], trips[0][5]] == ["BEGIN", "COMMIT"]


async def test_what_is_remembered_of_an_author_changes_at_once(house: House) -> None:
    nurse, other = await house.person("veilleuse"), await house.person("amie")
    first = await house.say(nurse, "avant")
    assert (first["visibility"], first["account"]["statuses_count"]) == ("public", 1)
    wished = {"source": {"privacy": "unlisted"}, "display_name": "Veille"}
    assert (await house.call("PATCH", "/api/v1/accounts/update_credentials", nurse, json=wished)).status_code == 200
    second = await house.say(nurse, "après")
    assert (second["visibility"], second["account"]["display_name"]) == ("unlisted", "Veille")
    assert second["account"]["statuses_count"] == 2
    await house.post(f"/api/v1/accounts/{nurse.id}/follow", other)
    third = await house.say(nurse, "pour qui me suit")
    assert third["account"]["followers_count"] == 1
    assert (await house.get("/api/v1/timelines/home", other))[0]["id"] == third["id"]
    assert await house.get("/api/v1/notifications", other) == []
    await house.post(f"/api/v1/accounts/{nurse.id}/follow", other, notify=True)
    fourth = await house.say(nurse, "avec alerte")
    assert [one["status"]["id"] for one in await house.get("/api/v1/notifications", other)] == [fourth["id"]]
    await house.post(f"/api/v1/accounts/{nurse.id}/unfollow", other)
    await house.say(nurse, "sans")
    assert len(await house.get("/api/v1/notifications", other)) == 1
    assert [one["id"] for one in await house.get("/api/v1/timelines/home", other)] == []


async def test_a_boost_is_erased_by_its_own_id(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    post = await house.post("/api/v1/statuses", ana, status="à partager")
    boost = await house.post(f"/api/v1/statuses/{post['id']}/reblog", ben)
    assert (await house.call("DELETE", f"/api/v1/statuses/{boost['id']}", ana)).status_code == 404
    gone = await house.call("DELETE", f"/api/v1/statuses/{boost['id']}", ben)
    assert (gone.status_code, gone.json()["reblog"]["id"]) == (200, post["id"])
    assert (await house.call("GET", f"/api/v1/statuses/{boost['id']}", ben)).status_code == 404
    seen = await house.get(f"/api/v1/statuses/{post['id']}", ben)
    assert (seen["reblogs_count"], seen["reblogged"]) == (0, False)


async def test_who_boosts_for_followers_alone_is_not_named(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    post = await house.post("/api/v1/statuses", ana, status="à partager")
    own = await house.post("/api/v1/statuses", ana, status="aux miens", visibility="private")
    await house.post(f"/api/v1/statuses/{post['id']}/reblog", ana)
    await house.post(f"/api/v1/statuses/{post['id']}/reblog", ben, visibility="private")
    await house.post(f"/api/v1/statuses/{own['id']}/reblog", ana)
    assert [one["username"] for one in await house.get(f"/api/v1/statuses/{post['id']}/reblogged_by", ana)] == ["ana"]
    assert await house.get(f"/api/v1/statuses/{own['id']}/reblogged_by", ana) == []


async def test_the_source_is_for_whom_may_read(house: House) -> None:
    ana, ben = await house.person("ana"), await house.person("ben")
    post = await house.post("/api/v1/statuses", ana, status="à *tous*")
    kept = await house.post("/api/v1/statuses", ana, status="aux miens", visibility="private")
    assert (await house.get(f"/api/v1/statuses/{post['id']}/source", ben))["text"] == "à *tous*"
    assert (await house.call("GET", f"/api/v1/statuses/{kept['id']}/source", ben)).status_code == 404
