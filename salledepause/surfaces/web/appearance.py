"""Day or night: dark from 22 h to 6 h in Paris, as the system says otherwise, or as one chose; kept in this browser only."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route
from salledepause.surfaces.web import addresses, answers, cookies, guests, messages, shell
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rendering import page

A_YEAR = 365 * 86400


class Theme(StrEnum):
    """What one chose."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


NAMES = {Theme.AUTO: "Automatique", Theme.LIGHT: "Clair", Theme.DARK: "Sombre"}
HINTS = {
    Theme.AUTO: "Sombre de 22 h à 6 h ; le reste du temps, comme votre appareil.",
    Theme.LIGHT: "Toujours du papier et de l'encre.",
    Theme.DARK: "Toujours une lampe sur une table.",
}


class Chosen(msgspec.Struct, frozen=True):
    """A choice and where to come back."""

    theme: Theme = Theme.AUTO
    back: str = "/"


async def show(call: Call) -> Answer:
    """GET /apparence."""
    csrf, cookie = guests.form_word(call)
    held = cookies.read(call.site.settings, call.headers, shell.THEME)
    chosen = Theme(held) if held in list(Theme) else Theme.AUTO
    back = addresses.own(call.read(Chosen).back)
    return page(call, "appearance.html", csrf=csrf, chosen=chosen, names=NAMES, hints=HINTS, back=back, headers=cookie)


async def choose(call: Call) -> Answer:
    """POST /apparence: keep a choice for a year in this browser."""
    chosen = call.read(Chosen)
    cookie = cookies.give(call.site.settings, shell.THEME, chosen.theme, A_YEAR)
    return answers.back(call, chosen.back, cookie, messages.notice("C'est noté pour ce navigateur.", call))


DESTINATIONS = [Destination("Apparence", "/apparence", "lamp", rank=85, group="house")]
ROUTES = [
    route("GET", "/apparence", show, anyone()),
    route("POST", "/apparence", guests.guarded(choose), anyone()),
]
