"""What is written down is true: every setting, event, job, route, table, command, endpoint and library, and nothing else."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer.main

from salledepause import main
from salledepause.__main__ import app
from salledepause.demo import script
from salledepause.features import accounts, posts
from salledepause.kernel.config import PLAIN, PREFIX, Settings
from salledepause.kernel.events import Event
from salledepause.kernel.jobs import Jobs
from salledepause.kernel.media import DEFAULT_LIMITS as LIMITS
from tests import documents
from tests.documents import DOCS, ENDPOINT, ROOT, entries, shape, tables

PACKAGE = ROOT / "salledepause"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


def rows(page: str, title: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the table whose first column bears a title."""
    text = (DOCS / page).read_text("utf-8")
    for block in re.split(r"\n\n", text):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines and lines[0].split("|")[1].strip() == title:
            yield from ([cell.strip() for cell in line.strip("|").split(" |")] for line in lines[2:])


def code(cell: str) -> str:
    """Return the first code of a cell, empty when it has none."""
    found = CODE.search(cell)
    return found[1] if found else ""


@pytest.mark.parametrize("name", documents.PAGES)
def test_pages_read_off_the_code_are_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == documents.PAGES[name](), "run `make docs`"


def test_every_setting_is_documented_with_its_default() -> None:
    told = {code(name): (code(environment), code(default)) for name, environment, default, _ in rows("settings.md", "name")}
    assert told == {name: (_variable(name), _default(name)) for name in Settings.__struct_fields__}


def _variable(name: str) -> str:
    return name.upper() if name.upper() in PLAIN else f"{PREFIX}{name.upper()}"


def _default(name: str) -> str:
    value = getattr(Settings(), name)
    return " ".join(value) if isinstance(value, tuple) else str(value)


def test_every_event_is_documented_with_its_reactions() -> None:
    wiring = main.wiring(Jobs("postgresql://127.0.0.1:1/nowhere"), "salle.test")
    told = {
        code(event): (_named(now), _named(later), bool(aloud)) for event, now, later, aloud in rows("architecture.md", "event")
    }
    later = {event: list(jobs) for event, jobs in wiring.later.items()}
    now = {event: [_short(one) for one in reactions] for event, reactions in wiring.now.items()}
    true = {kind.__name__: (now.get(kind, []), later.get(kind, []), kind in wiring.aloud) for kind in _kinds(Event)}
    said_by_themselves = {"HomesReached"}
    assert told.keys() == true.keys()
    assert {name: told[name] for name in told.keys() - said_by_themselves} == {
        name: true[name] for name in true.keys() - said_by_themselves
    }


def _named(cell: str) -> list[str]:
    return CODE.findall(re.sub(r"\([^)]*\)", "", cell))


def _short(reaction: object) -> str:
    module = getattr(reaction, "__module__", "").removeprefix("salledepause.features.")
    return f"{module.partition('.')[0]}.{getattr(reaction, '__name__', '')}"


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("salledepause."):
            yield one
        yield from _kinds(one)


def test_every_job_is_documented() -> None:
    assert {(code(job), code(when)) for job, when, _ in rows("architecture.md", "job")} == {
        (name, cron) for cron, name, _ in main.EVERY
    }
    told = (DOCS / "architecture.md").read_text("utf-8")
    assert not [name for name in main.LATER if f"`{name}`" not in told]


def test_the_map_names_every_module_of_the_kernel_and_every_feature() -> None:
    text = (DOCS / "architecture.md").read_text("utf-8")
    kernel = {path.stem.partition("_")[0] for path in (PACKAGE / "kernel").glob("[a-z]*.py")}
    assert set(re.search(r"^    kernel/ +(.*)$", text, re.MULTILINE)[1].split()) == kernel  # type: ignore[index]
    features = {folder.name for folder in (PACKAGE / "features").iterdir() if (folder / "__init__.py").is_file()}
    assert not [name for name in features if not re.search(rf"^        (?:.* )?{name}\b", text, re.MULTILINE)]


def test_every_command_is_documented() -> None:
    told = {name for cells in rows("hosting.md", "command") for name in CODE.findall(cells[0])}
    assert told == {f"salledepause {name}" for name, _ in _commands(typer.main.get_command(app))}


def _commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from _commands(inner, f"{path} {name}".strip())


def test_commands_in_examples_exist_with_their_options() -> None:
    commands = dict(_commands(typer.main.get_command(app)))
    used = [line for page in PAGES for line in _examples(page)]
    assert len(used) > 20
    for line in used:
        words = shlex.split(line.partition("salledepause ")[2], comments=True)
        name = next(name for length in (3, 2, 1) if (name := " ".join(words[:length])) in commands)
        options = {option for param in commands[name].params for option in param.opts}
        assert not {word for word in words if word.startswith("--")} - options, line


def _examples(page: Path) -> Iterator[str]:
    """Yield the command lines of ours that a page shows, in its shell blocks (those that go on joined) and in its sentences."""
    text = page.read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from (line for line in re.sub(r"\\\n\s*", "", block).splitlines() if "salledepause " in line)
    said = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from (
        one.replace("\n", " ") for one in CODE.findall(said) if one.startswith("salledepause ") and one != "salledepause admin"
    )


def test_every_make_target_is_documented() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    told = set(re.findall(r"`make (\w+)`", (ROOT / "README.md").read_text("utf-8")))
    assert targets
    assert told == set(targets[1].split())


def test_every_endpoint_of_the_api_is_in_the_compatibility_page() -> None:
    listed = [shape(method, path) for method, path, _, _ in ENDPOINT.findall((DOCS / "compatibility.md").read_text("utf-8"))]
    assert len(listed) == len(set(listed)) > 200
    api = {shape(one.method, one.path) for one in entries() if one.topic.startswith("mastodon/") and _is_endpoint(one.path)}
    missing = sorted(api - set(listed))
    assert not missing


def _is_endpoint(path: str) -> bool:
    return path.startswith(("/api/", "/oauth/")) and not path.endswith(("/", ":path}")) and path != "/api/v1/streaming"


def test_limits_are_told_as_they_are() -> None:
    told = " ".join((DOCS / "compatibility.md").read_text("utf-8").split())
    text, poll, later = posts.model, posts.polls, posts.scheduled
    true = (
        f"A post: {text.MOST_CHARACTERS // 1000} 000 characters (a link counts for {Settings().link_weight} unless ",
        f"`link_weight` says otherwise), {text.MOST_MEDIA} media",
        f"{text.MOST_MENTIONS} people named, {text.MOST_TAGS} hashtags; {text.MOST_PINS} pinned.",
        f"A poll: {poll.FEWEST_OPTIONS} to {poll.MOST_OPTIONS} options of {poll.MOST_CHARACTERS} characters, ",
        f"from {poll.SHORTEST.seconds // 60} minutes to {poll.LONGEST.days} days.",
        f"pictures of {LIMITS.image_bytes >> 20} MiB and {LIMITS.pixels // 10**6} megapixels, ",
        f"films of {LIMITS.film_bytes >> 20} MiB and {LIMITS.duration / 60:g} minutes, ",
        f"Name {accounts.NAME_LENGTH}, note {accounts.NOTE_LENGTH} characters, {accounts.FIELDS} fields of ",
        f"{later.MOST} scheduled posts, {later.MOST_IN_A_DAY} for one day.",
        f"Requests: {Settings().rate_limit} in five minutes",
    )
    assert not [one for one in true if one not in told]


def test_every_table_and_column_is_in_the_schema_page(migrated: str) -> None:
    """The page is read off the SQL; the database says whether that reading is right."""
    with psycopg.connect(migrated) as connection:
        found = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name NOT LIKE 'procrastinate%' AND table_name <> 'migrations' ORDER BY ordinal_position"
        ).fetchall()
    told = {(table.name, column.name) for table in tables() for column in table.columns}
    assert told == set(found)
    assert all(table.comment for table in tables())


def test_every_library_is_documented_and_none_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    used = {re.split(r"[\[>=]", one)[0] for one in project["dependencies"]}
    told = {name.strip() for cells in rows("dependencies.md", "library") for name in cells[0].split(",")}
    assert told == used


def test_the_fictional_community_is_as_large_as_told() -> None:
    told = (ROOT / "README.md").read_text("utf-8").replace("\u202f", " ").replace("\u00a0", " ")
    said = len(script.scenes())
    assert f"{len(script.people())} fictional people" in told
    assert f"{said // 1000} {said % 1000 // 100}00 posts" in told


ELSEWHERE = {"bench/results.json", "tests/integration", "trends/links", "trends/statuses"}
"""Paths that are no file of ours: made by a run, of others, of the API."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert not [link for link in links if link and not (page.parent / link).exists()]
    named = [one for one in CODE.findall(text) if re.fullmatch(r"[a-z_]+(?:/[\w.-]+)*/?(?:\.(?:py|sql|toml|md))?", one)]
    paths = [one for one in named if "/" in one.strip("/") and one not in ELSEWHERE]
    lost = [one for one in paths if not ((ROOT / one).exists() or (PACKAGE / one).exists())]
    assert not lost
