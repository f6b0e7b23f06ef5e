"""Varied French sentences for the benchmark's posts, by number: the n-th text is always the same and costs about 2 µs."""

from __future__ import annotations

WHEN = (
    "Cette nuit", "À la relève", "Ce matin à 6 h", "Entre deux sonnettes", "Pendant les transmissions", "Vers 3 h",
    "Au retour du bloc", "Avant le staff", "En salle de pause", "Après le plan blanc",
    "Pour la troisième fois cette semaine", "Un dimanche comme un autre", "À l'heure du café", "Juste avant la visite",
    "Depuis lundi", "Sous la pluie, devant les urgences", "Au fond du couloir B", "Quand personne ne regarde",
    "En pleine astreinte", "Hier soir", "Ce midi", "Au moment de partir", "Comme chaque hiver",
)  # fmt: skip
WHO = (
    "l'interne", "ma collègue", "le brancardier", "la cadre", "le standard", "le bip", "la pharmacie", "le nouveau",
    "la lingerie", "un patient de 90 ans", "la machine à café", "le directeur de garde", "la secrétaire du 4e",
    "le chariot de soins", "la fille du 12", "l'ascenseur", "le logiciel", "la stagiaire", "le médecin régulateur",
    "toute l'équipe", "la réa", "le samu", "l'agent de sécurité", "la sage-femme", "mon voisin de dialyse",
    "l'aide-soignant de nuit", "la cuisine centrale", "le technicien du labo", "l'ambulancier",
)  # fmt: skip
DOES = (
    "cherche", "retrouve", "réclame", "attend", "garde", "découvre", "invente", "raconte", "oublie", "répare",
    "partage", "défend", "commande", "transporte", "refuse", "apporte", "perd", "promet", "explique",
)  # fmt: skip
WHAT = (
    "le tensiomètre du service", "la clé du local à linge", "le planning de mars", "un brancard qui roule droit",
    "le dernier lit en aval", "des gants à la bonne taille", "le sourire de la dame du 7", "une histoire de garde",
    "le protocole de 2009", "la recette du gâteau", "un mot de remerciement", "la fiche de transmission",
    "une pompe à perfusion", "le numéro de l'astreinte", "un scope en état de marche", "la couverture chauffante",
    "le sens de ce métier", "une place de parking", "le badge de quelqu'un d'autre", "du café encore chaud",
    "la réponse à cette question", "un moment de silence", "le bon de commande", "trois minutes pour s'asseoir",
    "le doudou égaré", "une idée piquée à un autre hôpital", "la porte qui ne ferme plus", "le téléphone du secteur",
    "un peu de temps", "le chariot d'urgence", "les résultats de l'étage",
)  # fmt: skip
AND_SO = (
    ".", ", et tout le monde rit.", ", comme d'habitude.", " ; on en reparle demain.", " ! Merci à l'équipe.",
    ", et ça change tout.", ". Qui d'autre ?", ", sans faire de bruit.", "… soupir.", " et c'est très bien ainsi.",
    " : à retenir pour la prochaine fois.", ". Bonne nuit à ceux qui veillent.", ", personne ne sait pourquoi.",
)  # fmt: skip
LISTS = (WHEN, WHO, DOES, WHAT, AND_SO)
MIX, MASK = 0x9E3779B97F4A7C15, 2**64 - 1
"""Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): scatters consecutive numbers."""


def sentence(number: int) -> str:
    """Return the sentence of a number: about 60 to 130 characters, five million different ones."""
    rest = _scatter(number)
    parts = []
    for words in LISTS:
        rest, index = divmod(rest, len(words))
        parts.append(words[index])
    when, who, does, what, so = parts
    return f"{when}, {who} {does} {what}{so}"


def text(number: int) -> str:
    """Return the text of a post: one sentence for half of them, up to four for the others."""
    sentences = (1, 1, 1, 1, 2, 2, 3, 4)[_scatter(number) >> 61]
    return " ".join(sentence(number * 4 + rank) for rank in range(sentences))


def _scatter(number: int) -> int:
    mixed = (number + 1) * MIX & MASK
    return (mixed ^ mixed >> 29) * MIX & MASK
