"""What one is told of, by whom, at what hours, and whether this browser is woken for it."""

from __future__ import annotations

import re

import msgspec

from salledepause.features import notifications
from salledepause.features.notifications import Choice, Kind, PushPolicy, Quiet, Wish
from salledepause.kernel import keys, net
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import route, user
from salledepause.surfaces.web import answers, guests, messages
from salledepause.surfaces.web.rendering import page

HERE = "/reglages/notifications"
LONGEST_KEY = 200
"""Characters of a key in base64."""
LONGEST_ADDRESS = 2000
STRANGERS = {
    "for_not_following": "Des gens que je ne suis pas",
    "for_not_followers": "Des gens qui ne me suivent pas",
    "for_new_accounts": "Des comptes de moins de trente jours",
    "for_private_mentions": "Des mentions privées que je n'ai pas demandées",
    "for_limited_accounts": "Des comptes que les hôtes limitent",
}
CHOICES: dict[Choice, str] = {"accept": "Accepter", "filter": "Mettre à part", "drop": "Ignorer"}
WAKES = {
    Kind.MENTION: "On me parle",
    Kind.STATUS: "Quelqu'un que je surveille publie",
    Kind.REBLOG: "On partage un de mes messages",
    Kind.FAVOURITE: "On aime un de mes messages",
    Kind.FOLLOW: "On me suit",
    Kind.FOLLOW_REQUEST: "On demande à me suivre",
    Kind.POLL: "Un sondage se termine",
    Kind.UPDATE: "Un message partagé a changé",
    Kind.QUOTE: "On me cite",
    Kind.COLLECTED: "On me recommande dans une collection",
    Kind.WAVE: "Une ronde félicite une de mes victoires",
    Kind.PROMPT: "Une petite victoire cette semaine ?",
    Kind.DESK: "Votre guichet vous attend",
    Kind.DIGEST: "Le résumé de mon bouclier, à l'heure choisie",
    Kind.ASKED: "On me propose un duel amical, ou un sas à trier",
    Kind.PILE_ON: "Beaucoup d'inconnus répondent à la même personne",
    Kind.ROOM_RED: "Une pièce que vous gardez est passée au rouge",
}
"""What a browser may be woken for."""
FIRST_WAKES = (Kind.MENTION, Kind.FOLLOW_REQUEST)
WHOSE: dict[PushPolicy, str] = {
    "all": "Tout le monde",
    "followed": "Les gens que je suis",
    "follower": "Les gens qui me suivent",
    "none": "Personne",
}
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?")


async def show(call: Call) -> Answer:
    """GET /reglages/notifications."""
    policy = await notifications.policy(call.tx, call.me)
    rest = await notifications.rest(call.tx, call.me)
    woken = await notifications.push.of_browser(call.tx, call.me, guests.cookie_of(call))
    return page(
        call,
        "alerts.html",
        policy=msgspec.structs.asdict(policy),
        quiet=rest.quiet,
        woken=woken,
        wanted=woken.alerts if woken else FIRST_WAKES,
        strangers=STRANGERS,
        choices=CHOICES,
        wakes=WAKES,
        whose=WHOSE,
        server_key=keys.vapid_public(call.site.settings.secret),
    )


class Strangers(msgspec.Struct, frozen=True):
    """What becomes of the notifications of strangers."""

    for_not_following: Choice
    for_not_followers: Choice
    for_new_accounts: Choice
    for_private_mentions: Choice
    for_limited_accounts: Choice


async def change_policy(call: Call) -> Answer:
    """POST /reglages/notifications."""
    await notifications.change_policy(call.tx, call.me, msgspec.structs.asdict(call.read(Strangers)))
    return answers.back(call, HERE, messages.notice("C'est enregistré.", call))


class Hours(msgspec.Struct, frozen=True):
    """The quiet hours, as a clock shows them."""

    start: str = ""
    end: str = ""
    quiet: bool = False


async def change_hours(call: Call) -> Answer:
    """POST /reglages/nuit."""
    asked = call.read(Hours)
    await notifications.keep_quiet(call.tx, call.me, Quiet(asked.quiet, _minutes(asked.start), _minutes(asked.end)))
    return answers.back(call, HERE, messages.notice("C'est enregistré.", call))


class Woken(msgspec.Struct, frozen=True):
    """Where the browser is reached and for what; without an address, it is woken no more."""

    endpoint: str = ""
    p256dh: str = ""
    auth: str = ""
    alerts: list[Kind] = []
    policy: PushPolicy = "all"


async def wake(call: Call) -> Answer:
    """POST /reglages/reveil: wake this browser."""
    asked = call.read(Woken)
    if max(len(asked.p256dh), len(asked.auth)) > LONGEST_KEY or len(asked.endpoint) > LONGEST_ADDRESS:
        raise BadInput("Adresse d'abonnement refusée : attendu une adresse https publique.")
    try:
        net.checked(asked.endpoint, private=call.site.settings.private_addresses)
    except net.Shut as error:
        raise BadInput("Adresse d'abonnement refusée : attendu une adresse https publique.") from error
    alerts = tuple(kind for kind in WAKES if kind in asked.alerts)
    wish = Wish(None, asked.endpoint, asked.p256dh, asked.auth, True, alerts, asked.policy)
    await notifications.push.subscribe_browser(call.tx, call.me, guests.cookie_of(call), wish)
    return answers.back(call, HERE, messages.notice("Ce navigateur vous préviendra, sauf aux heures calmes.", call))


async def sleep(call: Call) -> Answer:
    """POST /reglages/reveil/fin: wake this browser no more."""
    await notifications.push.unsubscribe_browser(call.tx, call.me, guests.cookie_of(call))
    return answers.back(call, HERE, messages.notice("Ce navigateur ne vous préviendra plus.", call))


def _minutes(shown: str) -> int:
    """Return the minutes after midnight that a clock shows; raises BadInput."""
    found = TIME.fullmatch(shown)
    if not found:
        raise BadInput("Heure refusée : attendu par exemple 22:00.")
    return int(found[1]) * 60 + int(found[2])


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(change_policy), user("")),
    route("POST", "/reglages/nuit", guests.guarded(change_hours), user("")),
    route("POST", "/reglages/reveil", guests.guarded(wake), user("")),
    route("POST", "/reglages/reveil/fin", guests.guarded(sleep), user("")),
]
