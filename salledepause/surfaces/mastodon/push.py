"""Push subscriptions of the API: one for each token (https://docs.joinmastodon.org/methods/push/)."""

from __future__ import annotations

import msgspec

from salledepause.features import notifications
from salledepause.features.notifications import OURS, Kind, PushPolicy, Subscription, Wish
from salledepause.kernel import keys, net
from salledepause.kernel.errors import BadInput
from salledepause.surfaces.edge import Answer, Call, json
from salledepause.surfaces.routes import route, user

LONGEST_KEY = 200
"""Characters of a key in base64."""

ALERTS = tuple(kind for kind in Kind if kind is not Kind.WARNING and kind not in OURS)
"""What apps may be woken for (https://docs.joinmastodon.org/entities/WebPushSubscription/#alerts)."""


class KeysAsked(msgspec.Struct):
    """What to encrypt for an app with."""

    p256dh: str = ""
    auth: str = ""


class SubscriptionAsked(msgspec.Struct):
    """Where an app is reached; `standard` says that it decodes RFC 8291."""

    endpoint: str = ""
    keys: KeysAsked = msgspec.field(default_factory=KeysAsked)
    standard: bool = False


class AlertsAsked(msgspec.Struct):
    """For what to be woken."""

    mention: bool = False
    status: bool = False
    reblog: bool = False
    follow: bool = False
    follow_request: bool = False
    favourite: bool = False
    poll: bool = False
    update: bool = False
    quote: bool = False
    quoted_update: bool = False
    added_to_collection: bool = False
    sign_up: bool = msgspec.field(default=False, name="admin.sign_up")
    report: bool = msgspec.field(default=False, name="admin.report")


class DataAsked(msgspec.Struct):
    """For what to be woken, and by whom; a policy that is not said is `all`."""

    alerts: AlertsAsked = msgspec.field(default_factory=AlertsAsked)
    policy: PushPolicy | None = None


class Asked(msgspec.Struct):
    """Parameters of a subscription and of its change, where `policy` may stand alone."""

    subscription: SubscriptionAsked = msgspec.field(default_factory=SubscriptionAsked)
    data: DataAsked = msgspec.field(default_factory=DataAsked)
    policy: PushPolicy | None = None

    @property
    def alerts(self) -> tuple[Kind, ...]:
        """The kinds that are wanted."""
        asked = msgspec.to_builtins(self.data.alerts)
        return tuple(kind for kind in ALERTS if asked.get(kind))

    @property
    def whose(self) -> PushPolicy:
        """By whom to be woken."""
        return self.data.policy or self.policy or "all"


async def subscribe(call: Call) -> Answer:
    """POST /api/v1/push/subscription."""
    asked = call.read(Asked)
    given = asked.subscription
    if max(len(given.keys.p256dh), len(given.keys.auth)) > LONGEST_KEY:
        raise BadInput("Clés d'abonnement refusées : attendu un point de la courbe P-256 et seize octets, en base64.")
    try:
        net.checked(given.endpoint, private=call.site.settings.private_addresses)
    except net.Shut as error:
        raise BadInput("Adresse d'abonnement refusée : attendu une adresse https publique.") from error
    token = keys.sealed(call.site.settings.secret, call.headers.get("authorization", "").partition(" ")[2].strip())
    wish = Wish(token, given.endpoint, given.keys.p256dh, given.keys.auth, given.standard, asked.alerts, asked.whose)
    return _shown(call, await notifications.push.subscribe(call.tx, call.me, _token(call), wish))


async def show(call: Call) -> Answer:
    """GET /api/v1/push/subscription."""
    return _shown(call, await notifications.push.subscription(call.tx, _token(call)))


async def change(call: Call) -> Answer:
    """PUT /api/v1/push/subscription: what is not asked again is wanted no more."""
    asked = call.read(Asked)
    return _shown(call, await notifications.push.change(call.tx, _token(call), asked.alerts, asked.whose))


async def drop(call: Call) -> Answer:
    """DELETE /api/v1/push/subscription."""
    await notifications.push.unsubscribe(call.tx, _token(call))
    return json({})


def _token(call: Call) -> int:
    return call.caller.token_id if call.caller else 0


def _shown(call: Call, one: Subscription) -> Answer:
    return json(
        {
            "id": str(one.id),
            "endpoint": one.endpoint,
            "standard": one.standard,
            "alerts": {kind: kind in one.alerts for kind in ALERTS},
            "policy": one.policy,
            "server_key": keys.vapid_public(call.site.settings.secret),
        }
    )


HERE = "/api/v1/push/subscription"
ROUTES = [
    route("POST", HERE, subscribe, user("push")),
    route("GET", HERE, show, user("push")),
    route("PUT", HERE, change, user("push")),
    route("DELETE", HERE, drop, user("push")),
]
