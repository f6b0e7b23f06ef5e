"""The house as apps see it: every documented key, true figures, texts in two languages."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from salledepause import __version__
from salledepause.features.accounts import Family
from salledepause.kernel.config import Settings
from salledepause.kernel.words import LANGUAGES
from salledepause.surfaces import house as texts
from salledepause.surfaces.mastodon import instance
from tests.support.house import House
from tests.support.recorder import Recorder

V1, V2 = "/api/v1/instance", "/api/v2/instance"


async def test_version_turns_features_on_and_says_who_we_are(house: House) -> None:
    found = await house.get(V2)
    assert found["version"] == f"4.5.0 (compatible; SalledePause {__version__})"
    assert (await house.get(V1))["version"] == found["version"]
    assert found["api_versions"] == {"mastodon": 7}


async def test_addresses_and_limits(house: House) -> None:
    found = await house.get(V2)
    assert found["domain"] == (await house.get(V1))["uri"] == "salle.test"
    limits = found["configuration"]
    assert limits["urls"]["streaming"] == "wss://salle.test"
    assert limits["statuses"] == {"max_characters": 5000, "max_media_attachments": 4, "characters_reserved_per_url": 23}
    assert limits["polls"]["max_options"] >= 4
    assert limits["polls"]["min_expiration"] == 300
    assert {"image/png", "image/jpeg", "image/webp", "image/gif", "image/heic", "video/mp4", "video/webm"} <= set(
        limits["media_attachments"]["supported_mime_types"]
    )
    assert isinstance(limits["vapid"]["public_key"], str)
    assert found["thumbnail"]["url"].startswith("https://salle.test/")


async def test_counts_are_true_and_kept_a_minute(house: House) -> None:
    ana = await house.person("ana")
    await house.person("bob", state="pending")
    await house.say(ana, "Un")
    assert (await house.get(V1))["stats"] == {"user_count": 1, "status_count": 1, "domain_count": 0}
    assert (await house.get(V2))["usage"] == {"users": {"active_month": 1}}
    await house.say(ana, "Deux")
    assert (await house.get(V1))["stats"]["status_count"] == 1, "asked again only after a minute"


async def test_who_keeps_the_house_is_the_contact(house: House) -> None:
    assert (await house.get(V2))["contact"] == {"email": "", "account": None}
    await house.person("hote", role="host", family=Family.DIRECTION)
    await house.person("chef", role="admin")
    assert (await house.get(V2))["contact"]["account"]["acct"] == "chef"
    assert (await house.get(V1))["contact_account"]["acct"] == "chef"


@pytest.mark.parametrize(
    ("contact", "email"), [("hotes@salle.test", "hotes@salle.test"), ("au 2e étage", ""), ("@hote", ""), ("a b@c.d", "")]
)
def test_only_an_address_is_given_as_one(contact: str, email: str) -> None:
    assert instance.email(Settings(contact=contact)) == email


MODES = {
    "open": (True, False, None),
    "approval": (True, True, None),
    "invitation": (False, False, "On entre ici sur invitation : demandez un code à quelqu'un de la maison."),
}


@pytest.mark.parametrize("mode", MODES)
async def test_registrations_follow_the_setting(settings: Settings, recorder: Recorder, mode: str) -> None:
    enabled, approval, message = MODES[mode]
    async with House.opened(msgspec.structs.replace(settings, registration=mode), recorder) as house:
        answer = await house.call("GET", V2, headers={"accept-language": "fr"})
        found = answer.json()["registrations"]
        assert (found["enabled"], found["approval_required"], found["message"]) == (enabled, approval, message)
        old = await house.get(V1)
        assert (old["registrations"], old["approval_required"]) == (enabled, approval)
        assert old["invites_enabled"] is (mode == "invitation")


async def test_rules_are_numbered_and_in_two_languages(house: House) -> None:
    rules = await house.get(V1 + "/rules")
    assert [rule["id"] for rule in rules] == [str(number) for number in range(1, len(texts.RULES) + 1)]
    for rule in rules:
        assert set(rule["translations"]) == set(LANGUAGES)
        assert rule["text"] == rule["translations"]["fr"]["text"], "the house speaks French unless asked otherwise"
        assert rule["text"]
        assert rule["hint"]
        assert rule["translations"]["en"]["text"] != rule["text"], "every rule is translated"
        assert rule["translations"]["en"]["hint"] != rule["hint"]
    english = await house.call("GET", V1 + "/rules", headers={"accept-language": "en"})
    assert english.json()[0]["text"] == rules[0]["translations"]["en"]["text"]


@pytest.mark.parametrize("page", ["extended_description", "privacy_policy"])
async def test_texts_are_html_in_both_languages(house: House, page: str) -> None:
    french = await house.get(f"{V1}/{page}")
    english = (await house.call("GET", f"{V1}/{page}", headers={"accept-language": "en"})).json()
    assert french["content"].startswith("<h2>")
    assert french["content"].count("<p>") == english["content"].count("<p>") > 2
    paragraphs = set(french["content"].split("<p>")) & set(english["content"].split("<p>"))
    assert not {one for one in paragraphs if one}, "a paragraph is not translated"


def test_texts_hold_no_plain_space_before_double_punctuation() -> None:
    said = [part for rule in texts.RULES for part in rule]
    said += [one for sections in (texts.ABOUT, texts.PRIVACY) for title, paragraphs in sections for one in (title, *paragraphs)]
    assert not [one for one in said if any(f" {mark}" in one for mark in ":;!?»")]


@pytest.mark.parametrize("path", ["terms_of_service", "terms_of_service/2026-01-01"])
async def test_what_does_not_exist_is_missing(house: House, path: str) -> None:
    answer = await house.call("GET", f"{V1}/{path}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})


async def test_what_is_empty_is_empty(house: House) -> None:
    ana = await house.person("ana")
    for path in (V1 + "/peers", V1 + "/domain_blocks", "/api/v1/custom_emojis"):
        assert await house.get(path) == []
    assert await house.get(V1 + "/translation_languages") == {}
    assert await house.get("/api/v1/announcements", ana) == []
    assert (await house.call("GET", "/api/v1/announcements")).status_code == 401


async def test_activity_tells_twelve_weeks_of_numbers_in_strings(house: House) -> None:
    ana, bob = await house.person("ana"), await house.person("bob")
    for who in (ana, ana, bob):
        await house.say(who, "Bonjour")
    weeks = await house.get(V1 + "/activity")
    assert len(weeks) == 12
    newest = weeks[0]
    assert (newest["statuses"], newest["logins"], newest["registrations"]) == ("3", "2", "2")
    starts = [int(week["week"]) for week in weeks]
    assert starts == sorted(starts, reverse=True)
    assert all(first - second == 7 * 86400 for first, second in pairwise(starts))
    assert weeks[1]["statuses"] == "0"


async def test_preferences_are_the_accounts_own(house: House) -> None:
    ana = await house.person("ana", default_audience="followers", default_sensitive=True, language="br")
    found = await house.get("/api/v1/preferences", ana)
    assert found["posting:default:visibility"] == "private"
    assert found["posting:default:sensitive"] is True
    assert found["posting:default:language"] == "br"
    assert found["reading:expand:media"] == "default"
    assert (await house.call("GET", "/api/v1/preferences")).status_code == 401
