"""How one shows oneself, and how what one writes begins: profile with its pictures, role family, being found, defaults."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import FIELDS, PICTURED, Account, Family, ProfileChange
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.bodies import Upload
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, wording
from salledepause.surfaces.web.rendering import page

PROFILE, MANNERS = "/reglages/profil", "/reglages/preferences"
PICTURES = 24 * 1024 * 1024
"""Bytes of a form with an avatar and a header."""
LANGUAGES = (
    "fr",
    "en",
    "ar",
    "ber",
    "br",
    "co",
    "de",
    "es",
    "it",
    "lb",
    "nl",
    "oc",
    "pl",
    "pt",
    "ro",
    "ru",
    "tr",
    "uk",
    "vi",
    "zh",
)
"""Languages that one may write in by default; any other through an app."""
PLACES = {"fields": "titre1"}
"""Ids of the fields of the form, by the part of a profile, where they are not its name."""
SAVED = "C'est enregistré."


async def show_profile(call: Call) -> Answer:
    """GET /reglages/profil."""
    return _profile(call, {}, {})


class Shown(msgspec.Struct, frozen=True):
    """What is shown of oneself; the pictures are read apart."""

    name: str = ""
    note: str = ""
    titles: list[str] = []
    values: list[str] = []
    avatar_description: str = ""
    header_description: str = ""
    no_avatar: bool = False
    no_header: bool = False


async def change_profile(call: Call) -> Answer:
    """POST /reglages/profil: pictures are decoded outside any transaction, and dropped when something is refused."""
    asked, stored, field = call.read(Shown), dict[str, Any](), ""
    try:
        for field in PICTURED:
            given = call.given.get(field)
            if isinstance(given, Upload) and given.size:
                stored[field] = await accounts.prepare_picture(call.site, call.me, field, given.path)
        async with call.site.db.transaction() as tx:
            old = await accounts.update_profile(tx, call.me, _change(asked, stored))
    except BadInput as refusal:
        for key in stored.values():
            call.site.blobs.drop(key)
        field = refusal.part if isinstance(refusal, accounts.Unfit) else field
        return _profile(call, {PLACES.get(field, field): wording.told(refusal, call.language)}, msgspec.structs.asdict(asked))
    for key in old:
        call.site.blobs.drop(key)
    return answers.back(call, PROFILE, messages.notice(SAVED, call))


def _change(asked: Shown, stored: dict[str, Any]) -> ProfileChange:
    pictures: dict[str, Any] = {"avatar": None} if asked.no_avatar else {}
    pictures |= {"header": None} if asked.no_header else {}
    return ProfileChange(
        name=asked.name,
        note=asked.note,
        fields=[(title, value) for title, value in zip(asked.titles, asked.values, strict=False) if title or value],
        avatar_description=asked.avatar_description,
        header_description=asked.header_description,
        **(pictures | stored),
    )


def _profile(call: Call, problems: dict[str, str], typed: dict[str, Any]) -> Answer:
    account = guests.member(call)
    shown = {name: getattr(account, name) for name in ("name", "note", "avatar_description", "header_description")} | typed
    lines = list(zip(typed["titles"], typed["values"], strict=False)) if typed else list(account.fields)
    lines += [("", "")] * (FIELDS - len(lines))
    return page(call, "profile_edit.html", account=account, shown=shown, lines=lines, problems=problems)


async def show_manners(call: Call) -> Answer:
    """GET /reglages/preferences."""
    return _manners(call, guests.member(call))


class Manners(msgspec.Struct, frozen=True):
    """From where one speaks, how one is found, how posts begin; a box that is not ticked is not sent."""

    family: Family
    default_audience: Literal["public", "unlisted", "followers", "direct"]
    language: str
    discoverable: bool = False
    indexable: bool = False
    hide_collections: bool = False
    locked: bool = False
    default_sensitive: bool = False


async def change_manners(call: Call) -> Answer:
    """POST /reglages/preferences."""
    asked = call.read(Manners)
    if asked.language not in {*LANGUAGES, guests.member(call).language}:
        raise BadInput("Langue inconnue : donnez un code comme « fr ».")
    await accounts.update_profile(call.tx, call.me, ProfileChange(**msgspec.structs.asdict(asked)))
    return answers.back(call, MANNERS, messages.notice(SAVED, call))


def _manners(call: Call, account: Account) -> Answer:
    codes = dict.fromkeys((account.language, *LANGUAGES))
    languages = {code: wording.language_name(code, call.language) for code in codes}
    return page(call, "manners.html", account=account, languages=languages)


ROUTES = [
    route("GET", PROFILE, show_profile, user("")),
    route("POST", PROFILE, guests.guarded(change_profile), user("", files=PICTURES, transaction=False)),
    route("GET", MANNERS, show_manners, user("")),
    route("POST", MANNERS, guests.guarded(change_manners), user("")),
]
