"""The guard of the secret in the API: a warning in the author's one answer, a check alone; nothing refused, nothing kept."""

from __future__ import annotations

import json

import pytest

from salledepause.features import language
from salledepause.kernel import nearby
from salledepause.surfaces import secrecy
from tests.security.estate import rows, written
from tests.support.house import House

TELLING = "Mme Delacourt, 58 ans, chambre 12, est entrée au CHU de Nantes. Appelez sa fille au 06 12 34 56 78."
CHECK = "/api/salledepause/v1/language/secret"


async def test_an_app_is_warned_and_never_refused(house: House) -> None:
    ada, ben = await house.person("ada"), await house.person("ben")
    calm = await house.say(ada, "Du cake au citron en salle de pause.")
    assert "secret" not in calm["salledepause"]
    for number in ("une", "deux"):
        asked = {
            "json": {"status": TELLING, "visibility": "private"},
            "headers": {"idempotency-key": number, "accept-language": "fr"},
        }
        said = (await house.call("POST", "/api/v1/statuses", ada, **asked)).json()
        found = said["salledepause"]["secret"]
        assert found["label"] == "direct"
        assert {"name", "phone"} <= {one["kind"] for one in found["hints"]}
        age = next(one for one in found["hints"] if one["kind"] == "age")
        assert TELLING[age["start"] : age["end"]] == age["words"] == "58 ans"
        assert (age["what"], age["instead"]) == ("un âge", "la cinquantaine")
        assert "Delacourt" not in found["rewritten"]
    for who in (ada, ben):
        assert "secret" not in json.dumps(await house.get(f"/api/v1/statuses/{said['id']}", ada))
        assert "rewritten" not in json.dumps(await house.get("/api/v1/timelines/home", who))


async def test_a_check_alone_keeps_nothing(house: House) -> None:
    ada = await house.person("ada")
    before = await rows(house)
    found = (await house.call("POST", CHECK, ada, json={"text": TELLING})).json()
    assert found["label"] == "direct"
    assert found["rewritten"].startswith("Une dame, la cinquantaine")
    english = await house.call("POST", CHECK, ada, json={"text": TELLING}, headers={"accept-language": "en"})
    assert "an age" in {one["what"] for one in english.json()["hints"]}
    safe = (await house.call("POST", CHECK, ada, json={"text": "Du cake."})).json()
    assert (safe["label"], safe["hints"], safe["rewritten"]) == ("safe", [], "Du cake.")
    assert (await house.call("POST", CHECK, ada, json={"text": "a" * 5001})).status_code == 422
    assert (await house.call("POST", CHECK, None, json={"text": "a"})).status_code == 401
    assert written(before, await rows(house)) == []


async def test_who_has_both_passes_is_asked_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await house.person("ada")
    quick, full = (language.advice(TELLING, engine()) for engine in (language.quick, language.full))
    assert quick.chance != full.chance

    async def looked() -> float:
        return float((await house.call("POST", CHECK, ada, json={"text": TELLING})).json()["chance"])

    monkeypatch.setattr(nearby, "PATIENCE", 30.0)  # whatever else the machine does
    before = await rows(house)
    async with secrecy.answering(house.site):
        assert await looked() == full.chance
        assert written(before, await rows(house)) == []
    assert await looked() == quick.chance, "alone, a web process looks by the first pass"


async def test_an_answer_of_another_shape_is_none(house: House) -> None:
    async def other(_: bytes) -> bytes:
        return b'{"verdict": "safe"}'

    ada = await house.person("ada")
    async with nearby.answering(house.site.settings.data / secrecy.SOCKET, other):
        found = (await house.call("POST", CHECK, ada, json={"text": TELLING})).json()
    assert found["chance"] == language.advice(TELLING).chance
