"""Passkeys: keys that a device keeps and uses once it has recognised its person, in the stead of a password (WebAuthn level 2).

What is to be signed is drawn here, good once and for five minutes, and looked up by what comes back: an answer to anything else
opens nothing. The device must have verified its person; a counter that goes back tells that a key was copied.
https://www.w3.org/TR/webauthn-2/
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from salledepause.features.accounts import passkeys_store as store
from salledepause.features.accounts.credentials import SUSPENDED, open_session
from salledepause.features.accounts.model import Account
from salledepause.features.accounts.passkeys_store import Lock, Passkey
from salledepause.kernel import clock
from salledepause.kernel.config import Settings
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Conflict, Forbidden, Missing, Unauthenticated
from salledepause.kernel.text import clean, fits

LIFE = timedelta(minutes=5)
MOST = 20
NAME_LENGTH = 60
LONGEST_ANSWER = 16 * 1024
"""Characters of what a device answers."""
ID_BYTES = 8
REFUSED = "Cette clé n'ouvre rien ici. Réessayez, ou entrez avec votre mot de passe."
UNSURE = "Cette clé n'a rien confirmé. Réessayez, ou donnez votre mot de passe."
UNREADABLE = "Cette clé n'a pas pu être ajoutée. Réessayez ; si cela dure, c'est peut-être l'appareil."


async def passkeys(tx: Tx, account_id: int) -> list[Passkey]:
    """Return one's passkeys, the oldest first."""
    return await store.of(tx, account_id)


async def creation(tx: Tx, settings: Settings, account: Account) -> str:
    """Return what a device is asked so that it makes a key, as JSON for `parseCreationOptionsFromJSON`."""
    known = [PublicKeyCredentialDescriptor(id=one.credential) for one in await store.of(tx, account.id)]
    asked = generate_registration_options(
        rp_id=_host(settings),
        rp_name=settings.title,
        user_id=account.id.to_bytes(ID_BYTES, "big"),
        user_name=account.handle,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=known,
    )
    await store.ask(tx, account.id, asked.challenge, clock.now() + LIFE)
    return str(options_to_json(asked))


async def add(tx: Tx, settings: Settings, account_id: int, answer: str, name: str) -> None:
    """Keep the key that a device made. Raises BadInput, Conflict when there are too many or it is known already."""
    named = " ".join(clean(name).split())
    if not fits(named, NAME_LENGTH):
        raise BadInput("Nom de clé trop long : au plus {most} caractères.", most=NAME_LENGTH)
    if len(await store.of(tx, account_id)) >= MOST:
        raise Conflict("Au plus {most} clés : retirez-en une d'abord.", most=MOST)
    try:
        given = parse_registration_credential_json(_parsed(answer))
        challenge = parse_client_data_json(given.response.client_data_json).challenge
        if not await store.take(tx, account_id, challenge):
            raise BadInput(UNREADABLE)
        made = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise BadInput(UNREADABLE) from error
    kept = (made.credential_id, made.credential_public_key, made.sign_count)
    if not await store.add(tx, account_id, kept, named):
        raise Conflict("Cette clé est déjà enregistrée.")


async def rename(tx: Tx, account_id: int, passkey_id: int, name: str) -> None:
    """Give one of one's keys a name. Raises BadInput, Missing."""
    named = " ".join(clean(name).split())
    if not fits(named, NAME_LENGTH):
        raise BadInput("Nom de clé trop long : au plus {most} caractères.", most=NAME_LENGTH)
    if not await store.rename(tx, account_id, passkey_id, named):
        raise Missing


async def remove(tx: Tx, account_id: int, passkey_id: int) -> None:
    """Forget one of one's keys; raises Missing for any other."""
    if not await store.drop(tx, account_id, passkey_id):
        raise Missing


async def challenge(tx: Tx, settings: Settings, account_id: int | None = None) -> str:
    """Return what a device is asked so that it opens an account, as JSON for `parseRequestOptionsFromJSON`.

    For an account that is open, it is asked to confirm what its person is about to do, by one of their keys.
    """
    known = await store.of(tx, account_id) if account_id else []
    asked = generate_authentication_options(
        rp_id=_host(settings),
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    await store.ask(tx, account_id, asked.challenge, clock.now() + LIFE)
    return str(options_to_json(asked))


async def enter(tx: Tx, settings: Settings, answer: str) -> tuple[str, str]:
    """Open a web session by what a device signed, as `open_session` does; the account may still be pending.

    Raises Unauthenticated, whatever does not fit; Forbidden when the account is suspended.
    """
    lock = await _signed(tx, settings, None, answer)
    if lock is None:
        raise Unauthenticated(REFUSED)
    if lock.state == "suspended":
        raise Forbidden(SUSPENDED)
    return await open_session(tx, lock.account_id)


async def confirm(tx: Tx, settings: Settings, account_id: int, answer: str) -> None:
    """Check what a device signed for who is about to do what cannot be undone. Raises Forbidden, whatever does not fit."""
    if await _signed(tx, settings, account_id, answer) is None:
        raise Forbidden(UNSURE)


async def _signed(tx: Tx, settings: Settings, account_id: int | None, answer: str) -> Lock | None:
    """Return the key that signed what was asked of this account, of nobody to enter, and note its use; `None` when none did."""
    try:
        given = parse_authentication_credential_json(_parsed(answer))
        signed = parse_client_data_json(given.response.client_data_json).challenge
        lock = await store.lock(tx, given.raw_id)
        if lock is None or account_id not in {None, lock.account_id} or not await store.take(tx, account_id, signed):
            return None
        if given.response.user_handle not in {None, lock.account_id.to_bytes(ID_BYTES, "big")}:
            return None
        seen = verify_authentication_response(
            credential=given,
            expected_challenge=signed,
            expected_rp_id=_host(settings),
            expected_origin=settings.origin,
            credential_public_key=lock.public_key,
            credential_current_sign_count=lock.signatures,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    await store.used(tx, lock.id, seen.new_sign_count)
    return lock


def _host(settings: Settings) -> str:
    """Return the name that keys are bound to: the public host, without its port."""
    host, colon, port = settings.domain.rpartition(":")
    return host if colon and port.isdecimal() else settings.domain


def _parsed(answer: str) -> dict[str, Any]:
    """Return an answer as an object; raises ValueError for what is none, or far too long to be one."""
    if len(answer) > LONGEST_ANSWER:
        raise ValueError(len(answer))
    try:
        found = json.loads(answer)
    except RecursionError as error:
        raise ValueError(answer[:20]) from error
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise TypeError(type(found))
    return found
