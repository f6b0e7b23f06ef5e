"""Letting an app in: the code that a person grants, the token that it becomes, the token of the app alone, and taking them back.

RFC 6749 (authorization code, client credentials), RFC 7636 (PKCE, S256 only), RFC 7009 (revocation), RFC 9207 (`iss`), in the
forms of https://docs.joinmastodon.org/methods/oauth/. What the token endpoints refuse is returned, not raised: a code that
comes a second time must take its tokens with it, and a raised refusal would undo that.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

import msgspec

from salledepause.features.accounts import credentials, keys, store
from salledepause.features.accounts.apps import HERE, NO_SUCH_SCOPE, client, parse_scopes, returnable, within
from salledepause.features.accounts.keys import Grant
from salledepause.features.accounts.model import App, Caller
from salledepause.features.accounts.secret import fresh
from salledepause.kernel import clock
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput, Forbidden, Missing, Refusal

CODE_SECONDS = 60
LONGEST_STATE = 4096
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an app asks at `/oauth/authorize`, in its own parameters."""

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


class Denial(Refusal):
    """An authorisation request that cannot be granted: told to the person, on a page of ours.

    Anybody may register an app, and any address with it: a browser that its wrong request sent there would have been led by
    our own name to a place that nobody chose (RFC 9700 section 4.11.2).
    """


class Issued(msgspec.Struct, frozen=True):
    """A token that was just made, shown this once."""

    token: str
    token_id: int
    scopes: list[str]
    created_at: datetime
    account_id: int | None


class Denied(msgspec.Struct, frozen=True):
    """A token request that is refused: RFC 6749 section 5.2; `description` is a French sentence to translate."""

    error: str
    description: str
    status: int = 400


NO_CLIENT = Denied("invalid_client", "Application inconnue, ou secret d'application incorrect.", 401)
NO_GRANT = Denied("invalid_grant", "Ce code est inconnu, expiré, déjà utilisé, ou donné à une autre application ou adresse.")
NO_SCOPE = Denied("invalid_scope", "Droit demandé inconnu, ou absent de l'inscription de l'application.")
NO_RIGHT = Denied("unauthorized_client", "Ce jeton n'est pas à cette application.", 403)


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """What an app brings to turn a code into a token."""

    client_id: str
    client_secret: str
    code: str
    redirect_uri: str
    code_verifier: str = ""


async def consider(tx: Tx, request: AuthorizationRequest) -> tuple[App, list[str]]:
    """Return the app that asks and the scopes that it would get; raises Denial."""
    app = await keys.app_of(tx, request.client_id) if request.client_id else None
    if app is None:
        raise Denial("Cette application n'est pas inscrite ici : reconnectez-la.")
    if request.redirect_uri not in app.redirect_uris or not returnable(request.redirect_uri):
        raise Denial("L'adresse de retour n'est pas une de celles de l'application.")
    if request.response_type != "code":
        raise Denial("Cette application demande une sorte de réponse qui n'existe pas ici.")
    if len(request.state) > LONGEST_STATE:
        raise Denial("Le paramètre « state » de l'application est trop long.")
    if not _well_challenged(request):
        raise Denial("Preuve PKCE refusée : seule la méthode S256 est acceptée.")
    scopes = parse_scopes(request.scope)
    if scopes is None or not within(scopes, app.scopes):
        raise Denial(NO_SCOPE.description)
    return app, scopes


async def authorize(tx: Tx, account_id: int, request: AuthorizationRequest) -> str:
    """Return the code by which an account lets an app in: used once, within a minute. Raises Denial, Forbidden."""
    app, scopes = await consider(tx, request)
    if (await store.one(tx, account_id)).state != "active":
        raise Forbidden("Votre compte attend l'accord des hôtes : aucune application ne peut encore s'y connecter.")
    code = fresh()
    expires_at = clock.now() + timedelta(seconds=CODE_SECONDS)
    grant = Grant(app.id, account_id, scopes, request.redirect_uri, request.code_challenge or None, expires_at)
    await keys.add_grant(tx, code, grant)
    return code


def landing(request: AuthorizationRequest, issuer: str, answer: dict[str, str]) -> str | None:
    """Return where a person's yes or no sends the browser, with `{"code": …}` or `{"error": …}`; `None`: told on the page."""
    if request.redirect_uri == HERE:
        return None
    values = answer | ({"state": request.state} if request.state else {}) | {"iss": issuer}
    joint = "&" if "?" in request.redirect_uri else "?"
    return f"{request.redirect_uri}{joint}{urlencode(values)}"


async def exchange(tx: Tx, brought: Redemption) -> Issued | Denied:
    """Turn a code into a token. Whoever tries a code spends it; a code that comes back revokes the tokens it gave."""
    app = await client(tx, brought.client_id, brought.client_secret)
    if app is None:
        return NO_CLIENT
    grant = await keys.take_grant(tx, brought.code)
    if grant is None:
        await _punish(tx, brought.code)
        return NO_GRANT
    fits = grant.app_id == app.id and grant.redirect_uri == brought.redirect_uri and grant.expires_at > clock.now()
    if not fits or not _proven(grant.challenge, brought.code_verifier):
        return NO_GRANT
    return await issue(tx, Caller(grant.account_id, app.id, 0, frozenset(grant.scopes)), brought.code)


async def client_token(tx: Tx, client_id: str, client_secret: str, scope: str) -> Issued | Denied:
    """Give an app a token of its own, which speaks for nobody."""
    app = await client(tx, client_id, client_secret)
    if app is None:
        return NO_CLIENT
    scopes = parse_scopes(scope)
    if not scope.strip() and scopes and not within(scopes, app.scopes):
        scopes = app.scopes
    if scopes is None or not within(scopes, app.scopes):
        return NO_SCOPE
    return await issue(tx, Caller(None, app.id, 0, frozenset(scopes)))


async def issue(tx: Tx, caller: Caller, code: str | None = None) -> Issued:
    """Make a token for a caller (`token_id` is not read)."""
    token = fresh()
    token_id, created_at = await keys.add_token(tx, token, caller, code)
    return Issued(token, token_id, sorted(caller.scopes), created_at, caller.account_id)


async def give_token(tx: Tx, account_id: int, scopes: Sequence[str]) -> str:
    """Return a token of an account that no app holds, as the hosts' command line gives. Raises BadInput, Missing."""
    wanted = parse_scopes(" ".join(scopes))
    if wanted is None:
        raise BadInput(NO_SUCH_SCOPE)
    account = await store.one(tx, account_id)
    return (await issue(tx, Caller(account.id, None, 0, frozenset(wanted)))).token


async def revoke(tx: Tx, client_id: str, client_secret: str, token: str) -> Denied | None:
    """Take back a token of this app; nothing happens when it is gone already."""
    app = await client(tx, client_id, client_secret)
    if app is None or not token:
        return NO_RIGHT
    caller = await keys.caller_of(tx, token)
    if caller is None:
        return None
    if caller.app_id != app.id:
        return NO_RIGHT
    await keys.drop_token(tx, caller.token_id)
    await credentials.revoked(tx, caller.account_id, None if caller.account_id else caller.app_id)
    return None


async def revoke_app(tx: Tx, account_id: int, app_id: int) -> None:
    """Take back everything that one app holds of an account; raises Missing when it holds nothing."""
    if not await keys.drop_tokens_of_app(tx, account_id, app_id):
        raise Missing
    await credentials.revoked(tx, account_id)


async def app(tx: Tx, app_id: int) -> App:
    """Return an app; raises Missing."""
    found = await keys.app_of_id(tx, app_id)
    if found is None:
        raise Missing
    return found


async def _punish(tx: Tx, code: str) -> None:
    """Revoke the tokens that a used code gave: two people hold it (RFC 6749 section 4.1.2)."""
    for account_id in sorted(set(await keys.drop_tokens_of_code(tx, code))):
        await credentials.revoked(tx, account_id)


def _well_challenged(request: AuthorizationRequest) -> bool:
    if not request.code_challenge:
        return not request.code_challenge_method
    return request.code_challenge_method == "S256" and bool(_CHALLENGE.fullmatch(request.code_challenge))


def _proven(challenge: str | None, verifier: str) -> bool:
    if challenge is None:
        return not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
