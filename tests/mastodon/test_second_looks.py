"""A picture that is refused, or turned away by its looks, has a statement and a second look; nothing of it was kept."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import ImageOps

from salledepause.features import posts
from tests.mastodon.admin import keeper
from tests.mastodon.pictures import held_picture, sends, stored
from tests.mastodon.test_red_line import ADMIN, LIST, OURS, added, data, fresco
from tests.support.house import House, Person

DECISIONS, APPEALS = "/api/salledepause/v1/decisions", "/api/salledepause/v1/admin/appeals"


async def warned(house: House, who: Person) -> list[str]:
    """Return what somebody was told in the name of the house, the latest first."""
    told = await house.get("/api/v1/notifications", who, **{"types[]": "moderation_warning"})
    return [one["moderation_warning"]["text"] for one in told]


async def answered(house: House, host: Person, act: str, verdict: str, reason: str = "") -> int:
    """Have a host look again; return the status of the answer."""
    return (await house.call("POST", f"{APPEALS}/{act}", host, json={"verdict": verdict, "reason": reason})).status_code


async def shown(house: House, who: Person) -> list[Any]:
    """Return what the pictures of somebody's posts say of being held, the latest first."""
    said = await house.get(f"/api/v1/accounts/{who.id}/statuses", who)
    return [one["media_attachments"][0].get("salledepause", {}).get("held") for one in said]


async def test_a_refused_picture_is_contested_once_and_a_lifted_refusal_lets_it_be_sent_again(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    host, other = await keeper(house, "hote"), await keeper(house, "autre_hote")
    first = await held_picture(house, ada, ben, data(fresco()))
    second = await held_picture(house, ada, ben, data(ImageOps.mirror(fresco())))
    for held in (first, second):
        await house.post(f"{ADMIN}/{held}/refuse", host, reason="Non.")
    assert len(await house.get(LIST, host)) == 2
    await house.site.jobs.run(wait=False)
    assert stored(house) == [], "nothing is kept of what is refused"
    why = await house.get(f"{OURS}/{first}", ada)
    assert (why["verdict"], "contester" in (await warned(house, ada))[0]) == ("refused", True)
    path = f"{DECISIONS}/{why['decision_id']}"
    _, one = await house.get(DECISIONS, ada)
    assert (one["id"], one["measure"], one["may_contest"]) == (why["decision_id"], "refuse_image", True)
    assert (await house.call("POST", f"{path}/contest", ben, json={"words": "Non."})).status_code == 404
    await house.post(f"{path}/contest", ada, words="C'est la façade, rien d'autre.")
    (waits,) = await house.get(APPEALS, other)
    assert waits["decision"]["contest"] == "C'est la façade, rien d'autre."
    assert await answered(house, host, one["id"], "kept", "Si.") == 403, "who decided does not look again"
    assert await answered(house, other, one["id"], "lifted", "Une façade.") == 200
    assert await answered(house, other, one["id"], "kept", "Non.") == 409
    assert await house.get(LIST, host) == [], "what looks like it left the list with it"
    assert (await house.get(f"{OURS}/{first}", ada))["verdict"] == "withdrawn"
    assert await shown(house, ada) == ["refused", "lost"]
    assert "Image effacée par erreur." in (await house.client.get("/@ada", headers={"accept": "text/html"})).text
    assert "Vous pouvez envoyer l'image à nouveau" in (await warned(house, ada))[0]
    assert (await sends(house, ada, data(fresco()))).status_code == 200
    assert (await house.call("POST", f"{path}/contest", ada, json={"words": "Encore."})).status_code == 409


async def test_what_is_turned_away_by_its_looks_is_told_once_and_may_be_contested(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    host, other = await keeper(house, "hote"), await keeper(house, "autre_hote")
    square = fresco(1).crop((60, 0, 420, 360))
    await added(house, host, data(square))
    for picture in (square, ImageOps.mirror(square)):
        refused = await sends(house, ada, data(picture))
        assert (refused.status_code, "Decisions about you" in refused.json()["error"]) == (422, True)
    assert stored(house) == []
    (told,) = await warned(house, ada)
    for words in ("comparaison automatique", "n'est pas gardée", "la 5 de la charte", "un juge"):
        assert words in told
    (one,) = await house.get(DECISIONS, ada)
    assert (one["measure"], one["may_contest"]) == ("turn_away", True)
    avatar = {"avatar": ("a.png", data(square), "image/png")}
    assert (await house.call("PATCH", "/api/v1/accounts/update_credentials", ben, files=avatar)).status_code == 422
    (his,) = await house.get(DECISIONS, ben)
    monkeypatch.setattr(posts.media, "QUICK", 0)
    later = await house.person("cleo")
    assert (await sends(house, later, data(square))).status_code == 202
    await house.site.jobs.run(wait=False)
    assert [each["measure"] for each in await house.get(DECISIONS, later)] == ["turn_away"], "what the worker decodes, too"
    monkeypatch.undo()
    for who, act in ((ada, one["id"]), (ben, his["id"])):
        await house.post(f"{DECISIONS}/{act}/contest", who, words="C'est ma façade.")
    assert await answered(house, host, one["id"], "kept", "Si.") == 403, "who had it refused does not look again"
    assert await answered(house, other, one["id"], "kept", "On la reconnaît.") == 200
    assert (await sends(house, ada, data(square))).status_code == 422
    assert len(await house.get(DECISIONS, ada)) == 1, "what was decided once is not told again"
    assert await answered(house, other, his["id"], "lifted") == 200
    assert await house.get(LIST, host) == []
    assert (await sends(house, ada, data(square))).status_code == 200
