"""Who lives here and what this server is, for whoever asks by name: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo.

No ActivityPub actor is named: this house does not serve any yet.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape, quoteattr

import msgspec

from salledepause.features import accounts
from salledepause.features.accounts import Account
from salledepause.kernel import blobs
from salledepause.kernel.errors import Missing, Refusal
from salledepause.kernel.site import Site
from salledepause.surfaces import house
from salledepause.surfaces.edge import Answer, Call, Header, json
from salledepause.surfaces.routes import anyone, route

JRD: Header = (b"content-type", b"application/jrd+json; charset=utf-8")
XRD: Header = (b"content-type", b"application/xrd+xml; charset=utf-8")
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
AVATAR = "http://webfinger.net/rel/avatar"
LRDD = "lrdd"
NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"
VERSIONS = ("2.0", "2.1")


class Asked(msgspec.Struct):
    """Whom WebFinger is asked about."""

    resource: str = ""


async def webfinger(call: Call) -> Answer:
    """GET /.well-known/webfinger (RFC 7033 §4); 400 without a readable resource, 404 for nobody of this house.

    The subject is the handle as its bearer writes it, at this house's domain, however it was asked.
    """
    asked = call.read(Asked)
    one = await accounts.by_handle(call.tx, handle_of(asked.resource, call.site))
    if one.state != "active":
        raise Missing
    page = call.site.url(f"/@{one.handle}")
    links = [{"rel": PROFILE_PAGE, "type": "text/html", "href": page}, _avatar(call.site, one)]
    wanted = parse_qs(call.scope["query_string"].decode(errors="replace")).get("rel")
    body = {
        "subject": f"acct:{one.handle}@{call.site.settings.domain}",
        "aliases": [page],
        "links": [link for link in links if not wanted or link["rel"] in wanted],
    }
    return Answer(msgspec.json.encode(body), 200, (JRD,))


def handle_of(resource: str, site: Site) -> str:
    """Return the handle that `acct:name@domain` or the address of a profile means; raises Missing, or Refusal when unreadable."""
    scheme, _, rest = resource.strip().partition(":")
    domain = site.settings.domain
    if scheme.lower() == "acct" and rest:
        name, at, host = rest.removeprefix("@").rpartition("@")
        if not at or not name or not host:
            raise UNREADABLE
        return _ours(name, host, domain)
    if scheme.lower() in {"http", "https"}:
        host, _, path = rest.removeprefix("//").partition("/")
        if not path.startswith("@"):
            raise Missing
        return _ours(path.removeprefix("@").rstrip("/"), host, domain)
    raise UNREADABLE


UNREADABLE = Refusal("Demandez quelqu'un par resource=acct:nom@domaine.")


def _ours(name: str, host: str, domain: str) -> str:
    if host.lower() != domain.lower() or accounts.local_handle(name, "") is None:
        raise Missing
    return name


def _avatar(site: Site, one: Account) -> dict[str, str]:
    if one.avatar:
        return {"rel": AVATAR, "type": blobs.content_type(one.avatar), "href": site.url(f"/media/{one.avatar}")}
    return {"rel": AVATAR, "type": "image/png", "href": site.url(f"/portraits/{one.id}/avatar.png")}


def _template(site: Site) -> str:
    return site.url("/.well-known/webfinger?resource={uri}")


async def host_meta(call: Call) -> Answer:
    """GET /.well-known/host-meta (RFC 6415 §3)."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f"  <Link rel={quoteattr(LRDD)} template={quoteattr(escape(_template(call.site)))}/>\n</XRD>\n"
    )
    return Answer(body.encode(), 200, (XRD,))


async def host_meta_json(call: Call) -> Answer:
    """GET /.well-known/host-meta.json (RFC 6415, appendix A)."""
    body = {"links": [{"rel": LRDD, "template": _template(call.site)}]}
    return Answer(msgspec.json.encode(body), 200, (JRD,))


async def nodeinfo_links(call: Call) -> Answer:
    """GET /.well-known/nodeinfo (https://nodeinfo.diaspora.software/protocol)."""
    return json({"links": [{"rel": NODEINFO + one, "href": call.site.url(f"/nodeinfo/{one}")} for one in VERSIONS]})


async def nodeinfo(call: Call) -> Answer:
    """GET /nodeinfo/2.0 and 2.1; the schema wants one protocol at least, and knows none of ours but the one to come."""
    version = call.text("version")
    if version not in VERSIONS:
        raise Missing
    body = {
        "version": version,
        "software": {"name": house.SOFTWARE, "version": house.VERSION},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": call.site.settings.registration == "open",
        "usage": await _usage(call),
        "metadata": {"nodeName": call.site.settings.title, "nodeDescription": call.site.settings.description},
    }
    kind = f'application/json; profile="{NODEINFO}{version}#"; charset=utf-8'
    return Answer(msgspec.json.encode(body), 200, ((b"content-type", kind.encode()),))


async def _usage(call: Call) -> dict[str, Any]:
    usage = await house.USAGE.of(call.site.db, call.tx)
    users = {"total": usage.people, "activeMonth": usage.active_month, "activeHalfyear": usage.active_half_year}
    return {"users": users, "localPosts": usage.posts}


ROUTES = [
    route("GET", "/.well-known/webfinger", webfinger, anyone()),
    route("GET", "/.well-known/host-meta", host_meta, anyone()),
    route("GET", "/.well-known/host-meta.json", host_meta_json, anyone()),
    route("GET", "/.well-known/nodeinfo", nodeinfo_links, anyone()),
    route("GET", "/nodeinfo/{version}", nodeinfo, anyone()),
]
