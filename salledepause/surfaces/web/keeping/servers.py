"""The policy towards other servers: rules made, changed, dropped; lists in and out, in Mastodon's own CSV."""

from __future__ import annotations

import csv
import io

import msgspec

from salledepause.features.moderation import domains
from salledepause.features.moderation.domains import AlreadyBlocked, DomainBlock, DomainRule, Severity
from salledepause.kernel.errors import BadInput
from salledepause.kernel.page import Page
from salledepause.surfaces.bodies import PLAIN_LIMIT, Upload
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages, safety, wording
from salledepause.surfaces.web.keeping import words
from salledepause.surfaces.web.keeping.door import for_hosts
from salledepause.surfaces.web.listing import around
from salledepause.surfaces.web.messages import Undo
from salledepause.surfaces.web.navigation import Destination, Who
from salledepause.surfaces.web.rendering import page

HERE = "/maison/serveurs"
MOST = 100
"""Rules of a page."""
MOST_LINES, LIST_BYTES = 5000, 1 << 20
"""Of a list that comes in."""
COLUMNS = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")
"""The header of Mastodon's export of domain blocks."""


class Form(msgspec.Struct):
    """A rule as the form sends it: an empty box is a no."""

    domain: str = ""
    severity: Severity = "silence"
    reject_media: bool = False
    reject_reports: bool = False
    private_comment: str = ""
    public_comment: str = ""
    obfuscate: bool = False

    @property
    def rule(self) -> DomainRule:
        """The rule alone."""
        return DomainRule(**{name: getattr(self, name) for name in DomainRule.__struct_fields__})


def _form(one: DomainBlock) -> Form:
    return Form(one.domain, *(getattr(one, name) for name in Form.__struct_fields__[1:]))


async def show(call: Call) -> Answer:
    """GET /maison/serveurs."""
    found = await domains.blocks(call.tx, call.me, call.page(MOST))
    both = around(call, found)
    return page(call, "keeping/servers.html", rules=found.items, around=both, most_lines=MOST_LINES, **words.TABLES)


async def blank(call: Call) -> Answer:
    """GET /maison/serveurs/nouveau."""
    return _page(call, Form(), None)


async def one(call: Call) -> Answer:
    """GET /maison/serveurs/{id}."""
    found = await domains.one_block(call.tx, call.me, call.id())
    return _page(call, _form(found), found)


def _page(call: Call, form: Form, found: DomainBlock | None, field: str = "", problem: str = "") -> Answer:
    problems = {field: problem} if problem else {}
    return page(call, "keeping/server.html", form=form, one=found, problems=problems, **words.TABLES)


async def add(call: Call) -> Answer:
    """POST /maison/serveurs/nouveau."""
    form = call.read(Form)
    try:
        made = await domains.block(call.tx, call.me, form.domain, form.rule)
    except BadInput as refusal:
        return _page(call, form, None, "domaine", wording.told(refusal, call.language))
    undo = Undo(f"{HERE}/{made.id}/retirer")
    return answers.back(call, HERE, messages.notice("La règle pour {domain} est posée.", call, undo, domain=made.domain))


async def change(call: Call) -> Answer:
    """POST /maison/serveurs/{id}; the server stays the same."""
    found = await domains.one_block(call.tx, call.me, call.id())
    form = call.read(Form)
    try:
        await domains.change_block(call.tx, call.me, found.id, form.rule)
    except BadInput as refusal:
        kept = msgspec.structs.replace(form, domain=found.domain)
        return _page(call, kept, found, "prive", wording.told(refusal, call.language))
    return answers.back(call, HERE, messages.notice("La règle pour {domain} est changée.", call, domain=found.domain))


async def drop(call: Call) -> Answer:
    """POST /maison/serveurs/{id}/retirer: drop a rule; the button that undoes makes it again."""
    gone = await domains.unblock(call.tx, call.me, call.id())
    fields = {name: _field(value) for name, value in msgspec.structs.asdict(_form(gone)).items()}
    told = messages.notice("Il n'y a plus de règle pour {domain}.", call, Undo(f"{HERE}/nouveau", fields), domain=gone.domain)
    return answers.back(call, HERE, told)


def _field(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def export(call: Call) -> Answer:
    """GET /maison/serveurs.csv: every rule, as Mastodon's administration exports them."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    cursor: int | None = None
    while True:
        found = await domains.blocks(call.tx, call.me, Page(MOST, max_id=cursor))
        lines.writerows(_line(one) for one in found.items)
        cursor = found.last
        if not found.full:
            break
    kind = (b"content-type", b"text/csv; charset=utf-8")
    name = (b"content-disposition", b'attachment; filename="domain_blocks.csv"')
    return Answer(written.getvalue().encode(), 200, safety.dressed((kind, name)))


def _line(one: DomainBlock) -> list[str]:
    flags = [_field(one.reject_media), _field(one.reject_reports)]
    return [one.domain, one.severity, *flags, one.public_comment, _field(one.obfuscate)]


async def bring(call: Call) -> Answer:
    """POST /maison/serveurs/liste: make the rules of a list; who has one keeps it, unreadable lines are passed over."""
    sent = call.given.get("file")
    if not isinstance(sent, Upload) or not sent.size:
        raise BadInput("Joignez une liste au format de Mastodon (CSV).")
    made = kept = wrong = 0
    for form in _forms(sent.path.read_bytes()):
        try:
            if form is None:
                wrong += 1
                continue
            await domains.block(call.tx, call.me, form.domain, form.rule)
            made += 1
        except AlreadyBlocked:
            kept += 1
        except BadInput:
            wrong += 1
    told = "Liste lue : {made} règles posées, {kept} déjà là, {wrong} lignes laissées de côté."
    return answers.back(call, HERE, messages.notice(told, call, made=made, kept=kept, wrong=wrong))


def _forms(body: bytes) -> list[Form | None]:
    """Return what the lines of a list ask for, `None` for a line that cannot be read. Raises BadInput when it is no list."""
    try:
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("Joignez une liste au format de Mastodon (CSV).") from error
    if not rows or COLUMNS[0] not in rows[0]:
        raise BadInput("Joignez une liste au format de Mastodon (CSV).")
    if len(rows) > MOST_LINES:
        raise BadInput("Liste trop longue : {most} lignes au plus.", most=MOST_LINES)
    return [_read({str(name).lstrip("#"): value for name, value in row.items() if isinstance(value, str)}) for row in rows]


def _read(row: dict[str, str]) -> Form | None:
    try:
        return msgspec.convert(_shaped(row), Form, strict=False)
    except msgspec.ValidationError:
        return None


def _shaped(row: dict[str, str]) -> dict[str, str]:
    """Return the columns we know, words in small letters, the empty ones left out."""
    small = ("severity", "reject_media", "reject_reports", "obfuscate")
    known = {name: row[name].strip() for name in Form.__struct_fields__ if row.get(name, "").strip()}
    return {name: value.lower() if name in small else value for name, value in known.items() if "\0" not in value}


DESTINATIONS = [Destination("Autres serveurs", HERE, "globe", Who.HOST, rank=116, group="house")]
ROUTES = [
    route("GET", HERE, for_hosts(show), user("")),
    route("GET", "/maison/serveurs.csv", for_hosts(export), user("")),
    route("POST", HERE + "/liste", guests.guarded(for_hosts(bring)), user("", files=LIST_BYTES + PLAIN_LIMIT)),
    route("GET", HERE + "/nouveau", for_hosts(blank), user("")),
    route("POST", HERE + "/nouveau", guests.guarded(for_hosts(add)), user("")),
    route("GET", HERE + "/{id}", for_hosts(one), user("")),
    route("POST", HERE + "/{id}", guests.guarded(for_hosts(change)), user("")),
    route("POST", HERE + "/{id}/retirer", guests.guarded(for_hosts(drop)), user("")),
]
