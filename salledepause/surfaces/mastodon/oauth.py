"""Tokens of the API: given, taken back, described (https://docs.joinmastodon.org/methods/oauth/).

Errors are those of RFC 6749 section 5.2, `error` and `error_description`, which apps read; the page at `/oauth/authorize` is the
web's.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from urllib.parse import unquote_plus

from salledepause.features import accounts
from salledepause.features.accounts import Denied, Issued, Redemption
from salledepause.kernel import words
from salledepause.kernel.site import Site
from salledepause.surfaces import params
from salledepause.surfaces.edge import Answer, Call, Header, json
from salledepause.surfaces.mastodon import entities
from salledepause.surfaces.routes import anyone, route, user

PRIVATE: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
CHALLENGE: Header = (b"www-authenticate", b'Basic realm="Salle de pause"')

NOBODY = ("", "")
"""Identifier and secret of no app."""

NO_GRANT_TYPE = Denied("invalid_request", "Il manque le paramètre « grant_type ».")
OTHER_GRANT_TYPE = Denied("unsupported_grant_type", "Ce serveur ne donne pas de jeton de cette façon.")


def issuer(site: Site) -> str:
    """Return what this authorisation server is called, in `iss` and in its metadata (RFC 8414, RFC 9207)."""
    return site.url("/")


def token_entity(issued: Issued) -> dict[str, Any]:
    """Return a Token (https://docs.joinmastodon.org/entities/Token/)."""
    return {
        "access_token": issued.token,
        "token_type": "Bearer",
        "scope": " ".join(issued.scopes),
        "created_at": int(issued.created_at.timestamp()),
    }


async def token(call: Call) -> Answer:
    """POST /oauth/token. Apps prove themselves in the body, the query, or by HTTP Basic."""
    client_id, client_secret = _client(call)
    kind = _text(call, "grant_type")
    made: Issued | Denied = OTHER_GRANT_TYPE if kind else NO_GRANT_TYPE
    if kind == "authorization_code":
        made = await accounts.exchange(
            call.tx,
            Redemption(
                client_id=client_id,
                client_secret=client_secret,
                code=_text(call, "code"),
                redirect_uri=_text(call, "redirect_uri"),
                code_verifier=_text(call, "code_verifier"),
            ),
        )
    elif kind == "client_credentials":
        made = await accounts.client_token(call.tx, client_id, client_secret, _text(call, "scope"))
    return _denied(call, made) if isinstance(made, Denied) else json(token_entity(made), 200, PRIVATE)


async def revoke(call: Call) -> Answer:
    """POST /oauth/revoke (RFC 7009)."""
    client_id, client_secret = _client(call)
    denied = await accounts.revoke(call.tx, client_id, client_secret, _text(call, "token"))
    return _denied(call, denied) if denied else json({}, 200, PRIVATE)


async def metadata(call: Call) -> Answer:
    """GET /.well-known/oauth-authorization-server (RFC 8414)."""
    site = call.site
    return json(
        {
            "issuer": issuer(site),
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": site.url("/oauth/authorize"),
            "token_endpoint": site.url("/oauth/token"),
            "revocation_endpoint": site.url("/oauth/revoke"),
            "userinfo_endpoint": site.url("/oauth/userinfo"),
            "app_registration_endpoint": site.url("/api/v1/apps"),
            "scopes_supported": accounts.SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


async def userinfo(call: Call) -> Answer:
    """GET or POST /oauth/userinfo (OpenID Connect Core 1.0 section 5.3)."""
    me = await accounts.one(call.tx, call.me)
    url = entities.profile_url(call.site, me.handle)
    return json(
        {
            "iss": issuer(call.site),
            "sub": url,
            "name": me.name,
            "preferred_username": me.handle,
            "profile": url,
            "picture": entities.avatar_url(call.site, me),
        },
        200,
        PRIVATE,
    )


def _denied(call: Call, denied: Denied) -> Answer:
    described = words.catalogue(call.language).gettext(denied.description)
    headers = (*PRIVATE, CHALLENGE) if denied.status == 401 and _basic(call) is not None else PRIVATE  # noqa: PLR2004 - the status
    return json({"error": denied.error, "error_description": described}, denied.status, headers)


def _text(call: Call, name: str) -> str:
    value = call.given.get(name)
    return value if isinstance(value, str) and params.storable(value) else ""


def _client(call: Call) -> tuple[str, str]:
    return _basic(call) or (_text(call, "client_id"), _text(call, "client_secret"))


def _basic(call: Call) -> tuple[str, str] | None:
    """Return the identifier and the secret of HTTP Basic, each form-encoded (RFC 6749 section 2.3.1)."""
    kind, _, encoded = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return NOBODY
    found = unquote_plus(client_id), unquote_plus(client_secret)
    return found if params.storable(found) else NOBODY


ROUTES = [
    route("POST", "/oauth/token", token, anyone(budget="auth")),
    route("POST", "/oauth/revoke", revoke, anyone(budget="auth")),
    route("GET", "/.well-known/oauth-authorization-server", metadata, anyone()),
    route("GET", "/oauth/userinfo", userinfo, user("profile")),
    route("POST", "/oauth/userinfo", userinfo, user("profile")),
]
