"""Pseudonyms to choose from: a thing and a manner, drawn at random, which nobody could take for the name of a person."""

from __future__ import annotations

import secrets

from salledepause.features.accounts import store
from salledepause.kernel.db import Tx

_THINGS = """
    arrosoir banc bol bouton cactus cahier canape carnet cartable chausson chocolat citron coquillage coussin crayon croissant
    escargot fauteuil galet gateau hamac herisson hibou jardin kayak koala lampadaire mistral moulin nuage panda pamplemousse
    parapluie peuplier phare piano pingouin platane plumier potager pull radiateur radis reverbere rideau sablier samovar sapin
    sentier tabouret tambour thermos tilleul toboggan tournesol tracteur violon volet zebre
"""
_MANNERS = """
    agile amphibie aquatique arctique brave calme celeste comique cosmique discret dormeur elastique enchante epique etoile
    flaneur fluide formidable gourmand hivernal improbable infatigable insolite intrepide invincible jovial lunaire magique
    malicieux marin matinal mobile modeste moelleux nocturne nomade optimiste paisible patient perche placide polaire pratique
    rapide reveur robuste rustique sauvage sensible serein solaire sonore souple sympathique tenace tranquille utile veloute
    vivace volant zen
"""
THINGS, MANNERS = tuple(_THINGS.split()), tuple(_MANNERS.split())
"""All masculine, so that each goes with each; without accents, as handles are."""
TRIED = 4
"""Drawn for each one wanted, since some are taken."""


def draw() -> str:
    """Return a pseudonym at random: `hibou_serein`."""
    return f"{secrets.choice(THINGS)}_{secrets.choice(MANNERS)}"


async def suggestions(tx: Tx, number: int = 4) -> list[str]:
    """Return pseudonyms that nobody bears; with a number after them once many are taken, fewer if even those are."""
    drawn = list(dict.fromkeys(draw() for _ in range(TRIED * number)))
    drawn += [f"{one}_{secrets.randbelow(900) + 100}" for one in drawn]
    taken = await store.taken(tx, drawn)
    return [one for one in drawn if one not in taken][:number]
