"""Prove that the judge of our answers accepts what Mastodon's documentation shows and refuses what it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.openapi import AMENDMENTS, ANSWERS, Description
from tests.support.recorder import Recorder, problems

Json = dict[str, Any]

LONG_AGO = "2026-06-30T00:00:00.000Z"
ACCOUNT: Json = {
    "id": "114000000000000001",
    "username": "ginette",
    "acct": "ginette",
    "display_name": "",
    "url": "http://localhost:3000/@ginette",
    "uri": "http://localhost:3000/users/ginette",
    "note": "<p>Aide-soignante de nuit</p>",
    "avatar": "http://localhost:3000/static/avatar.png",
    "avatar_static": "http://localhost:3000/static/avatar.png",
    "header": "http://localhost:3000/static/header.png",
    "header_static": "http://localhost:3000/static/header.png",
    "locked": False,
    "bot": False,
    "group": False,
    "discoverable": None,
    "indexable": False,
    "hide_collections": None,
    "created_at": LONG_AGO,
    "last_status_at": "2026-07-01",
    "statuses_count": 3,
    "followers_count": 0,
    "following_count": 0,
    "emojis": [],
    "fields": [{"name": "Service", "value": "Urgences", "verified_at": None}],
    "roles": [],
}
STATUS: Json = {
    "id": "114000000000000002",
    "uri": "http://localhost:3000/users/ginette/statuses/114000000000000002",
    "url": "http://localhost:3000/@ginette/114000000000000002",
    "created_at": "2026-07-01T03:14:15.926Z",
    "edited_at": None,
    "account": ACCOUNT,
    "content": "<p>Bonne nuit</p>",
    "visibility": "public",
    "sensitive": False,
    "spoiler_text": "",
    "language": "fr",
    "media_attachments": [],
    "application": {"name": "Appli", "website": None},
    "mentions": [],
    "tags": [],
    "emojis": [],
    "reblogs_count": 0,
    "favourites_count": 0,
    "replies_count": 0,
    "quotes_count": 0,
    "in_reply_to_id": None,
    "in_reply_to_account_id": None,
    "reblog": None,
    "poll": None,
    "card": None,
    "quote": None,
    "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
    "favourited": False,
    "salledepause": {"kind": "victory"},
}
POLL: Json = {
    "id": "9",
    "expires_at": None,
    "expired": False,
    "multiple": False,
    "votes_count": 1,
    "voters_count": 1,
    "options": [{"title": "Café", "votes_count": 1}, {"title": "Thé", "votes_count": None}],
    "emojis": [],
    "voted": True,
    "own_votes": [0],
}
SCHEDULED: Json = {
    "id": "12",
    "scheduled_at": "2026-07-02T00:00:00.000Z",
    "params": {"text": "Demain", "visibility": "public", "application_id": 1, "with_rate_limit": False, "poll": None},
    "media_attachments": [],
}
CARD: Json = {
    "url": "https://example.org/",
    "title": "Exemple",
    "description": "",
    "type": "link",
    "authors": [{"name": "Ginette", "url": "", "account": None}],
    "author_name": "",
    "author_url": "",
    "provider_name": "",
    "provider_url": "",
    "html": "",
    "width": 0,
    "height": 0,
    "image": None,
    "embed_url": "",
    "blurhash": None,
}


@pytest.fixture(scope="module")
def description() -> Description:
    found = Description.load()
    if found is None:
        pytest.skip("the shared folder with the third party's description is not here (SHARED_DATA)")
    return found


def without(record: Json, key: str) -> Json:
    return {name: value for name, value in record.items() if name != key}


def test_a_good_status_passes_with_our_own_keys(description: Description) -> None:
    assert description.check("GET", "/api/v1/statuses/114000000000000002", 200, STATUS) == []


def test_nested_entities_pass(description: Description) -> None:
    boost = STATUS | {"reblog": STATUS | {"poll": POLL, "card": CARD}}
    quote = STATUS | {"quote": {"state": "accepted", "quoted_status": STATUS}}
    assert description.check("GET", "/api/v1/timelines/home?limit=2", 200, [boost, quote]) == []


@pytest.mark.parametrize("key", ["account", "content", "tags", "poll", "in_reply_to_id", "quotes_count", "visibility"])
def test_a_missing_key_is_named(description: Description, key: str) -> None:
    found = description.check("GET", "/api/v1/timelines/public", 200, [STATUS, without(STATUS, key)])
    assert found == [f"[1]: '{key}' is a required property"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tags": None}, "[0].tags: None is not of type 'array'"),
        ({"id": 114000000000000002}, "[0].id: 114000000000000002 is not of type 'string'"),
        ({"favourites_count": 1.0}, "[0].favourites_count: 1.0 is not of type 'integer'"),
        ({"replies_count": True}, "[0].replies_count: True is not of type 'integer'"),
        ({"favourited": None}, "[0].favourited: None is not of type 'boolean'"),
        ({"visibility": "local"}, "[0].visibility: 'local' is not one of ['public', 'unlisted', 'private', 'direct']"),
        ({"created_at": "2026-07-01T03:14:15Z"}, "[0].created_at: '2026-07-01T03:14:15Z' is not a 'date-time'"),
        ({"created_at": "2026-02-30T03:14:15.000Z"}, "[0].created_at: '2026-02-30T03:14:15.000Z' is not a 'date-time'"),
        ({"account": ACCOUNT | {"avatar": ""}}, "[0].account.avatar: '' is not a 'uri'"),
        ({"account": ACCOUNT | {"last_status_at": LONG_AGO}}, f"[0].account.last_status_at: '{LONG_AGO}' is not a 'date'"),
        ({"language": ""}, "[0].language: '' is not a 'iso-639-1'"),
        ({"poll": POLL | {"options": None}}, "[0].poll.options: None is not of type 'array'"),
        ({"reblog": STATUS | {"emojis": None}}, "[0].reblog.emojis: None is not of type 'array'"),
        ({"quote": {"state": "accepted", "quoted_status": {}}}, "[0].quote.quoted_status: 'account' is a required property"),
    ],
)
def test_a_wrong_value_is_said_with_its_place(description: Description, change: Json, said: str) -> None:
    assert said in description.check("GET", "/api/v1/timelines/public", 200, [STATUS | change])


@pytest.mark.parametrize("body", [None, {}, "", STATUS, [None], [[]]])
def test_a_page_of_another_shape_is_refused(description: Description, body: object) -> None:
    assert description.check("GET", "/api/v1/timelines/public", 200, body)


def test_posting_answers_a_status_or_a_scheduled_one(description: Description) -> None:
    assert description.check("POST", "/api/v1/statuses", 200, STATUS) == []
    assert description.check("POST", "/api/v1/statuses", 200, SCHEDULED) == []
    assert description.check("POST", "/api/v1/statuses", 200, without(SCHEDULED, "id")) == ["body: 'id' is a required property"]
    assert description.check("POST", "/api/v1/statuses", 200, without(STATUS, "uri")) == ["body: 'uri' is a required property"]


@pytest.mark.parametrize("status", [401, 404, 418, 422, 503])
def test_a_refusal_is_an_error_object(description: Description, status: int) -> None:
    assert description.check("GET", "/api/v1/statuses/1", status, {"error": "Record not found"}) == []
    assert description.check("GET", "/api/v1/statuses/1", status, {"detail": "no"}) == ["body: 'error' is a required property"]


def test_only_the_sign_up_details_its_refusal(description: Description) -> None:
    told = {"error": "Validation failed", "details": {"username": [{"error": "ERR_TAKEN", "description": "already taken"}]}}
    assert description.check("POST", "/api/v1/accounts", 422, told) == []
    assert description.check("POST", "/api/v1/accounts", 422, {"error": "no"}) == ["body: 'details' is a required property"]
    assert description.check("POST", "/api/v1/statuses/1/favourite", 422, {"error": "no"}) == []


def test_an_operation_without_a_body_answers_an_empty_object(description: Description) -> None:
    assert description.check("DELETE", "/api/v1/lists/1", 200, {}) == []
    assert description.check("DELETE", "/api/v1/lists/1", 200, None) == ["body: None is not of type 'object'"]


def test_media_is_judged_while_it_is_prepared(description: Description) -> None:
    keys = ("url", "preview_url", "remote_url", "meta", "description", "blurhash")
    waiting = {"id": "1", "type": "video"} | dict.fromkeys(keys)
    assert description.check("GET", "/api/v1/media/1", 206, waiting) == []
    assert description.check("POST", "/api/v2/media", 202, waiting) == []
    assert description.check("GET", "/api/v1/media/1", 206, without(waiting, "url")) == ["body: 'url' is a required property"]


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/api/v1/accounts/lookup?acct=ginette", "/api/v1/accounts/lookup"),
        ("get", "/api/v1/accounts/12", "/api/v1/accounts/{id}"),
        ("POST", "/api/v1/tags/nuit/feature", "/api/v1/tags/{id}/feature"),
        ("PATCH", "/api/v2/notifications/policy", "/api/v2/notifications/policy"),
        ("DELETE", "/api/v1/accounts/lookup", None),
        ("GET", "/api/salledepause/v1/rooms", None),
    ],
)
def test_paths_find_their_template(description: Description, method: str, path: str, template: str | None) -> None:
    assert description.template(method, path) == template


def test_an_unknown_operation_is_a_problem(description: Description) -> None:
    assert description.check("GET", "/api/v1/unheard_of", 200, {}) == ["GET /api/v1/unheard_of is not described"]


def test_operations_cover_the_core_of_the_api(description: Description) -> None:
    core = {("POST", "/api/v1/statuses"), ("GET", "/api/v1/timelines/home"), ("GET", "/api/v2/instance")}
    assert core | {(method, path) for method, path, _ in ANSWERS} <= set(description.operations())


def test_every_schema_of_an_answer_resolves(description: Description) -> None:
    bodies: list[object] = [{}, [], [1]]
    for method, path in description.operations():
        for status in (200, 202, 206, 404, 422):
            for body in bodies:
                assert isinstance(description.check(method, path, status, body), list)


def test_amendments_name_what_they_change() -> None:
    for amendment in AMENDMENTS:
        assert amendment.present or amendment.full or amendment.optional or amendment.replaced, amendment


def test_a_stale_amendment_is_noticed(description: Description) -> None:
    with pytest.raises(KeyError):
        Description({"paths": {}, "components": {"schemas": {}}})


def test_no_description_without_the_shared_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHARED_DATA", str(tmp_path))
    assert Description.load() is None


@pytest.fixture
def recorder() -> Callable[..., Recorder]:
    def recorded(*answers: tuple[str, str, int, object], kind: str = "application/json; charset=utf-8") -> Recorder:
        found = Recorder()
        for method, path, status, body in answers:
            found.record(method, path, status, json.dumps(body).encode(), kind)
        return found

    return recorded


def test_recorded_problems_are_told_once_by_template(description: Description, recorder: Callable[..., Recorder]) -> None:
    bad = [STATUS | {"tags": None}, STATUS, STATUS | {"tags": None}]
    kept = recorder(
        ("GET", "/api/v1/timelines/tag/nuit", 200, bad),
        ("GET", "/api/v1/timelines/tag/jour?limit=3", 200, bad),
        ("GET", "/api/v1/statuses/1", 200, STATUS),
        ("GET", "/api/salledepause/v1/rooms", 200, {}),
    )
    assert problems(kept, description) == ["GET /api/v1/timelines/tag/{hashtag} 200 [].tags: None is not of type 'array'"]


def test_what_is_not_json_is_not_kept(recorder: Callable[..., Recorder]) -> None:
    assert recorder(("GET", "/@ginette", 200, ""), kind="text/html").answers() == []
    assert recorder(("GET", "/users/ginette", 200, {}), kind="application/activity+json").answers() == []


def test_the_same_answer_is_kept_once(recorder: Callable[..., Recorder]) -> None:
    kept = recorder(("GET", "/api/v1/lists", 200, []), ("get", "/api/v1/lists", 200, []), ("GET", "/api/v1/lists", 401, {}))
    assert [(answer.method, answer.status) for answer in kept.answers()] == [("GET", 200), ("GET", 401)]


def test_a_broken_body_is_a_problem(description: Description) -> None:
    kept = Recorder()
    kept.record("GET", "/api/v1/lists", 200, b"[", "application/json")
    [problem] = problems(kept, description)
    assert problem.startswith("GET /api/v1/lists 200 body: not JSON")
