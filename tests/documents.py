"""The pages of `docs/` read off the code: routes, tables, endpoints served. `make docs` writes them; a test compares them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from starlette.routing import BaseRoute, Route, WebSocketRoute

from salledepause.kernel.config import Settings
from salledepause.main import application
from salledepause.surfaces import mastodon, web
from salledepause.surfaces.edge import AS_SET, Rule
from salledepause.surfaces.federation import discovery
from salledepause.surfaces.limits import DOORS, EVERYBODY, WINDOW
from salledepause.surfaces.mastodon import streaming, streams
from salledepause.surfaces.routes import Line

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MIGRATIONS = ROOT / "salledepause" / "migrations"
WRITTEN = "<!-- Written by `make docs`; change the code, not this page. -->"
NOWHERE = Settings(database_url="postgresql://127.0.0.1:1/nowhere", secret="-" * 64)
"""Settings of an application that lists its routes and never opens."""


class Entry(NamedTuple):
    """One line of the route table."""

    topic: str
    method: str
    path: str
    who: str
    scope: str = ""


def served() -> list[BaseRoute]:
    """Return every route of the whole application: those found at once, then those that are tried in order."""
    board = application(NOWHERE)
    at_once = [Route(path, endpoint=endpoint) for path, endpoint in vars(board)["_exact"].items()]
    return [*at_once, *board.routes]


def entries() -> list[Entry]:
    """Return every method and path that is served, in the order of the doors."""
    listed = [_entry(topic, line) for topic in _topics() for line in topic.ROUTES]
    known = {one.path for one in listed}
    return [*listed, *(one for route in served() if getattr(route, "path", "") not in known for one in _plain(route))]


def _topics() -> tuple[ModuleType, ...]:
    return (*mastodon.TOPICS, discovery, *web.TOPICS)


def _entry(topic: ModuleType, line: Line) -> Entry:
    form = "guarded" in line.handler.__qualname__
    return Entry(_topic(topic.__name__), line.method, line.path, _who(line.rule, form=form), line.rule.scope)


def _topic(module: str) -> str:
    return module.removeprefix("salledepause.surfaces.").replace(".", "/")


def _who(rule: Rule, *, form: bool) -> str:
    who = {"anyone": "anyone", "app": "an app, or a person", "user": "a person"}[rule.who]
    notes = ["by a form of this site"] if form else []
    notes += ["where `visitors` may read"] if rule.reading else []
    notes += [f"counted as `{rule.budget}`"] if rule.budget else []
    notes += [f"files up to {'`media_bytes`' if rule.files == AS_SET else f'{rule.files} bytes'}"] if rule.files else []
    return "; ".join([who, *notes])


def _plain(route: BaseRoute) -> Iterator[Entry]:
    """Yield the entries of a route that is no door of ours: files, streams, health."""
    assert isinstance(route, Route | WebSocketRoute)
    endpoint = route.endpoint
    module = endpoint.__module__ if hasattr(endpoint, "__qualname__") else type(endpoint).__module__
    topic = _topic(module)
    if isinstance(route, WebSocketRoute):
        yield Entry(topic, "WebSocket", route.path, "a person", "read:statuses, read:notifications")
    elif isinstance(endpoint, streaming.EventSource):
        name = route.path.removeprefix(f"{streaming.ROOT}/")
        yield Entry(topic, "GET", route.path, "a person", streams.scope_of(streaming.PATHS[name]))
    else:
        yield Entry(topic, "GET", route.path, "anyone")


def routes_page() -> str:
    """Return docs/routes.md."""
    budgets = "; ".join(
        f"`{name}` {most}" + (f" ({EVERYBODY[name]} for everybody together)" if name in EVERYBODY else "")
        for name, most in DOORS.items()
    )
    lines = [
        "# Routes",
        "",
        WRITTEN,
        "",
        "Every address that a web process serves. *Who* is who may enter; *scope* is what a token must allow (`|` means either):",
        "where anyone may enter, it is asked only of a token that comes along. Doors that are dear are counted apart: in",
        f"{WINDOW} seconds, for one peer, {budgets}.",
        "A `HEAD` goes where a `GET` does.",
    ]
    found = entries()
    for topic in dict.fromkeys(one.topic for one in found):
        lines += ["", f"## {topic}", "", "| method | path | who | scope |", "|---|---|---|---|"]
        lines += [f"| {one.method} | `{one.path}` | {one.who} | {_code(one.scope)} |" for one in found if one.topic == topic]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return " ".join(f"`{one}`" for one in text.replace("|", " ").replace(",", " ").split())


class Column(NamedTuple):
    """A column as its migration writes it."""

    name: str
    kind: str
    rule: str
    comment: str = ""


class Table(NamedTuple):
    """A table, the migration that makes it, what it is for, its columns, and the rules of whole rows."""

    name: str
    migration: str
    comment: str
    columns: tuple[Column, ...]
    rules: tuple[str, ...]

    @property
    def owner(self) -> str:
        """The feature that alone writes it."""
        return self.migration.partition("_")[2].removesuffix("_more")


TABLE = re.compile(r"^CREATE (?:UNLOGGED )?TABLE (\w+) \((.*?)\);$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^COMMENT ON (?:TABLE|COLUMN) ([\w.]+) IS '((?:[^']|'')*)';", re.MULTILINE)
ADDED_BELOW = re.compile(r"^ALTER TABLE (\w+)\n((?:    ADD COLUMN .*\n?)+?)(?<=;)$", re.MULTILINE)
COLUMN = re.compile(r"(\w+) (double precision|\S+) ?(.*)")
ADDED = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (.*);$", re.MULTILINE)
"""A column that a later migration adds to a table; `ADDED_BELOW`: several, one a line."""
LOOSENED = re.compile(r"^ALTER TABLE (\w+)\n((?:    ALTER COLUMN \w+ DROP NOT NULL,?\n)+)", re.MULTILINE)
"""Columns that may be null since a later migration."""
LIKE = re.compile(r"LIKE (\w+) INCLUDING ALL")
RULES = ("PRIMARY KEY", "UNIQUE", "CHECK", "FOREIGN KEY")
PURPOSES = {
    "accounts": "Pseudonyms, what they show and how they stand in the house.",
    "apps": "Client applications, each with the hash of its secret.",
    "blocks": "Who blocks whom.",
    "conversation_marks": "How far somebody read each direct conversation, and up to where they put it away.",
    "dismissed_suggestions": "People whom somebody does not want to be proposed again.",
    "featured_tags": "Hashtags that somebody shows on their profile.",
    "filter_keywords": "The words of a filter.",
    "filter_posts": "The posts of a filter.",
    "filters": "What somebody does not want to read, where, and how it is then shown.",
    "follow_requests": "Who asks to follow whom; the same columns as `follows`.",
    "followed_tags": "Who follows which hashtag.",
    "follows": "Who follows whom, with or without boosts, in which languages, with or without a notification.",
    "gestures": "Favourites, boosts, bookmarks and pins, one row each.",
    "home": "The materialised home: one narrow row for each reader and post.",
    "idempotency": "Keys that apps send with a post, so that sending twice makes one; forgotten after a day.",
    "invitations": "Hashes of invitation codes, with the uses left.",
    "list_members": "Who is in which list.",
    "lists": "Lists of people, private to whom made them.",
    "markers": "How far somebody has read, the same on every device.",
    "media": "Pictures and films, from their arrival to their last version.",
    "mentions": "Who is named in a post, and may therefore read it.",
    "mutes": "Who mutes whom, until when.",
    "notifications": "What a person is told of, once each; a dismissed row stays, so that nobody is told twice.",
    "poll_votes": "Who chose what in a poll.",
    "polls": "Polls with their tallies.",
    "post_edits": "Earlier versions of edited posts.",
    "post_tags": "Hashtags of posts: `tag` is the key, `name` as it was written.",
    "posts": "Posts and boosts; a boost is a row with `boost_of_id` and no text.",
    "reports": "Reports to the hosts.",
    "scheduled_posts": "Drafts that wait for their hour.",
    "sessions": "Hashes of the cookies of browsers, with the word that their forms carry.",
    "tokens": "Hashes of access tokens, with whom they speak for and what they allow.",
}
"""What a table is for, where its migration does not say it in a COMMENT."""


def tables() -> list[Table]:
    """Return every table of ours, in the order of the migrations."""
    found: dict[str, Table] = {}
    for path in sorted(MIGRATIONS.glob("*.sql")):
        text = path.read_text("utf-8")
        comments = {name: comment.replace("''", "'") for name, comment in COMMENT.findall(text)}
        for name, body in TABLE.findall(text):
            comment = comments.get(name) or PURPOSES[name]
            if like := LIKE.search(body):
                found[name] = found[like[1]]._replace(name=name, migration=path.stem, comment=comment)
            else:
                columns, rules = _columns(name, body, comments)
                found[name] = Table(name, path.stem, comment, columns, rules)
        for name, column in ADDED.findall(text):
            added, _ = _columns(name, column, comments)
            found[name] = found[name]._replace(columns=(*found[name].columns, *added))
        for name, body in ADDED_BELOW.findall(text):
            columns, _ = _columns(name, body.strip().rstrip(";").replace("ADD COLUMN ", ""), comments)
            found[name] = found[name]._replace(columns=(*found[name].columns, *columns))
        for name, body in LOOSENED.findall(text):
            loose = {line.split()[2] for line in body.splitlines()}
            columns = tuple(_loosened(one) if one.name in loose else one for one in found[name].columns)
            found[name] = found[name]._replace(columns=columns)
    return list(found.values())


def _loosened(column: Column) -> Column:
    return column._replace(rule=column.rule.replace("NOT NULL", "").strip())


def _columns(table: str, body: str, comments: dict[str, str]) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    parts = [" ".join(part.split()) for part in re.split(r",\s*\n\s{4}(?=\S)", body.strip())]
    rules = tuple(part for part in parts if part.startswith(RULES))
    columns = []
    for part in parts:
        if part not in rules:
            name, kind, rule = COLUMN.fullmatch(part).groups()  # type: ignore[union-attr]
            columns.append(Column(name, kind, rule, comments.get(f"{table}.{name}", "")))
    return tuple(columns), rules


def schema_page() -> str:
    """Return docs/schema.md."""
    lines = [
        "# Schema",
        "",
        WRITTEN,
        "",
        "Every table, from `salledepause/migrations/`. A table is written by the feature that owns it and by no other; features",
        "above may read it. Beside them stand the job tables of procrastinate (`procrastinate_…`, step `0000_jobs`) and",
        "`migrations`, which says what was applied when. Ids are made by `next_id()`: milliseconds since 1970, then 16 bits of",
        "the sequence `ids`.",
    ]
    for table in tables():
        home = "kernel" if table.owner == "kernel" else f"features/{table.owner}"
        lines += ["", f"## {table.name}", "", f"{table.comment} Owner: `{home}` (`{table.migration}.sql`)."]
        lines += ["", "| column | type | rule | what it is |", "|---|---|---|---|"]
        lines += [f"| `{one.name}` | {one.kind} | {_cell(one.rule)} | {one.comment} |" for one in table.columns]
        lines += ["", *(f"- `{rule}`" for rule in table.rules)] if table.rules else []
    return "\n".join(lines) + "\n"


def _cell(rule: str) -> str:
    return f"`{rule}`" if rule else ""


ENDPOINT = re.compile(r"^\| `([A-Z]\w+) (/\S+)` \| (yes|not yet) \| (.*?) ?\|$", re.MULTILINE)
"""A line of docs/compatibility.md: an endpoint of Mastodon's documentation, whether it is served, a note."""


def shape(method: str, path: str) -> str:
    """Return an endpoint whatever its parameters are called."""
    return f"{method} {re.sub(r'{[^}]*}', '{}', path)}"


def compatibility_page() -> str:
    """Return docs/compatibility.md with what is served read from the routes; its words are written by hand."""
    here = {shape(one.method, one.path) for one in entries()}

    def line(found: re.Match[str]) -> str:
        served = "yes" if shape(found[1], found[2]) in here else "not yet"
        return f"| `{found[1]} {found[2]}` | {served} | {found[4]}{' ' if found[4] else ''}|"

    return ENDPOINT.sub(line, (DOCS / "compatibility.md").read_text("utf-8"))


PAGES: dict[str, Callable[[], str]] = {
    "compatibility.md": compatibility_page,
    "routes.md": routes_page,
    "schema.md": schema_page,
}


def main() -> int:
    """Write the pages; return 1 when one of them was not up to date, so that a check of ours sees it."""
    changed = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(name)
    for name in changed:
        sys.stdout.write(f"docs/{name} was out of date and is written again\n")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
