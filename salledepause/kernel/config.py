"""Settings: one frozen record read from the environment and `salledepause.toml`; an unknown key refuses to start."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from salledepause.kernel.text import LINK_WEIGHT

PREFIX = "SALLEDEPAUSE_"
PLAIN = ("DATABASE_URL",)
"""Names that keep no prefix because every host already uses them."""


class BadSettings(ValueError):
    """The settings cannot be used; the message names the key and what it accepts."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a host may choose. Environment: `SALLEDEPAUSE_` + the name in capitals, but for DATABASE_URL."""

    data: Path = Path("data")
    """Folder of the embedded database, the media and the secret."""
    database_url: str = ""
    """PostgreSQL 15 or newer; empty: the embedded server in the data folder."""
    domain: str = "127.0.0.1:8000"
    """Public host name, with its port when it has one."""
    scheme: Literal["http", "https", ""] = ""
    """Scheme of public addresses; empty: http on loopback, https elsewhere."""
    secret: str = ""
    """Key of signatures and cookies; empty: made once and kept in the data folder."""
    title: str = "Salle de pause"
    description: str = "La salle de pause des gens du soin : compagnie, soupape, mercis et savoir, de jour comme de nuit."
    contact: str = ""
    """How to reach the hosts (shown on the charter page); may be empty."""
    languages: tuple[str, ...] = ("fr",)
    registration: Literal["open", "approval", "invitation"] = "open"
    visitors: bool = True
    """Whether what is public is read without an account."""
    pool_size: Annotated[int, msgspec.Meta(ge=2, le=200)] = 8
    """Database connections of one web process."""
    rate_limit: Annotated[int, msgspec.Meta(ge=0)] = 300
    """Requests in five minutes for one account (or one visitor); 0 lifts every limit, for tests and benchmarks."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed."""
    streaming_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    """Port of streams alone; 0: any free one where only this machine is served, else none."""
    streaming_url: Annotated[str, msgspec.Meta(pattern=r"^(wss?://[^\s/?#]+)?\Z")] = ""
    """Where apps are told to open streams; empty: at that port on this machine itself, at the main address elsewhere."""
    metrics_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    """Local port of Prometheus metrics of all web processes of this machine; 0: none."""
    private_addresses: bool = False
    """Whether push services may stand at private addresses, without TLS: for tests, and services of the house itself."""
    link_weight: Annotated[int, msgspec.Meta(ge=1, le=100)] = LINK_WEIGHT
    """How many characters a link of a post counts for, however long it is."""
    language: Path | None = None
    """Folder of what the language engine learned with another sentence encoder; none: what comes with the package."""
    media_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 99 * 1024 * 1024

    @property
    def origin(self) -> str:
        """Public address without a final slash: `https://example.org`."""
        scheme = self.scheme or ("http" if _loopback(self.domain) else "https")
        return f"{scheme}://{self.domain}"

    @property
    def secure(self) -> bool:
        """Whether the public address is https (cookies are then `Secure`)."""
        return self.origin.startswith("https:")

    @property
    def at_home(self) -> bool:
        """Whether the public address is plain http on this very machine: nothing stands between."""
        return _loopback(self.domain) and not self.secure

    @property
    def streams(self) -> str:
        """Address under which apps open streams, without a final slash: `wss://example.org`."""
        if self.streaming_port and self.at_home and not self.streaming_url:
            return f"ws://{self.domain.rsplit(':', 1)[0]}:{self.streaming_port}"
        return self.streaming_url or "ws" + self.origin.removeprefix("http")

    @property
    def blobs(self) -> Path:
        """Folder of stored files."""
        return self.data / "media"

    @property
    def seals(self) -> Path:
        """Folder of the keys of what is said for some hours."""
        return self.data / "seals"


def _loopback(domain: str) -> bool:
    host = domain.rsplit(":", 1)[0]
    return host in {"localhost", "127.0.0.1", "[::1]"}


def load(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Return the settings: command line over environment over `salledepause.toml` in the data folder.

    Raises BadSettings for an unknown key or a value of the wrong type.
    """
    given = _from_environment(os.environ if environment is None else environment)
    given |= {key: value for key, value in overrides.items() if value is not None}
    folder = Path(given.get("data", "data"))
    merged = _from_file(folder / "salledepause.toml") | given
    return _with_secret(_convert(merged))


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in environment.items():
        if key in PLAIN or key.startswith(PREFIX):
            name = key.removeprefix(PREFIX).lower()
            if name not in Settings.__struct_fields__:
                message = f"Réglage inconnu : {key}. Voir docs/settings.md."
                raise BadSettings(message)
            found[name] = tuple(value.split()) if name in {"languages", "trusted_proxies"} else value
    return found


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} n'est pas du TOML lisible : {error}"
        raise BadSettings(message) from error


def _convert(values: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        message = f"Réglage refusé : {error}. Voir docs/settings.md."
        raise BadSettings(message) from error


def _path(kind: type, value: Any) -> Any:
    if kind is not Path:
        message = f"pas de lecture pour {kind.__name__}"
        raise TypeError(message)
    return Path(value)


def _with_secret(settings: Settings) -> Settings:
    if settings.secret:
        return settings
    settings.data.mkdir(parents=True, exist_ok=True)
    path = settings.data / "secret"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return msgspec.structs.replace(settings, secret=path.read_text().strip())
