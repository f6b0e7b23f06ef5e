"""Push subscriptions of the API, and what reaches an app through a push service on loopback."""

from __future__ import annotations

import time
from typing import Any

import http_ece
import pytest

from salledepause.features import accounts
from salledepause.features.notifications import Quiet, quiet
from tests.support.house import House, Person
from tests.support.push import App, PushService, claims, data, word

HERE = "/api/v1/push/subscription"
KINDS = [
    "mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "admin.sign_up", "admin.report",
    "quote", "quoted_update", "added_to_collection",
]  # fmt: skip
ALL = dict.fromkeys(KINDS, True)
FAR = "https://push.example/wpush/v2/abc"


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody have quiet hours who chose none: tests run at night too."""
    monkeypatch.setattr(quiet, "NIGHT", Quiet(on=False))


async def subscribe(house: House, who: Person | str, app: App, endpoint: str, **more: Any) -> Any:
    subscription = {"endpoint": endpoint, "keys": app.keys, "standard": more.pop("standard", True)}
    return await house.post(HERE, who, subscription=subscription, data={"alerts": ALL} | more)


async def work(house: House) -> None:
    """Do what waits, the later attempts too."""
    for _ in range(6):
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'mastodon.wake'")
        await house.site.jobs.run(wait=False)


async def jobs(house: House) -> int:
    async with house.site.db.reading() as tx:
        return int(await tx.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mastodon.wake'"))


async def test_a_subscription_is_made_shown_changed_and_ended(house: House) -> None:
    one, app = await house.person("une"), App()
    assert (await house.call("GET", HERE, one)).status_code == 404
    assert (await house.call("PUT", HERE, one, json={"data": {"policy": "all"}})).status_code == 404
    asked = {"subscription": {"endpoint": FAR, "keys": app.keys}, "data": {"alerts": {"mention": True, "poll": "true"}}}
    made = await house.post(HERE, one, **asked)
    wanted = dict.fromkeys(KINDS, False) | {"mention": True, "poll": True}
    assert (made["endpoint"], made["standard"], made["alerts"], made["policy"]) == (FAR, False, wanted, "all")
    assert await house.get(HERE, one) == made
    instance = await house.get("/api/v2/instance")
    assert made["server_key"] == instance["configuration"]["vapid"]["public_key"]
    assert (len(data(made["server_key"])), data(made["server_key"])[0]) == (65, 4)
    changed = (await house.call("PUT", HERE, one, json={"data": {"alerts": {"follow": True}, "policy": "followed"}})).json()
    assert changed["alerts"] == dict.fromkeys(KINDS, False) | {"follow": True}
    assert (changed["id"], changed["policy"]) == (made["id"], "followed")
    again = await house.post(HERE, one, **asked)
    assert again["id"] != made["id"]
    for _ in range(2):
        answer = await house.call("DELETE", HERE, one)
        assert (answer.status_code, answer.json()) == (200, {})
    assert (await house.call("GET", HERE, one)).status_code == 404


async def test_a_form_says_the_same(house: House) -> None:
    one, app = await house.person("une"), App()
    form = {
        "subscription[endpoint]": FAR, "subscription[keys][p256dh]": app.keys["p256dh"] + "=",
        "subscription[keys][auth]": app.keys["auth"] + "==", "subscription[standard]": "true",
        "data[alerts][mention]": "1", "data[alerts][admin.sign_up]": "true", "data[policy]": "none",
    }  # fmt: skip
    made = (await house.call("POST", HERE, one, data=form)).json()
    assert (made["standard"], made["policy"]) == (True, "none")
    assert [kind for kind, wanted in made["alerts"].items() if wanted] == ["mention", "admin.sign_up"]
    changed = (await house.call("PUT", HERE, one, data={"data[alerts][poll]": "true", "policy": "follower"})).json()
    assert ([kind for kind, wanted in changed["alerts"].items() if wanted], changed["policy"]) == (["poll"], "follower")


PRIVATE = [
    "http://push.example/x", "https://127.0.0.1/x", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://192.168.1.1:8443/", "https://localhost/", "https://intranet/x", "https://",
    "https://u:p@push.example/", "ftp://push.example/", "//push.example/", "push.example", "", "https:///x",
    "https://push.example:0/", "https://push.example/" + "x" * 2000, "https://push.example/a b", "https://push.exämple/",
    "https://100.64.0.1/", "javascript:1",
]  # fmt: skip


@pytest.mark.parametrize("endpoint", PRIVATE)
async def test_only_public_https_addresses_are_taken(house: House, endpoint: str) -> None:
    one = await house.person("une")
    body = {"subscription": {"endpoint": endpoint, "keys": App().keys}}
    answer = await house.call("POST", HERE, one, json=body)
    assert (answer.status_code, "public https" in answer.json()["error"]) == (422, True)
    assert (await house.call("GET", HERE, one)).status_code == 404


FIT = App().keys
KEYS = [
    {}, {"p256dh": FIT["p256dh"]}, {"auth": FIT["auth"]}, FIT | {"auth": word(b"x" * 15)}, FIT | {"auth": "*" * 22},
    FIT | {"p256dh": word(b"\4" + b"x" * 64)}, FIT | {"p256dh": FIT["p256dh"][:-2]}, FIT | {"p256dh": "é" * 87},
    FIT | {"auth": "x" * 5000}, FIT | {"p256dh": word(b"\2" + data(FIT["p256dh"])[1:33])},
]  # fmt: skip


@pytest.mark.parametrize("keys", KEYS)
async def test_only_keys_that_encrypt_are_taken(house: House, keys: dict[str, str]) -> None:
    one = await house.person("une")
    answer = await house.call("POST", HERE, one, json={"subscription": {"endpoint": FAR, "keys": keys}})
    assert answer.status_code == 422
    wrongs: tuple[Any, ...] = ({"policy": "some"}, {"alerts": {"mention": "souvent"}}, {"alerts": []})
    for wrong in wrongs:
        body = {"subscription": {"endpoint": FAR, "keys": FIT}, "data": wrong}
        assert (await house.call("POST", HERE, one, json=body)).status_code == 422
    assert (await house.call("GET", HERE, one)).status_code == 404


async def test_each_token_has_its_own_and_takes_it_along(house: House) -> None:
    one = await house.person("une")
    async with house.site.db.transaction() as tx:
        other = await accounts.give_token(tx, one.id, ["push"])
        silent = await accounts.give_token(tx, one.id, ["read", "write"])
    await subscribe(house, one, App(), FAR)
    await subscribe(house, other, App(), FAR + "2")
    assert (await house.get(HERE, one))["endpoint"] == FAR
    assert (await house.get(HERE, other))["endpoint"] == FAR + "2"
    for method in ("GET", "POST", "PUT", "DELETE"):
        assert (await house.call(method, HERE, silent)).status_code == 403
        assert (await house.call(method, HERE)).status_code == 401
    async with house.site.db.transaction() as tx:
        assert not await tx.value("SELECT count(*) FROM push_subscriptions WHERE position(%s::bytea IN token) > 0", [other])
        await tx.run("DELETE FROM tokens WHERE hash = sha256(%s::bytea)", [other])
        assert await tx.values("SELECT endpoint FROM push_subscriptions") == [FAR]


@pytest.mark.parametrize("standard", [True, False])
async def test_an_app_reads_what_it_is_sent(near: House, service: PushService, standard: bool) -> None:
    one, two, app = await near.person("une"), await near.person("deux", name="Ada <b>"), App()
    made = await subscribe(near, one, app, service.url + "/une", standard=standard)
    said = await near.say(two, "@une on se voit à la relève ?\nDis-moi & à bientôt")
    assert service.arrived == []
    await work(near)
    (arrived,) = service.arrived
    assert arrived.path == "/une"
    (told,) = await near.get("/api/v1/notifications", one)
    payload = app.read(arrived)
    assert payload == {
        "access_token": one.token,
        "preferred_locale": "fr",
        "notification_id": int(told["id"]),
        "notification_type": "mention",
        "icon": told["account"]["avatar"],
        "title": "Ada <b> vous mentionne",
        "body": "@une on se voit à la relève ? Dis-moi & à bientôt",
    }
    assert told["status"]["id"] == said["id"]
    assert arrived.headers["content-encoding"] == ("aes128gcm" if standard else "aesgcm")
    assert arrived.headers["ttl"] == "172800"
    assert b"rel\xc3\xa8ve" not in arrived.body
    signed = claims(arrived, made["server_key"])
    assert (signed["aud"], signed["sub"]) == (service.url, "https://salle.test")
    assert time.time() < signed["exp"] < time.time() + 86400
    with pytest.raises(http_ece.ECEException):
        App().read(arrived)
    assert await jobs(near) == 0


async def test_every_kind_in_the_language_of_the_account(near: House, service: PushService) -> None:
    one, two, app = await near.person("une", language="en", locked=True), await near.person("deux", note="Infirmière"), App()
    post = await near.say(one, "Bonjour", poll={"options": ["a", "b"], "expires_in": 3600}, quote_approval_policy="public")
    await subscribe(near, one, app, service.url)
    await near.post(f"/api/v1/statuses/{post['id']}/favourite", two)
    await near.post(f"/api/v1/statuses/{post['id']}/reblog", two)
    await near.post(f"/api/v1/accounts/{one.id}/follow", two)
    await near.post(f"/api/v1/follow_requests/{two.id}/authorize", one)
    await near.say(two, "J'en parle", quoted_status_id=post["id"])
    await near.say(two, "@une secret", spoiler_text="Attention", visibility="direct")
    await near.post(f"/api/v1/accounts/{two.id}/follow", one, notify=True)
    await near.say(two, "x" * 500)
    await near.post("/api/v1/collections", two, name="Mes nuits", account_ids=[str(one.id)])
    await work(near)
    read = [app.read(each) for each in service.arrived]
    assert {(each["notification_type"], each["title"], each["body"]) for each in read} == {
        ("favourite", "deux favorited your post", "Bonjour"),
        ("reblog", "deux boosted your post", "Bonjour"),
        ("follow", "deux is now following you", "Infirmière"),
        ("mention", "deux mentioned you", "Attention"),
        ("quote", "deux quoted your post", "J'en parle"),
        ("status", "deux just posted", "x" * 139 + "…"),
        ("added_to_collection", "deux recommends you in a collection", "Mes nuits"),
    }
    assert {each["preferred_locale"] for each in read} == {"en"}


@pytest.mark.parametrize(
    ("policy", "heard"), [("all", {"amie", "fan", "autre"}), ("followed", {"amie"}), ("follower", {"fan"}), ("none", set())]
)
async def test_by_whom_to_be_woken(near: House, service: PushService, policy: str, heard: set[str]) -> None:
    one, app = await near.person("une"), App()
    people = {name: await near.person(name) for name in ("amie", "fan", "autre")}
    await near.post(f"/api/v1/accounts/{people['amie'].id}/follow", one)
    await near.post(f"/api/v1/accounts/{one.id}/follow", people["fan"])
    await subscribe(near, one, app, service.url, policy=policy)
    for who in people.values():
        await near.say(who, "@une bonjour")
    await work(near)
    assert {app.read(each)["title"].split()[0] for each in service.arrived} == heard


async def test_what_is_not_wanted_makes_no_job(near: House, service: PushService) -> None:
    one, two, stranger = [await near.person(name) for name in ("une", "deux", "inconnue")]
    await near.post(f"/api/v1/accounts/{two.id}/follow", one)
    await subscribe(near, one, App(), service.url, alerts={"favourite": True})
    await near.say(two, "@une bonjour")
    assert await jobs(near) == 0
    await near.call("PATCH", "/api/v2/notifications/policy", one, json={"for_not_following": "filter"})
    post = await near.say(one, "Bonjour")
    await near.post(f"/api/v1/statuses/{post['id']}/favourite", stranger)
    assert await jobs(near) == 0
    await near.post(f"/api/v1/statuses/{post['id']}/favourite", two)
    assert await jobs(near) == 1


@pytest.mark.parametrize("way", ["undone", "blocked", "suspended", "unsubscribed", "stale", "erased", "unwanted", "moved"])
async def test_what_is_no_longer_so_is_not_sent(near: House, service: PushService, way: str) -> None:
    one, two = await near.person("une"), await near.person("deux")
    await subscribe(near, one, App(), service.url)
    post = await near.say(one, "Bonjour")
    await near.post(f"/api/v1/statuses/{post['id']}/favourite", two)
    changes = {
        "suspended": "UPDATE accounts SET state = 'suspended' WHERE handle = 'une'",
        "stale": "UPDATE notifications SET id = next_id(now() - interval '3 days')",
        "unwanted": "UPDATE push_subscriptions SET alerts = '{mention}'",
        "moved": "UPDATE push_subscriptions SET token = repeat('x', 60)::bytea",
    }
    acts = {
        "undone": ("POST", f"/api/v1/statuses/{post['id']}/unfavourite", two),
        "blocked": ("POST", f"/api/v1/accounts/{two.id}/block", one),
        "unsubscribed": ("DELETE", HERE, one),
        "erased": ("DELETE", f"/api/v1/statuses/{post['id']}", one),
    }
    if way in acts:
        assert (await near.call(*acts[way])).status_code == 200
    else:
        async with near.site.db.transaction() as tx:
            await tx.run(changes[way])
            if way == "stale":
                await tx.run(
                    """UPDATE procrastinate_jobs SET args = jsonb_set(args, '{notification_id}', n.id::text::jsonb)
                    FROM notifications n"""
                )
    await work(near)
    assert (service.arrived, await jobs(near)) == ([], 0)
    async with near.site.db.reading() as tx:
        left = await tx.value("SELECT count(*) FROM push_subscriptions")
    assert left == (0 if way in {"unsubscribed", "moved"} else 1)


@pytest.mark.parametrize(
    ("status", "sent", "kept"), [(404, 1, 0), (410, 1, 0), (500, 4, 1), (429, 4, 1), (302, 4, 1), (200, 1, 1)]
)
async def test_a_push_service_that_refuses(near: House, service: PushService, status: int, sent: int, kept: int) -> None:
    one, two = await near.person("une"), await near.person("deux")
    await subscribe(near, one, App(), service.url)
    service.status = status
    await near.say(two, "@une bonjour")
    await work(near)
    assert [each.path for each in service.arrived] == ["/"] * sent
    assert await jobs(near) == 0
    async with near.site.db.reading() as tx:
        assert await tx.value("SELECT count(*) FROM push_subscriptions") == kept


async def test_a_service_that_fails_for_long_is_forgotten_and_one_that_comes_back_is_not(
    near: House, service: PushService
) -> None:
    one, two = await near.person("une"), await near.person("deux")
    await subscribe(near, one, App(), service.url)
    for status, tries in ((500, 4), (500, 8), (201, 9), (500, 13), (500, 17), (500, 21)):
        service.status = status
        await near.say(two, "@une bonjour")
        await work(near)
        assert len(service.arrived) == tries
    await near.say(two, "@une bonjour")
    assert await jobs(near) == 0
    assert (await near.call("GET", HERE, one)).status_code == 404


async def test_nobody_listens_there(near: House, service: PushService) -> None:
    one, two = await near.person("une"), await near.person("deux")
    await subscribe(near, one, App(), "http://127.0.0.1:9/")
    await subscribe(near, two, App(), service.url)
    await near.say(two, "@une bonjour")
    await near.say(one, "@deux bonjour")
    await work(near)
    assert (len(service.arrived), await jobs(near)) == (1, 0)


async def test_an_address_that_turns_out_private_is_never_gone_to(house: House, service: PushService) -> None:
    one, two = await house.person("une"), await house.person("deux")
    await subscribe(house, one, App(), FAR)
    for address in (
        service.url,
        service.url.replace("http:", "https:"),
        service.url.replace("http://127.0.0.1", "https://0x7f.0.0.1"),
    ):
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE push_subscriptions SET endpoint = %s", [address])
        await house.say(two, "@une bonjour")
        await work(house)
    assert (service.arrived, await jobs(house)) == ([], 0)
