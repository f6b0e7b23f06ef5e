"""Every parameter that the API reads, by the records of its doors, and a body that each writing route accepts."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from msgspec.inspect import ListType, StrType, StructType, Type, UnionType, type_info

from salledepause.kernel import clock
from salledepause.surfaces import mastodon
from salledepause.surfaces.routes import Line
from tests.security.estate import Estate, name_of
from tests.support.doors import term
from tests.support.push import App

Path = tuple[str, ...]
"""Where a field is: `("poll", "options")`, `("keywords_attributes", "*", "keyword")`."""


def records(module: str) -> list[type[msgspec.Struct]]:
    """Return the records that a door declares."""
    held = vars(sys.modules[module]).values()
    return [one for one in held if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__module__ == module]


def fields_of(module: str) -> dict[Path, str]:
    """Return the fields that a door reads and whether each is a `text` or a `list`; those that can be neither are left out."""
    return {path: kind for record in records(module) for path, kind in _walked(type_info(record), ())}


def _walked(kind: Type, path: Path) -> Iterator[tuple[Path, str]]:
    for one in kind.types if isinstance(kind, UnionType) else (kind,):
        if isinstance(one, StructType):
            for field in one.fields:
                yield from _walked(field.type, (*path, field.encode_name))
        elif isinstance(one, ListType):
            yield path, "list"
            yield from _walked(one.item_type, (*path, "*"))
        elif isinstance(one, StrType) and path[-1:] != ("*",):
            yield path, "text"


NAMES: dict[str, list[str]] = {
    topic.__name__: sorted({field.encode_name for record in records(topic.__name__) for field in msgspec.structs.fields(record)})
    for topic in mastodon.TOPICS
}
"""Names of parameters by door."""


def planted(body: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a body with a value at a place."""
    made: dict[str, Any] = copy.deepcopy(dict(body))
    node: Any = made
    for step, following in zip(path, (*path[1:], ""), strict=True):
        key: Any = 0 if step == "*" else step
        if not following:
            node[key] = value
        elif isinstance(node, dict) and not isinstance(node.get(key), dict | list):
            node[key] = [{}] if following == "*" else {}
        elif isinstance(node, list) and not isinstance(node[0], dict):
            node[0] = {}
        node = node[key]
    return made


_BODILESS = """
    follow unfollow remove_from_followers block unblock mute unmute favourite unfavourite reblog unreblog bookmark unbookmark pin
    accept unpin feature unfeature endorse unendorse authorize reject clear dismiss read confirmations revoke userinfo
    approve enable unsilence unsuspend unsensitive assign_to_self unassign resolve reopen translate generate
    leave close glance vouching join stop unstop aside unrefuse
"""
BODILESS = frozenset(_BODILESS.split())
"""Last words of the addresses that act by themselves, whatever else they are given."""


WEEK = {"start_at": "2026-01-01", "end_at": "2026-01-07"}
HOSTS: dict[str, dict[str, Any]] = {
    "POST /api/v1/admin/measures": WEEK | {"keys": ["new_users"]},
    "POST /api/v1/admin/dimensions": WEEK | {"keys": ["languages"]},
    "POST /api/v1/admin/retention": WEEK,
    "POST /api/v1/admin/accounts/{id}/action": {"type": "silence", "text": "bruit"},
    "POST /api/v1/admin/domain_blocks": {"domain": "loin.test", "severity": "suspend", "public_comment": "bruit"},
    "PUT /api/v1/admin/domain_blocks/{id}": {"severity": "noop", "private_comment": "calme"},
    "POST /api/v1/admin/domain_allows": {"domain": "loin.test"},
    "PUT /api/v1/admin/reports/{id}": {"category": "spam"},
    "POST /api/salledepause/v1/admin/help/calls/{id}/take": {},
    "POST /api/salledepause/v1/admin/help/lines": {"name": "Une ligne", "number": "3114"},
    "PUT /api/salledepause/v1/admin/help/lines/{id}": {"name": "Une ligne", "number": "3114"},
    "POST /api/salledepause/v1/admin/held/{id}/publish": {"reason": "calme"},
    "POST /api/salledepause/v1/admin/held/{id}/refuse": {"reason": "calme"},
    "PUT /api/salledepause/v1/admin/glossary": {"term": "ZZT", "meaning": "Un terme."},
    "POST /api/salledepause/v1/admin/glossary/remove": {"key": "samu"},
    "POST /api/salledepause/v1/statuses/{id}/signpost/refuse": {"key": "paye-primes"},
    "POST /api/salledepause/v1/statuses/{id}/signpost/confirm": {"key": "paye-primes"},
    "POST /api/salledepause/v1/admin/signposts/forget": {"key": "paye-primes"},
    "PUT /api/salledepause/v1/admin/signposts": {"name": "Un objet perdu", "desk": "Le standard", "reply": "Voyez le standard."},
    "POST /api/salledepause/v1/admin/signposts/remove": {"key": "paye-primes"},
    "PUT /api/salledepause/v1/admin/limits": {"holds": True, "asks": False},
    "POST /api/salledepause/v1/admin/images/{id}/restore": {"reason": "calme"},
    "POST /api/salledepause/v1/admin/images/{id}/refuse": {"reason": "calme"},
    "POST /api/salledepause/v1/admin/refused_images": {},
}
"""What the routes of hosts accept."""


TOMORROW = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H}:00:00Z"
OURS: dict[str, dict[str, Any]] = {
    "POST /api/salledepause/v1/help/call": {"words": "Un mot"},
    "POST /api/salledepause/v1/admin/appeals/{id}": {"verdict": "kept", "reason": "calme"},
    "POST /api/salledepause/v1/decisions/{id}/contest": {"words": "Ce n'est pas cela."},
    "POST /api/salledepause/v1/held/{id}/contest": {"words": "Ce n'est pas cela."},
    "POST /api/salledepause/v1/language/secret": {"text": "Un mot"},
    "POST /api/salledepause/v1/company/calls/{id}": {},
    "POST /api/salledepause/v1/company/calls/{id}/claim": {},
    "POST /api/salledepause/v1/company/calls/{id}/release": {},
    "POST /api/salledepause/v1/company/hours/take": {"starts": [TOMORROW]},
    "POST /api/salledepause/v1/company/hours/leave": {"starts": [TOMORROW]},
    "POST /api/salledepause/v1/company/week": {"weekday": 3, "hours": [2, 3]},
    "POST /api/salledepause/v1/statuses/{id}/wave": {"sign": "heart", "word": "Bravo"},
    "PUT /api/salledepause/v1/victories/question": {"wanted": True},
    "POST /api/salledepause/v1/learned/{id}": {"note": "Un mot"},
    "POST /api/salledepause/v1/shield": {"worn": True, "digest": "hour", "digest_at": "18:00"},
    "POST /api/salledepause/v1/shield/sas/{id}/release": {},
    "POST /api/salledepause/v1/shield/sas/{id}/keep": {},
    "POST /api/salledepause/v1/shield/sas/{id}/discard": {},
    "POST /api/salledepause/v1/shield/sas/{id}/restore": {},
    "POST /api/salledepause/v1/shield/words": {"word": "traître"},
    "POST /api/salledepause/v1/shield/words/remove": {"word": "traître"},
    "POST /api/salledepause/v1/shield/helping/{id}": {},
    "POST /api/salledepause/v1/images/{id}/contest": {"words": "Ce n'est pas cela."},
}
"""What our own routes accept of anybody."""


def _filters(estate: Estate) -> dict[str, dict[str, Any]]:
    words = {"keyword": "mot", "whole_word": True}
    shelf = {"title": "x", "context": ["home"], "keywords_attributes": [words]}
    return {
        "POST /api/v2/filters": shelf,
        "PUT /api/v2/filters/{id}": shelf,
        "POST /api/v2/filters/{id}/keywords": words,
        "PUT /api/v2/filters/keywords/{id}": words,
        "POST /api/v2/filters/{id}/statuses": {"status_id": estate.things["status"]},
        "POST /api/v1/filters": {"phrase": "mot", "context": ["home"]},
        "PUT /api/v1/filters/{id}": {"phrase": "mot"},
    }


def _doors(estate: Estate) -> dict[str, dict[str, Any]]:
    doors, things = "/api/salledepause/v1/doors", estate.things
    diary = {"title": "Une nuit", "acct": "ben"}
    return {
        f"POST {doors}": {"topic": "Une nuit", "diaries": [diary]} | term(60),
        f"POST {doors}/{{id}}/questions": {"text": "Et la relève ?"},
        f"POST {doors}/questions/{{id}}/answer": {"text": "Calme."},
        f"POST {doors}/questions/{{id}}/aside": {"aside": True},
        f"POST {doors}/questions/{{id}}/group": {"question_id": things["same_question"]},
    }


def _rooms(estate: Estate) -> dict[str, dict[str, Any]]:
    rooms, proving, things = "/api/salledepause/v1/rooms", "/api/salledepause/v1/verification", estate.things
    return {
        **_doors(estate),
        f"POST {rooms}": {"name": "x", "purpose": "y", "rules": {"pace_seconds": 5}},
        f"POST {rooms}/enter": {"code": things["room_code"]},
        f"PATCH {rooms}/{{id}}": {"name": "x", "purpose": "y", "rules": {"pace_seconds": 5}},
        f"POST {rooms}/{{id}}/enter": {"code": things["room_code"]},
        f"POST {rooms}/{{id}}/invitations": {"handle": "eve"},
        f"POST {rooms}/{{id}}/keepers": {"handle": "ben"},
        f"POST {rooms}/{{id}}/out": {"account_id": str(estate.eve.id)},
        f"POST {rooms}/{{id}}/in": {"account_id": str(estate.eve.id)},
        f"PATCH {rooms}/{{id}}/barometer": {"on": True},
        f"POST {rooms}/{{id}}/barometer/lift": {},
        f"POST {rooms}/{{id}}/code": {},
        "POST /api/salledepause/v1/notices/{id}/pin": {},
        "POST /api/salledepause/v1/notices/{id}/state": {"state": "checking", "source": "le cadre"},
        "POST /api/salledepause/v1/posts/{id}/support": {"word": "courage"},
        f"POST {proving}/code": {"code": things["family_code"]},
        f"POST {proving}/vouch": {"handle": "ben"},
        f"POST {proving}/proof": {},
        f"POST {proving}/proofs/{{id}}": {"accepted": True},
        f"POST {proving}/codes": {"family": things["family"]},
    }


def _collections(estate: Estate) -> dict[str, dict[str, Any]]:
    return {
        "POST /api/salledepause/v1/collections/{id}/reasons": {"account_id": str(estate.eve.id), "reason": "La nuit"},
        "POST /api/salledepause/v1/collections/{id}/follow": {"account_ids": [str(estate.eve.id)]},
        "POST /api/salledepause/v1/collections/{id}/list": {"account_ids": [str(estate.ben.id)]},
        "POST /api/salledepause/v1/collections/{id}/import": {"table": "Amis,eve"},
        "POST /api/v1/collections": {"name": "Amis", "account_ids": [str(estate.eve.id)]},
        "PATCH /api/v1/collections/{id}": {"name": "Amies", "tag_name": "nuit"},
        "POST /api/v1/collections/{id}/items": {"account_id": str(estate.eve.id)},
    }


def _desks(estate: Estate) -> dict[str, dict[str, Any]]:
    ours, things = "/api/salledepause/v1", estate.things
    file = {"form": "salledepause-evidence-2", "of": "@ada", "made_at": "x", "made_at_paris": "x", "sha256": "x", "seal": "x"}
    card = {"remark": "Du linge ?", "answer": "Au sous-sol.", "nuance": "Sauf la nuit.", "sources": ["Le plan"], "minutes": 3}
    return {
        f"POST {ours}/desks": {"name": "x", "purpose": "y"},
        f"POST {ours}/evidence/check": {**file, "items": [{"order": 1}]},
        f"PATCH {ours}/desks/{{id}}": {"name": "x", "purpose": "y", "pace": 3, "takes_in": True},
        f"POST {ours}/desks/{{id}}/invitations": {"handle": "ben"},
        f"POST {ours}/desks/{{id}}/hours": {"weekday": 3, "hours": [2, 3]},
        f"POST {ours}/desks/{{id}}/remarks": {"text": "x"},
        f"POST {ours}/desks/{{id}}/cards": card,
        f"PATCH {ours}/cards/{{id}}": card,
        f"POST {ours}/cards/{{id}}/wordings": {"text": "x", "fits": True},
        f"POST {ours}/cards/{{id}}/answer": {"remark_ids": [things["desk_remark"]]},
        f"POST {ours}/remarks/{{id}}/answer": {"text": "x"},
        f"POST {ours}/remarks/{{id}}/draft": {"text": "x"},
        f"POST {ours}/remarks/{{id}}/refuse": {"card_id": things["desk_card"]},
    }


def _among_people(estate: Estate) -> dict[str, dict[str, Any]]:
    ours = "POST /api/salledepause/v1"
    return {
        f"{ours}/teams/{{id}}/merge": {"into": estate.things["other_team"]},
        f"{ours}/shield/helper": {"account_id": str(estate.ben.id)},
        f"{ours}/shield/evidence": {"status_id": estate.things["named"]},
        f"{ours}/duels/{{id}}": {},
    }


def _push() -> dict[str, dict[str, Any]]:
    return {
        "POST /api/v1/push/subscription": {"subscription": {"endpoint": "https://push.example/x", "keys": App().keys}},
        "PUT /api/v1/push/subscription": {"data": {"alerts": {"poll": True}, "policy": "none"}},
    }


def _oneself() -> dict[str, dict[str, Any]]:
    return {
        "PATCH /api/v1/accounts/update_credentials": {"display_name": "Ada", "fields_attributes": [{"name": "a", "value": "b"}]},
        "PATCH /api/v1/profile": {"display_name": "Ada", "fields_attributes": [{"name": "a", "value": "b"}]},
        "POST /api/v1/accounts": {"username": "neuve", "password": "une longue nuit tranquille", "agreement": True},
        "POST /api/v1/apps": {"client_name": "Une app", "redirect_uris": ["app:/x"], "website": "https://app.test"},
        "POST /oauth/token": {"grant_type": "client_credentials"},
    }


def bodies(estate: Estate) -> dict[str, dict[str, Any]]:
    """Return by route a body that it accepts from its asker; a new writing route must be written here."""
    later = clock.iso(clock.now() + timedelta(days=2))
    poll = {"options": ["a", "b"], "expires_in": 3600, "multiple": True}
    return {
        "POST /api/v1/statuses": {"status": "bonjour", "poll": poll},
        "PUT /api/v1/statuses/{id}": {"status": "bonsoir", "poll": poll},
        "PUT /api/v1/statuses/{id}/interaction_policy": {
            "quote_approval_policy": "followers",
            "salledepause": {"closed": True},
        },
        "POST /api/v1/polls/{id}/votes": {"choices": [0]},
        "PUT /api/v1/scheduled_statuses/{id}": {"scheduled_at": later},
        "POST /api/v1/accounts/{id}/note": {"comment": "x"},
        "PATCH /api/v2/notifications/policy": {"for_not_following": "filter"},
        "POST /api/v1/notifications/requests/accept": {"id": [estate.things["knock"]]},
        "POST /api/v1/notifications/requests/dismiss": {"id": [estate.things["knock"]]},
        "POST /api/v1/lists": {"title": "x"},
        "PUT /api/v1/lists/{id}": {"title": "x"},
        "POST /api/v1/lists/{id}/accounts": {"account_ids": [str(estate.ben.id)]},
        "POST /api/v1/featured_tags": {"name": "nuit"},
        "POST /api/v1/markers": {"home": {"last_read_id": "1"}},
        "POST /api/v1/reports": {"account_id": str(estate.ben.id)},
        "PUT /api/v1/media/{id}": {"description": "x"},
        "POST /api/salledepause/v1/media/{id}/blur": {"zones": [{"x": 0, "y": 0, "width": 0.5, "height": 0.5}]},
        "POST /api/v2/media": {},
        "POST /api/v1/media": {},
        "PUT /api/v1/announcements/{id}/reactions/{name}": {},
        "POST /api/v1/domain_blocks": {"domain": "loin.test"},
        **_oneself(),
        **_collections(estate),
        **_filters(estate),
        **_rooms(estate),
        **_desks(estate),
        **_among_people(estate),
        **_push(),
        **OURS,
        **HOSTS,
    }


def acts_by_itself(line: Line) -> bool:
    """Tell whether a route needs nothing but its address."""
    return line.method == "DELETE" or line.path.rpartition("/")[2] in BODILESS


def unknown(line: Line, known: Mapping[str, Any]) -> bool:
    """Tell whether nobody said what a route takes."""
    return not acts_by_itself(line) and name_of(line) not in known
