"""What one shows of oneself: a name, a few words, pictures, manners; only what is given changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from salledepause.features.accounts import store
from salledepause.features.accounts.model import FIELD_LENGTH, FIELDS, NAME_LENGTH, NOTE_LENGTH, Family, ProfileChanged
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import emit
from salledepause.kernel.text import clean, fits

DESCRIPTION_LENGTH = 1500
DOMAINS = 10
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a profile; what is unset stays. Pictures are keys of blobs, `None` to have none."""

    name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    fields: list[tuple[str, str]] | UnsetType = UNSET
    avatar: str | UnsetType | None = UNSET
    header: str | UnsetType | None = UNSET
    avatar_description: str | UnsetType = UNSET
    header_description: str | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    show_media: bool | UnsetType = UNSET
    show_media_replies: bool | UnsetType = UNSET
    show_featured: bool | UnsetType = UNSET
    language: str | UnsetType = UNSET
    default_audience: Literal["public", "unlisted", "followers", "direct"] | UnsetType = UNSET
    default_sensitive: bool | UnsetType = UNSET
    attribution_domains: list[str] | UnsetType = UNSET
    """Web sites that may say that they are this person's."""
    quote_policy: Literal["public", "followers", "nobody"] | UnsetType = UNSET
    family: Family | UnsetType = UNSET
    shows_family: bool | UnsetType = UNSET
    mode: Literal["contributor", "reader"] | UnsetType = UNSET


class Unfit(BadInput):
    """A part of a profile cannot be so; `part` is its name in a `ProfileChange`."""

    def __init__(self, part: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.part = part


async def update_profile(tx: Tx, account_id: int, change: ProfileChange) -> list[str]:
    """Change a profile; return the keys of blobs to drop after the commit. Raises Unfit, Missing."""
    values = _checked({name: value for name in change.__struct_fields__ if (value := getattr(change, name)) is not UNSET})
    if not values:
        return []
    before = await store.locked(tx, account_id)
    await store.change(tx, account_id, values)
    await emit(tx, ProfileChanged(account_id))
    olds = [before.avatar if "avatar" in values else None, before.header if "header" in values else None]
    return [old for old in olds if old]


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored; raises Unfit."""
    checks: dict[str, Callable[[Any], Any]] = {"name": _name, "note": _note, "fields": _fields, "language": _language}
    checks |= {"avatar_description": _description, "header_description": _description, "family": str}
    checks["attribution_domains"] = _domains
    for name in given.keys() & checks.keys():
        try:
            given[name] = checks[name](given[name])
        except BadInput as refusal:
            raise Unfit(name, refusal.message, **refusal.values) from refusal
    return given


def _name(text: str) -> str:
    name = " ".join(clean(text).split())
    return _short(name, NAME_LENGTH, "Nom affiché trop long : au plus {most} caractères.")


def _note(text: str) -> str:
    return _short(clean(text), NOTE_LENGTH, "Présentation trop longue : au plus {most} caractères.")


def _description(text: str) -> str:
    return _short(clean(text), DESCRIPTION_LENGTH, "Description d'image trop longue : au plus {most} caractères.")


def _short(text: str, most: int, told: str) -> str:
    if not fits(text, most):
        raise BadInput(told, most=most)
    return text


def _fields(given: list[tuple[str, str]]) -> str:
    cleaned = [(" ".join(clean(name).split()), " ".join(clean(value).split())) for name, value in given]
    kept = [pair for pair in cleaned if any(pair)]
    if len(kept) > FIELDS:
        raise BadInput("Au plus {most} lignes de présentation.", most=FIELDS)
    for name, value in kept:
        if not name:
            raise BadInput("Chaque ligne de présentation a besoin d'un titre.")
        if max(len(name), len(value)) > FIELD_LENGTH:
            raise BadInput("Ligne de présentation trop longue : au plus {most} caractères.", most=FIELD_LENGTH)
    return msgspec.json.encode(kept).decode()


def _domains(given: list[str]) -> list[str]:
    bare = [text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/") for text in given]
    kept = list(dict.fromkeys(filter(None, bare)))
    if len(kept) > DOMAINS or not all(_DOMAIN.fullmatch(one) for one in kept):
        raise BadInput("Au plus {most} sites, chacun par son nom de domaine.", most=DOMAINS)
    return kept


def _language(code: str) -> str:
    if not code:
        return "fr"
    if not _LANGUAGE.fullmatch(code):
        raise BadInput("Langue inconnue : donnez un code comme « fr ».")
    return code
