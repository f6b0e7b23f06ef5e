"""Coming in: what a newcomer gives, what is refused, and the invitations that open a closed house."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from salledepause.features.accounts import keys, store
from salledepause.features.accounts.credentials import Keys
from salledepause.features.accounts.model import HANDLE, Family, SignedUp
from salledepause.features.accounts.passwords import HASHER, weakness
from salledepause.features.accounts.secret import fresh
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import emit
from salledepause.kernel.text import clean, fits

Policy = Literal["open", "approval", "invitation"]
Mode = Literal["contributor", "reader"]

_RESERVED = """
    about abuse accueil admin administrateur administration administrator admins aide annuaire anonyme api app apropos apps
    assets auth authorize autoconfig bot charte code compte connexion contact css deconnexion dsa everyone explore explorer
    favicon federation health help hostmaster hote hotes ici inbox info inscription instance internal invitation js legal
    login logout mail mailer media mentions messages mimosa moderateur moderation moderatrice moderator moi news noreply
    nodeinfo notifications oauth operator outbox ouvrir parametres password portraits postmaster privacy profil public
    recherche relay reglages root rgpd salle salledepause search security securite settings share signin signout signup static
    status support supprime sysadmin system tags terms timelines tous undefined null user users vie_privee web webfinger
    webmaster well_known www
"""
RESERVED = frozenset(_RESERVED.split())
"""Handles that would pass for the house itself, or for one of its addresses."""
REASON_LENGTH = 1000
MOST_USES, MOST_DAYS = 1000, 365
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL)


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer gives. No e-mail: what an app sends of one is dropped at the door."""

    handle: str
    password: str
    family: Family = Family.OTHER
    mode: Mode = "contributor"
    reason: str = ""
    """Why, for the hosts, where registration is by approval."""
    invitation: str = ""
    language: str = ""
    """Of the interface, as the app says it; becomes the language of posts."""


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong: which field, Mastodon's code for it, and what to do as a refusal."""

    field: str
    code: str
    refusal: BadInput


class Refused(BadInput):
    """A sign-up that cannot be; its words are those of the first problem, `problems` has them all."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems, of which there is one at least."""
        first = problems[0].refusal
        super().__init__(first.message, **first.values)
        self.problems = problems


async def sign_up(tx: Tx, policy: Policy, form: SignUp, drawn: Keys) -> int:
    """Make an account; return its id. Raises Refused.

    `policy`: `open`; `approval`, the account waits; `invitation`, one use of a code is taken. `drawn` are the keys of the form's
    password, drawn before and without a transaction (`draw_keys`).
    """
    await check_sign_up(tx, policy, form)
    if policy == "invitation" and not await store.use_invitation(tx, form.invitation):
        raise Refused([_uninvited()])
    return await _enter(tx, form, "pending" if policy == "approval" else "active", (drawn.password, drawn.recovery))


async def check_sign_up(tx: Tx, policy: Policy, form: SignUp) -> None:
    """Raise Refused for all that a newcomer has to correct, before the work that a right form costs."""
    problems = _problems(form, policy)
    if form.handle.lower() in RESERVED:
        problems.insert(0, Problem("handle", "ERR_RESERVED", BadInput("Ce pseudonyme est réservé : choisissez-en un autre.")))
    elif not _handle_problems(form.handle) and not await store.handle_is_free(tx, form.handle):
        problems.insert(0, _taken())
    if problems:
        raise Refused(problems)
    if policy == "invitation" and not await store.invitation_opens(tx, form.invitation):
        raise Refused([_uninvited()])


async def create(
    tx: Tx,
    handle: str,
    password: str | None,
    *,
    family: Family = Family.OTHER,
    mode: Mode = "contributor",
    at: datetime | None = None,
) -> int:
    """Make an account as the hosts do, from the command line: no policy, reserved handles are theirs, no recovery words.

    Without a password nobody can sign in to it. `at` backdates it, for imports. Raises Refused.
    """
    form = SignUp(handle=handle, password=password or "", family=family, mode=mode)
    problems = _problems(form, "open") if password is not None else _handle_problems(handle)
    if problems:
        raise Refused(problems)
    return await _enter(tx, form, "active", (await HASHER.hash(password), "") if password else None, at)


async def create_invitation(tx: Tx, by: int | None, uses: int = 1, days: int = 7) -> str:
    """Return the code of a new invitation, shown this once; `by` nobody for the hosts' command line. Raises BadInput."""
    if not (1 <= uses <= MOST_USES and 1 <= days <= MOST_DAYS):
        raise BadInput("Une invitation vaut de 1 à {uses} entrées, pendant 1 à {days} jours.", uses=MOST_USES, days=MOST_DAYS)
    code = fresh()
    await store.add_invitation(tx, by, code, uses, clock.now() + timedelta(days=days))
    return code


async def _enter(tx: Tx, form: SignUp, state: str, hashes: tuple[str, str] | None, at: datetime | None = None) -> int:
    account_id = await store.insert(tx, _row(form, state) | {"at": at})
    if account_id is None:
        raise Refused([_taken()])
    if hashes:
        await keys.keep(tx, account_id, *hashes)
    await emit(tx, SignedUp(account_id))
    return account_id


def _row(form: SignUp, state: str) -> dict[str, object]:
    return {
        "handle": form.handle,
        "family": form.family.value,
        "mode": form.mode,
        "state": state,
        "discoverable": form.mode != "reader",
        "language": spoken(form.language),
        "application": clean(form.reason) if state == "pending" else "",
    }


def spoken(code: str) -> str:
    """Return the language of a locale (`fr-FR` is `fr`); French when it is none."""
    found = _LANGUAGE.fullmatch(code)
    return found[1].lower() if found else "fr"


def _problems(form: SignUp, policy: Policy) -> list[Problem]:
    problems = _handle_problems(form.handle)
    if reason := weakness(form.password, form.handle):
        problems.append(Problem("password", "ERR_TOO_SHORT" if "least" in reason.values else "ERR_INVALID", reason))
    if policy == "approval" and not form.reason.strip():
        problems.append(Problem("reason", "ERR_BLANK", BadInput("Dites aux hôtes en quelques mots pourquoi vous venez.")))
    if not fits(form.reason, REASON_LENGTH):
        told = BadInput("Raison trop longue : au plus {most} caractères.", most=REASON_LENGTH)
        problems.append(Problem("reason", "ERR_TOO_LONG", told))
    return problems


def _handle_problems(handle: str) -> list[Problem]:
    if not handle:
        return [Problem("handle", "ERR_BLANK", BadInput("Choisissez un pseudonyme."))]
    if not HANDLE.fullmatch(handle):
        rule = "Un pseudonyme a de 1 à 30 caractères : lettres sans accent, chiffres et tirets bas."
        return [Problem("handle", "ERR_INVALID", BadInput(rule))]
    return []


def _taken() -> Problem:
    return Problem("handle", "ERR_TAKEN", BadInput("Ce pseudonyme est déjà pris."))


def _uninvited() -> Problem:
    told = BadInput("On entre ici sur invitation : ce code est inconnu, épuisé ou expiré.")
    return Problem("invitation", "ERR_INVALID", told)
