"""The house that tests live in: a real PostgreSQL, a fresh database each, the whole application in process."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck
from starlette import routing

from salledepause.features.accounts import HASHER, Hasher
from salledepause.kernel import embedded, pool
from salledepause.kernel.config import Settings
from salledepause.kernel.migrate import migrate
from tests.support.broom import Broom
from tests.support.house import House
from tests.support.kept import Kept
from tests.support.openapi import Description
from tests.support.push import PushService, push_service
from tests.support.recorder import Recorder, problems

hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")
"""No example fails for its milliseconds: a machine that does much else may take a fifth of a second for anything."""


setattr(pool, "Line", Kept)  # noqa: B010 - only tests open house after house on one database
setattr(routing, "compile_path", cache(routing.compile_path))  # noqa: B010 - each house has the same six hundred paths


def pytest_configure(config: pytest.Config) -> None:
    """Give the session a folder of its own: pytest's shared one is closed to the database's user by every other session."""
    if config.option.basetemp is None:
        folder = tempfile.mkdtemp(prefix="salledepause-tests-")
        config.option.basetemp = str(Path(folder) / "base")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the address of a server: DATABASE_URL when set, else an embedded one that needs no durability."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="salledepause-tests-", ignore_cleanup_errors=True) as folder:
        url = embedded.start(Path(folder))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
        embedded.stop(Path(folder))


@pytest.fixture(scope="session")
def migrated(postgres: str) -> Iterator[str]:
    """Give the address of the migrated database that all tests use in turn."""
    name = f"salledepause_{secrets.token_hex(6)}"
    url = embedded.create_database(postgres, name)
    migrate(url)
    yield url
    embedded.drop_database(postgres, name)


@pytest.fixture(scope="session")
async def kept(migrated: str) -> AsyncIterator[None]:
    """Keep the connections to that database from house to house."""
    Kept.home = migrated, asyncio.get_running_loop()
    yield
    await Kept.end_all()


@pytest.fixture(scope="session")
def broom(migrated: str) -> Iterator[Broom]:
    """Give what empties that database."""
    with Broom(migrated) as held:
        yield held


@pytest.fixture
def database(migrated: str, broom: Broom, kept: None) -> str:
    """Give the address of an empty, migrated database."""
    broom.sweep()
    return migrated


@pytest.fixture
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords at no cost for people who are made to do something else; tests of accounts show what hashing costs."""
    monkeypatch.setattr(HASHER, "_argon2", Hasher(1, 64)._argon2)  # noqa: SLF001 - no setting makes passwords weak


@pytest.fixture
def settings(database: str, tmp_path: Path, quick_hashing: None) -> Settings:
    """Give settings for tests: no rate limit, everybody may sign up."""
    return Settings(data=tmp_path, database_url=database, domain="salle.test", scheme="https", secret="s" * 64, rate_limit=0)


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    """Gather every API answer of the session and hold it against the published description."""
    kept = Recorder()
    yield kept
    description = Description.load()
    if description is not None:
        found = problems(kept, description)
        assert not found, "answers that the published description refuses:\n" + "\n".join(found)


@pytest.fixture
async def house(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give the whole application, in process."""
    async with House.opened(settings, recorder) as opened:
        yield opened


@pytest.fixture
async def near(settings: Settings, recorder: Recorder) -> AsyncIterator[House]:
    """Give a house whose push services may stand on loopback."""
    async with House.opened(msgspec.structs.replace(settings, private_addresses=True), recorder) as opened:
        yield opened


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """Give a push service."""
    async with push_service() as running:
        yield running
