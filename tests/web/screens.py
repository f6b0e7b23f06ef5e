"""Every screen, a line each: visited in Chromium by day and by night, on a phone and on a desk, with scripts and without."""

from __future__ import annotations

from typing import NamedTuple

VISITOR, READER, CONTRIBUTOR, HOST = "visitor", "reader", "contributor", "host"
MEMBERS = (READER, CONTRIBUTOR)
ALL = (VISITOR, READER, CONTRIBUTOR, HOST)


class Screen(NamedTuple):
    """A page, and who looks at it: the first through the whole inspection, the others on a phone by day."""

    name: str
    path: str
    """Names in braces are of the scene (tests/web/scenery.py)."""
    who: tuple[str, ...] = (CONTRIBUTOR,)
    status: int = 200


SCREENS = (
    Screen("accueil", "/", (CONTRIBUTOR, VISITOR, READER, HOST)),
    Screen("accueil-visiteur", "/", (VISITOR,)),
    Screen("accueil-vide", "/?kind=info&max_id=1"),
    Screen("accueil-ancien", "/?jour=2020-01-01"),
    Screen("signets", "/signets", MEMBERS),
    Screen("signets-vides", "/signets?kind=info", (READER,)),
    Screen("aimes", "/aimes", MEMBERS),
    Screen("listes", "/listes", MEMBERS),
    Screen("liste", "/listes/{list}"),
    Screen("liste-victoires", "/listes/{list}?kind=source"),
    Screen("liste-reglages", "/listes/{list}/reglages"),
    Screen("liste-effacer", "/listes/{list}/effacer"),
    Screen("recherche", "/recherche", (READER, VISITOR)),
    Screen("recherche-trouve", "/recherche?q=garde", (CONTRIBUTOR, VISITOR)),
    Screen("recherche-personnes", "/recherche?q=cadre&dans=personnes", (VISITOR,)),
    Screen("recherche-rien", "/recherche?q=xyzzy", (READER,)),
    Screen("annuaire", "/annuaire", (CONTRIBUTOR, VISITOR)),
    Screen("mots", "/mots", MEMBERS),
    Screen("local", "/local", (VISITOR, READER)),
    Screen("local-doutes", "/local?kind=doubt", (VISITOR,)),
    Screen("mot", "/tags/garde", (VISITOR, CONTRIBUTOR)),
    Screen("mot-vide", "/tags/personne", (VISITOR,)),
    Screen("profil", "/@{author}", (CONTRIBUTOR, VISITOR)),
    Screen("profil-long", "/@{long}", (READER,)),
    Screen("profil-mien", "/@{me}"),
    Screen("fil", "/@{author}/{thread}", (CONTRIBUTOR, VISITOR, READER)),
    Screen("fil-lu", "/@{author}/{thread}/lire", (READER, VISITOR)),
    Screen("fil-doute", "/@{author}/{doubt}"),
    Screen("message", "/@{author}/{picture}", (VISITOR,)),
    Screen("autour", "/gestes/{poll}?back=/", (CONTRIBUTOR, VISITOR)),
    Screen("autour-mien", "/gestes/{mine}?back=/"),
    Screen("effacer", "/gestes/{mine}/effacer"),
    Screen("ecrire", "/ecrire"),
    Screen("plus", "/plus", ALL),
    Screen("apparence", "/apparence", (VISITOR, CONTRIBUTOR)),
    Screen("reglages", "/reglages", MEMBERS),
    Screen("charte", "/charte", (VISITOR,)),
    Screen("connexion", "/connexion", (VISITOR,)),
    Screen("inscription", "/inscription", (VISITOR,)),
    Screen("recuperation", "/recuperation", (VISITOR,)),
    Screen("application", "/oauth/authorize?{consent}"),
    Screen("nulle-part", "/rien", (VISITOR, CONTRIBUTOR), 404),
    Screen("porte-fermee", "/ecrire", (READER,), 403),
)
"""In the order of the house; a screen of a new module gets its line here."""
LEAD_ELSEWHERE = {"/a-propos"}
"""Routes that show nothing themselves."""
