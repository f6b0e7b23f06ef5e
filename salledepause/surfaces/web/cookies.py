"""Cookies of this site: tied to the host by their name under https, out of reach of scripts, never sent along from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from salledepause.kernel.config import Settings
from salledepause.surfaces.edge import Header


def read(settings: Settings, headers: Headers, name: str) -> str:
    """Return what a cookie holds, empty when there is none."""
    return jar(headers).get(name_of(settings, name), "")


def jar(headers: Headers) -> dict[str, str]:
    """Return all cookies, by the names that the browser knows."""
    return cookie_parser(headers.get("cookie", ""))


def apart(settings: Settings, held: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Return the cookies without some, as `name=value`, in order."""
    without = {name_of(settings, one) for one in names}
    return tuple(sorted(f"{name}={value}" for name, value in held.items() if name not in without))


def give(settings: Settings, name: str, value: str, seconds: int | None = None) -> Header:
    """Return the header that gives a cookie, for some seconds or until the browser closes."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if settings.secure else ""
    return (b"set-cookie", f"{name_of(settings, name)}={value}{age}; Path=/; HttpOnly; SameSite=Lax{secure}".encode())


def take_back(settings: Settings, name: str) -> Header:
    """Return the header that takes a cookie out of the browser."""
    return give(settings, name, "", 0)


def name_of(settings: Settings, name: str) -> str:
    """Return a cookie's name as the browser knows it."""
    return f"__Host-{name}" if settings.secure else name
