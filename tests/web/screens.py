"""Every screen, a line each: visited in Chromium by day and by night, on a phone and on a desk, with scripts and without."""

from __future__ import annotations

from typing import NamedTuple

from salledepause.surfaces.web import installing

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
    Screen("pieces", "/pieces", (CONTRIBUTOR, VISITOR, READER)),
    Screen("piece", "/pieces/{room}", (CONTRIBUTOR,)),
    Screen("piece-de-la-maison", "/pieces/le_salon", (READER, HOST)),
    Screen("piece-ouvrir", "/pieces/ouvrir", (CONTRIBUTOR, HOST)),
    Screen("piece-garder", "/pieces/{room}/garder"),
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
    Screen("modifier", "/gestes/{mine}/modifier"),
    Screen("notifications", "/notifications", (CONTRIBUTOR, READER)),
    Screen("notifications-gestes", "/notifications?voir=gestes"),
    Screen("notifications-maison", "/notifications?voir=maison", (HOST,)),
    Screen("notifications-a-part", "/notifications/a-part"),
    Screen("notifications-vider", "/notifications/vider"),
    Screen("collection", "/collections/{gathered}", (CONTRIBUTOR, VISITOR)),
    Screen("collection-sortir", "/collections/{gathered}/sortir"),
    Screen("conversations", "/conversations", (CONTRIBUTOR, READER)),
    Screen("une-conversation", "/conversations/{talk}"),
    Screen("demandes", "/demandes", (CONTRIBUTOR, READER)),
    Screen("abonnes", "/@{author}/abonnes", (CONTRIBUTOR, VISITOR)),
    Screen("abonnements", "/@{me}/abonnements", (CONTRIBUTOR, VISITOR)),
    Screen("recommandations", "/@{author}/recommandations", (VISITOR,)),
    Screen("entre-nous", "/personnes/{rude}", (CONTRIBUTOR, READER)),
    Screen("distance", "/distance/{rude}?message={insult}", (CONTRIBUTOR, READER)),
    Screen("a-distance", "/distance", (CONTRIBUTOR, READER)),
    Screen("filtres", "/reglages/filtres", (CONTRIBUTOR, READER)),
    Screen("filtre-nouveau", "/reglages/filtres/nouveau"),
    Screen("filtre", "/reglages/filtres/{filter}"),
    Screen("filtre-effacer", "/reglages/filtres/{filter}/effacer"),
    Screen("signaler", "/signaler?compte={rude}&message={insult}", (CONTRIBUTOR, READER)),
    Screen("signaler-merci", "/signaler/merci?compte={rude}"),
    Screen("ecrire", "/ecrire"),
    Screen("citer", "/ecrire?cite={mine}"),
    Screen("image-retenue", "/images/{held}"),
    Screen("programmes", "/ecrire/programmes"),
    Screen("hors-ligne", "/hors-ligne", (VISITOR,)),
    Screen("plus", "/plus", ALL),
    Screen("apparence", "/apparence", (VISITOR, CONTRIBUTOR)),
    Screen("reglages", "/reglages", MEMBERS),
    Screen("profil-reglages", "/reglages/profil"),
    Screen("preferences", "/reglages/preferences"),
    Screen("verification", "/reglages/verification", (CONTRIBUTOR, READER)),
    Screen("nuit", "/reglages/notifications"),
    Screen("prendre-l-air", "/prendre-l-air"),
    Screen("retour", "/prendre-l-air/retour"),
    Screen("securite", "/reglages/securite"),
    Screen("donnees", "/reglages/donnees"),
    Screen("reprise", "/reglages/donnees/{errand}"),
    Screen("effacer-compte", "/reglages/partir"),
    Screen("charte", "/charte", (VISITOR,)),
    Screen("aide", "/aide", (VISITOR, CONTRIBUTOR)),
    Screen("connexion", "/connexion", (VISITOR,)),
    Screen("inscription", "/inscription", (VISITOR,)),
    Screen("recuperation", "/recuperation", (VISITOR,)),
    Screen("application", "/oauth/authorize?{consent}"),
    Screen("annonces", "/annonces", (VISITOR, CONTRIBUTOR)),
    Screen("maison", "/maison", (HOST,)),
    Screen("maison-fermee", "/maison", (CONTRIBUTOR,), 403),
    Screen("maison-entrees", "/maison/entrees", (HOST,)),
    Screen("maison-verifications", "/maison/verifications", (HOST,)),
    Screen("maison-signalements", "/maison/signalements", (HOST,)),
    Screen("maison-clos", "/maison/signalements?voir=clos", (HOST,)),
    Screen("maison-signalement", "/maison/signalements/{report}", (HOST,)),
    Screen("maison-images", "/maison/images", (HOST,)),
    Screen("maison-images-refusees", "/maison/images/refusees", (HOST,)),
    Screen("maison-aide", "/maison/aide", (HOST,)),
    Screen("maison-aide-ligne", "/maison/aide/1", (HOST,)),
    Screen("maison-aide-nouvelle", "/maison/aide/nouvelle", (HOST,)),
    Screen("maison-comptes", "/maison/comptes", (HOST,)),
    Screen("maison-comptes-vide", "/maison/comptes?standing=suspended", (HOST,)),
    Screen("maison-compte", "/maison/comptes/{reported}", (HOST,)),
    Screen("maison-annonces", "/maison/annonces", (HOST,)),
    Screen("maison-annonce-nouvelle", "/maison/annonces/nouvelle", (HOST,)),
    Screen("maison-annonce", "/maison/annonces/{draft}", (HOST,)),
    Screen("maison-emojis", "/maison/emojis", (HOST,)),
    Screen("maison-emoji-nouveau", "/maison/emojis/nouveau", (HOST,)),
    Screen("maison-serveurs", "/maison/serveurs", (HOST,)),
    Screen("maison-serveur-nouveau", "/maison/serveurs/nouveau", (HOST,)),
    Screen("maison-serveur", "/maison/serveurs/{server}", (HOST,)),
    Screen("maison-journal", "/maison/journal", (HOST,)),
    Screen("maison-textes", "/maison/textes", (HOST,)),
    Screen("nulle-part", "/rien", (VISITOR, CONTRIBUTOR), 404),
    Screen("porte-fermee", "/ecrire", (READER,), 403),
)
"""In the order of the house; a screen of a new module gets its line here."""
LEAD_ELSEWHERE = {
    "/images/{id}/fichier",
    "/a-propos",
    "/maison/serveurs.csv",
    "/maison/verifications/{id}/fichier",
    "/manifest.webmanifest",
    "/reglages/donnees/{what}.csv",
    "/sw.js",
    *(f"/{name}.png" for name in installing.SIZES),
}
"""Routes that show nothing themselves, or a file."""
