"""Cookies of this site: tied to the host by their name under https, out of reach of scripts, never sent along from elsewhere."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from salledepause.kernel.config import Settings
from salledepause.surfaces.edge import Header


def read(settings: Settings, headers: Headers, name: str) -> str:
    """Return what a cookie holds, empty when there is none."""
    return cookie_parser(headers.get("cookie", "")).get(_name(settings, name), "")


def give(settings: Settings, name: str, value: str, seconds: int | None = None) -> Header:
    """Return the header that gives a cookie, for some seconds or until the browser closes."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if settings.secure else ""
    return (b"set-cookie", f"{_name(settings, name)}={value}{age}; Path=/; HttpOnly; SameSite=Lax{secure}".encode())


def take_back(settings: Settings, name: str) -> Header:
    """Return the header that takes a cookie out of the browser."""
    return give(settings, name, "", 0)


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.secure else name
