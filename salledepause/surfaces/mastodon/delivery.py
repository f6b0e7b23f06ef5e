"""Waking an app: a notification told is encrypted for it and handed to its push service, by a job, outside transactions.

The words are those of Mastodon's own payload (app/serializers/web/notification_serializer.rb), in the language of the account:
what a warning covers is not shown, only the warning.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import structlog

from salledepause.features import accounts, company, graph, notifications, posts, rooms
from salledepause.features.accounts import Account
from salledepause.features.notifications import Kind, Notification, Subscription
from salledepause.features.rooms import Rings
from salledepause.kernel import clock, keys, net, webpush, words
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site
from salledepause.kernel.webpush import Signer, Target
from salledepause.surfaces.mastodon.entities import avatar_url

log = structlog.get_logger(__name__)

TITLES = {
    Kind.MENTION: "{name} vous mentionne",
    Kind.STATUS: "{name} vient de publier",
    Kind.REBLOG: "{name} partage votre message",
    Kind.FOLLOW: "{name} vous suit",
    Kind.FOLLOW_REQUEST: "{name} demande à vous suivre",
    Kind.FAVOURITE: "{name} aime votre message",
    Kind.POLL: "Le sondage de {name} est clos",
    Kind.UPDATE: "{name} a modifié un message",
    Kind.QUOTE: "{name} cite votre message",
    Kind.QUOTED_UPDATE: "{name} a modifié un message que vous citez",
    Kind.COLLECTED: "{name} vous recommande dans une collection",
    Kind.SIGN_UP: "{name} vient d'arriver",
    Kind.REPORT: "{name} signale un compte",
    Kind.WAVE: "Une ronde félicite votre victoire",
    Kind.PROMPT: "Une petite victoire cette semaine ?",
    Kind.DESK: "Votre guichet vous attend",
    Kind.DIGEST: "Votre bouclier a mis des messages de côté",
    Kind.ASKED: "{name} compte sur vous : un sas à trier, ou un duel amical",
    Kind.PILE_ON: "Beaucoup d'inconnus répondent à la même personne",
    Kind.ROOM_RED: "Une pièce que vous gardez est passée au rouge",
}
BODIES = {
    Kind.PROMPT: "Un geste réussi, un sourire, une équipe qui s'entraide : l'ordinaire a sa place ici.",
    Kind.DESK: "Des remarques à lire, ou une fiche à remettre à jour",
    Kind.DIGEST: "Ils attendent dans le sas. Vous les ouvrez quand vous voulez, ou jamais.",
    Kind.ROOM_RED: "Voir laquelle, et ce que le baromètre en dit",
}
"""Of the kinds that show no post."""
SOMEWHERE = "Du nouveau dans une de vos pièces"
ASKED = "Quelqu'un a besoin d'un mot"
LONGEST = 140
"""Characters of the body of an alert."""
MOST_ATTEMPTS = 4
PAUSE = timedelta(seconds=30)
"""Before a second attempt; each next one waits five times longer."""
SPREAD = 600
"""Seconds over which what was held in the night is sent."""
GONE = {404, 410}
"""What a push service says when nobody is there any more (RFC 8030 section 7.3)."""
WELL = range(200, 300)


async def wake(site: Site, notification_id: int, subscription_id: int, attempt: int = 1, held: bool = False) -> None:
    """Send a notification to one app; a service that fails is tried again a few times, one that knows of nobody is forgotten.

    In quiet hours it is `held` until they end; of several that were, the newest alone is sent, and without a sound. Who took a
    shift, or keeps the house, is rung at any hour for somebody who waits for a word: they asked for it.
    """
    async with site.db.reading() as tx:
        due = await notifications.push.due(tx, notification_id, subscription_id, held=held)
        called = await _called(tx, *due) if due else None
        later = await notifications.held_until(tx, due[0].account_id) if due and not called else None
        rings = Rings.NEVER if due is None else await _rings(tx, due[1]) if called is None else Rings.BARE
        bare = "" if rings is not Rings.BARE else "room" if called is None else "asked"
        said = await _payload(tx, site, *due, silent=held, bare=bare) if due else None
    if due is None or rings is Rings.NEVER:
        return
    if later:
        await _hold(site, later, notification_id, subscription_id)
        return
    status = await _sent(site, due[0], said, held=held) if said else 410
    if status in WELL and not due[0].failures:
        return
    async with site.db.transaction() as tx:
        if status in WELL:
            await notifications.push.reached(tx, subscription_id)
        elif status in GONE:
            await notifications.push.forget(tx, subscription_id)
        elif await notifications.push.failed(tx, subscription_id) and attempt < MOST_ATTEMPTS:
            again = {"notification_id": notification_id, "subscription_id": subscription_id, "attempt": attempt + 1}
            again |= {"held": True} if held else {}
            await site.jobs.defer(tx, "mastodon.wake", again, clock.now() + PAUSE * 5 ** (attempt - 1))
    log.info("push.sent", status=status, attempt=attempt)


async def _hold(site: Site, until: datetime, notification_id: int, subscription_id: int) -> None:
    """Send it when the quiet hours end, not everybody's in the same instant."""
    later = {"notification_id": notification_id, "subscription_id": subscription_id, "held": True}
    async with site.db.transaction() as tx:
        await site.jobs.defer(tx, "mastodon.wake", later, until + timedelta(seconds=subscription_id % SPREAD))


async def _sent(site: Site, one: Subscription, said: bytes, *, held: bool) -> int:
    """Return what the push service answered, 0 when nothing."""
    signer = Signer(site.settings.secret, site.settings.origin)
    body, headers = webpush.message(
        signer, Target(one.endpoint, one.p256dh, one.auth, one.standard), said, "low" if held else "normal"
    )
    try:
        return await net.post(one.endpoint, body, headers, private=site.settings.private_addresses)
    except (net.Unreachable, net.Shut):
        return 0


async def _called(tx: Tx, one: Subscription, told: Notification) -> bool | None:
    """Return whether somebody whom it tells of still waits for a word, `None` where nobody asked for one."""
    post_id = told.seen.subject.id if told.seen else 0
    return (await company.called(tx, one.account_id, [post_id])).get(post_id)


async def _payload(tx: Tx, site: Site, one: Subscription, told: Notification, *, silent: bool, bare: str) -> bytes | None:
    """Return what the app reads; `None` when the secret changed: its token cannot be told, nor its subscription signed.

    A browser has no token: its pages know whose they are. A `bare` one says that alone: no words, no author, no room.
    """
    token = "" if one.token is None else keys.unsealed(site.settings.secret, one.token)
    who = await accounts.load(tx, [one.account_id, told.told.from_id])
    me, author = who.get(one.account_id), who.get(told.told.from_id)
    if token is None or me is None or author is None:
        return None
    language = _language(me)
    title = words.catalogue(language).gettext(ASKED if bare == "asked" else SOMEWHERE if bare else TITLES[Kind(told.told.kind)])
    whose = {"access_token": token} if token else {"silent": silent}
    return msgspec.json.encode(
        whose
        | {
            "preferred_locale": language,
            "notification_id": told.told.id,
            "notification_type": told.told.kind,
            "icon": avatar_url(site, me if bare else author),
            "title": title.format(name=author.name or author.handle),
            "body": "" if bare else shortened(await _said(tx, one.account_id, told, author)),
        }
    )


def _language(account: Account) -> str:
    return account.language if account.language in words.LANGUAGES else words.LANGUAGES[0]


async def _rings(tx: Tx, told: Notification) -> Rings:
    """Return what a device may show of it: of what is said in a room, what its rules say, and nothing in its quiet hours."""
    post = (await posts.load(tx, [told.seen.post.id])).get(told.seen.post.id) if told.seen else None
    if post is None or post.room is None:
        return Rings.WORDS
    rules = await rooms.rules(tx, post.room.id)
    return Rings.NEVER if rooms.is_quiet(rules, clock.now()) else rules.rings


async def _said(tx: Tx, me: int, told: Notification, author: Account) -> str:
    if told.told.kind in BODIES:
        return words.catalogue(_language(author)).gettext(BODIES[Kind(told.told.kind)])
    if told.told.collection_id is not None:
        gathered = await graph.held_by(tx, me, [told.told.collection_id])
        return " ".join(one.name for one in gathered.values())
    if told.seen is None:
        return author.note
    post = (await posts.load(tx, [told.seen.post.id])).get(told.seen.post.id)
    return (post.warning or post.text) if post else ""


def shortened(text: str) -> str:
    """Return a text on one line, cut where an alert would."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
