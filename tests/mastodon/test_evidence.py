"""Evidence by the API: copies that outlive what they copy, with prints and a seal that anybody can check."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from tests.kernel.media_samples import drawing, saved
from tests.mastodon.pictures import sent, served
from tests.mastodon.test_shield import HERE, INSULT, TRADE
from tests.support.house import House


async def checked(house: House, file: dict[str, Any]) -> None:
    """Have a file of evidence checked by nobody in particular, as it is and as somebody may have changed it."""
    path = "/api/salledepause/v1/evidence/check"
    first, second = file["items"]
    milder = first | {"text": "Bonjour."}
    bare = {key: value for key, value in milder.items() if key != "sha256"}
    written = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    forged = milder | {"sha256": hashlib.sha256(written).hexdigest()}
    together = hashlib.sha256(f"{forged['sha256']}\n{second['sha256']}".encode()).hexdigest()
    for change, wanted in (
        ({}, ([], True, True)),
        ({"items": [milder, second]}, ([1], False, False)),
        ({"items": [forged, second]}, ([], False, False)),
        ({"items": [forged, second], "sha256": together}, ([], True, False)),
        ({"items": [second]}, ([], False, False)),
        ({"items": [second, first]}, ([], False, False)),
        ({"of": "@autre@salle.test"}, ([], True, False)),
        ({"made_at": "2020-01-01T00:00:00.000Z"}, ([], True, False)),
        ({"form": "salledepause-evidence-1", "seal": ""}, ([], True, False)),
    ):
        told = await house.post(path, None, **file | change)
        assert (told["changed"], told["whole"], told["sealed"]) == wanted, change
    for wrong in ({"form": "autre"}, {"items": [first] * 501}, {"of": "x" * 301}, {"items": ["x"]}, {"seal": 1}):
        assert (await house.call("POST", path, None, json=file | wrong)).status_code == 422, wrong


async def test_evidence_stays_when_its_author_erases_it_and_its_prints_can_be_checked(house: House) -> None:
    wearer, rude = await house.person("plaignante"), await house.person("violent")
    said = await house.say(rude, f"@plaignante {INSULT}")
    private = await house.say(rude, "Rien à voir")
    later = await house.say(rude, f"@plaignante {TRADE}")
    for one in (later, said, said):
        await house.post(f"{HERE}/evidence", wearer, status_id=one["id"])
    refused = await house.call("POST", f"{HERE}/evidence", wearer, json={"status_id": private["id"]})
    assert refused.status_code == 422
    assert (await house.call("DELETE", f"/api/v1/statuses/{said['id']}", rude)).status_code == 200
    found = await house.get(f"{HERE}/evidence/file", wearer)
    assert [(one["order"], one["author"]) for one in found["items"]] == [(1, "@violent@salle.test"), (2, "@violent@salle.test")]
    assert INSULT in found["items"][0]["text"]
    prints = []
    for one in found["items"]:
        bare = {key: value for key, value in one.items() if key != "sha256"}
        written = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        prints.append(hashlib.sha256(written).hexdigest())
        assert one["sha256"] == prints[-1]
        utc = datetime.fromisoformat(one["said_at"])
        assert datetime.fromisoformat(one["said_at_paris"]) == utc.replace(microsecond=0)
    assert found["sha256"] == hashlib.sha256("\n".join(prints).encode()).hexdigest()
    assert await house.get(f"{HERE}/evidence", rude) == []
    await checked(house, found)
    (first, _) = await house.get(f"{HERE}/evidence", wearer)
    assert (await house.call("DELETE", f"{HERE}/evidence/{first['id']}", rude)).status_code == 404
    assert (await house.call("DELETE", f"{HERE}/evidence/{first['id']}", wearer)).status_code == 200
    assert len(await house.get(f"{HERE}/evidence", wearer)) == 1


async def test_evidence_holds_what_was_said_before_an_edit_and_the_prints_of_pictures(house: House) -> None:
    wearer, rude = await house.person("plaignant"), await house.person("retors")
    media = await sent(house, rude, saved(drawing((64, 48)), "PNG"), description="Son visage, barré")
    said = await house.say(rude, f"@plaignant {INSULT}", media_ids=[media["id"]])
    kept = await served(house, media["url"])
    body = {"status": "@plaignant Bonne journée.", "media_ids": [media["id"]]}
    assert (await house.call("PUT", f"/api/v1/statuses/{said['id']}", rude, json=body)).status_code == 200
    await house.post(f"{HERE}/evidence", wearer, status_id=said["id"])
    assert (await house.call("DELETE", f"/api/v1/statuses/{said['id']}", rude)).status_code == 200
    file = await house.get(f"{HERE}/evidence/file", wearer)
    (one,) = file["items"]
    assert (one["text"], [each["text"] for each in one["former"]]) == ("@plaignant Bonne journée.", [f"@plaignant {INSULT}"])
    assert (one["former"][0]["said_at"], one["edited_at"] > one["said_at"]) == (one["said_at"], True)
    (shown,) = one["media"]
    assert shown == {"kind": "image", "description": "Son visage, barré", "sha256": hashlib.sha256(kept.content).hexdigest()}
    assert (await house.post("/api/salledepause/v1/evidence/check", None, **file))["sealed"]
    one["former"][0]["text"] = "@plaignant Rien."
    assert (await house.post("/api/salledepause/v1/evidence/check", None, **file))["changed"] == [1]
