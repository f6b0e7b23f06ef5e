"""Streams: what comes, to whom, what never does, and that a revoked token ends them within a second."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from contextlib import AsyncExitStack

import pytest

from salledepause.features import accounts, timelines
from salledepause.features.accounts import Caller
from salledepause.features.notifications import Notified
from salledepause.features.posts import PostEdited, PostPublished
from salledepause.kernel.events import tell
from salledepause.surfaces.mastodon import herald, streaming
from tests.mastodon.listeners import follow, people, with_scopes
from tests.support.house import House
from tests.support.streams import denied, events, socket
from tests.support.wires import PATIENCE

pytestmark = pytest.mark.usefixtures("each_door")


async def test_home_hears_new_posts_edits_and_erasing(house: House) -> None:
    ana, bob, eve = await people(house, "ana", "bob", "eve")
    await follow(house, ana, bob)
    async with events(house, "user", ana) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        await house.say(eve, "Inaperçu")
        said = await house.say(bob, "Nuit calme")
        heard = await stream.next()
        assert heard.event == "update"
        assert heard.body["id"] == said["id"]
        assert heard.body["favourited"] is False
        assert heard.body["account"]["acct"] == "bob"
        await house.call("PUT", f"/api/v1/statuses/{said['id']}", bob, json={"status": "Nuit très calme"})
        heard = await stream.next()
        assert heard.event == "status.update"
        assert "très calme" in heard.body["content"]
        await house.call("DELETE", f"/api/v1/statuses/{said['id']}", bob)
        heard = await stream.next()
        assert (heard.event, heard.payload) == ("delete", said["id"])
        assert await stream.quiet()


async def test_a_quote_that_shows_no_more_is_told_where_it_stood(house: House) -> None:
    ana, bob, eve = await people(house, "ana", "bob", "eve")
    await follow(house, ana, bob)
    post = await house.say(eve, "Citez-moi", quote_approval_policy="public")
    async with events(house, "user", ana) as stream:
        for ending, state in (("revoke", "revoked"), ("erase", "deleted")):
            said = await house.say(bob, "Lisez", quoted_status_id=post["id"])
            assert (await stream.next()).body["quote"]["quoted_status"]["id"] == post["id"]
            if ending == "revoke":
                await house.post(f"/api/v1/statuses/{post['id']}/quotes/{said['id']}/revoke", eve)
            else:
                await house.call("DELETE", f"/api/v1/statuses/{post['id']}", eve)
            heard = await stream.next()
            assert (heard.event, heard.body["id"]) == ("status.update", said["id"])
            assert heard.body["quote"] == {"state": state, "quoted_status": None}


async def test_what_a_filter_catches_is_told_in_streams(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    async with events(house, "user", ana) as stream:
        await house.say(bob, "La paye")
        assert (await stream.next()).body["filtered"] == []
        wish = {"title": "Repos", "context": ["home"], "keywords_attributes": [{"keyword": "paye"}]}
        made = await house.post("/api/v2/filters", ana, **wish)
        await house.say(bob, "Encore la paye")
        (caught,) = (await stream.next()).body["filtered"]
        assert (caught["filter"]["id"], caught["keyword_matches"]) == (made["id"], ["paye"])


async def test_two_who_hear_the_same_post_hear_each_their_own_quote_and_filters(house: House) -> None:
    ana, bob, eve, kim = await people(house, "ana", "bob", "eve", "kim")
    post = await house.say(eve, "Citez-moi", quote_approval_policy="public")
    await house.post(f"/api/v1/accounts/{kim.id}/block", eve)
    wish = {"title": "Repos", "context": ["public"], "keywords_attributes": [{"keyword": "paye"}]}
    async with events(house, "public", ana) as one, events(house, "public", kim) as other:
        await house.say(bob, "Lisez", quoted_status_id=post["id"])
        assert (await one.next()).body["quote"]["quoted_status"]["id"] == post["id"]
        assert (await other.next()).body["quote"] == {"state": "unauthorized", "quoted_status": None}
        await house.post("/api/v2/filters", kim, **wish)
        for _ in range(2):
            await house.say(bob, "La paye")
            assert (await one.next()).body["filtered"] == []
            assert len((await other.next()).body["filtered"]) == 1


async def test_own_posts_boosts_and_their_taking_back(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    said = await house.say(bob, "À partager")
    async with events(house, "user", ana) as stream:
        boost = await house.post(f"/api/v1/statuses/{said['id']}/reblog", ana)
        heard = await stream.next()
        assert heard.body["id"] == boost["id"]
        assert heard.body["reblog"]["id"] == said["id"]
        assert heard.body["reblog"]["reblogged"] is True
        await house.post(f"/api/v1/statuses/{said['id']}/unreblog", ana)
        heard = await stream.next()
        assert (heard.event, heard.payload) == ("delete", boost["id"])


async def test_notifications_come_in_user_and_alone(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "user", ana) as whole, events(house, "user/notification", ana) as alone:
        said = await house.say(bob, "@ana regarde")
        for stream in (whole, alone):
            heard = await stream.next()
            assert heard.event == "notification"
            assert heard.body["type"] == "mention"
            assert heard.body["status"]["id"] == said["id"]
            assert heard.body["account"]["acct"] == "bob"
        assert await alone.quiet()
        await house.say(ana, "Pour moi")
        assert (await whole.next()).event == "update"
        assert await alone.quiet()


PUBLIC = ["public", "public/local"]


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_hears_only_what_is_public(house: House, path: str) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    async with events(house, path, ana) as stream:
        for visibility in ("unlisted", "private", "direct"):
            await house.say(bob, f"Pas pour tous {visibility}", visibility=visibility)
        said = await house.say(bob, "Pour tous")
        await house.post(f"/api/v1/statuses/{said['id']}/reblog", bob)
        assert (await stream.next()).body["id"] == said["id"]
        assert await stream.quiet()
        await house.call("DELETE", f"/api/v1/statuses/{said['id']}", bob)
        assert (await stream.next()).payload == said["id"]
        assert await stream.quiet()


async def test_remote_and_media_streams_stay_silent_for_words(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "public/remote", ana) as remote, events(house, "public", ana, only_media="true") as media:
        await house.say(bob, "Des mots seulement")
        assert await remote.quiet()
        assert await media.quiet()


async def test_a_silenced_author_is_not_in_public(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with house.site.db.transaction() as tx:
        await accounts.silence(tx, bob.id)
    async with events(house, "public", ana) as stream:
        await house.say(bob, "Doucement")
        assert await stream.quiet()


async def test_hashtags_are_heard_by_key(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "hashtag", ana, tag="Santé") as stream, events(house, "hashtag/local", ana, tag="sante") as local:
        await house.say(bob, "Sans rien")
        said = await house.say(bob, "Avec #sante")
        assert (await stream.next()).body["id"] == said["id"]
        assert (await local.next()).body["id"] == said["id"]
        assert await stream.quiet()


async def test_lists_are_heard_by_their_owner(house: House) -> None:
    ana, bob, eve = await people(house, "ana", "bob", "eve")
    await follow(house, ana, bob)
    made = await house.post("/api/v1/lists", ana, title="Potes", replies_policy="none")
    await house.post(f"/api/v1/lists/{made['id']}/accounts", ana, account_ids=[str(bob.id)])
    async with events(house, "list", ana, list=made["id"]) as stream:
        other = await house.say(eve, "Pas dans la liste")
        await house.say(bob, "Une réponse", in_reply_to_id=other["id"])
        said = await house.say(bob, "Dans la liste")
        assert (await stream.next()).body["id"] == said["id"]
        assert await stream.quiet()
    async with events(house, "list", eve, list=made["id"]) as refused:
        assert refused.status == 401


async def test_direct_posts_move_conversations(house: House) -> None:
    ana, bob, eve = await people(house, "ana", "bob", "eve")
    async with events(house, "direct", ana) as hers, events(house, "direct", bob) as his, events(house, "direct", eve) as nobodys:
        said = await house.say(ana, "@bob entre nous", visibility="direct")
        for stream, other, unread in ((hers, "bob", False), (his, "ana", True)):
            heard = await stream.next()
            assert heard.event == "conversation"
            assert heard.body["last_status"]["id"] == said["id"]
            assert heard.body["unread"] is unread
            assert [one["acct"] for one in heard.body["accounts"]] == [other]
        assert await nobodys.quiet()


async def test_private_posts_reach_followers_only(house: House) -> None:
    ana, bob, eve = await people(house, "ana", "bob", "eve")
    await follow(house, ana, bob)
    async with events(house, "user", ana) as hers, events(house, "user", eve) as others:
        said = await house.say(bob, "Entre abonnés", visibility="private")
        assert (await hers.next()).body["id"] == said["id"]
        assert await others.quiet()


@pytest.mark.parametrize("gesture", ["mute", "block"])
async def test_muted_and_blocked_people_are_not_heard_any_more(house: House, gesture: str) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    async with events(house, "user", ana) as home, events(house, "public", ana) as public:
        await house.post(f"/api/v1/accounts/{bob.id}/{gesture}", ana)
        await house.say(bob, "@ana tu m'entends ?")
        assert await home.quiet()
        assert await public.quiet()


async def test_who_blocked_me_is_not_heard(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "public", ana) as public:
        await house.post(f"/api/v1/accounts/{ana.id}/block", bob)
        await house.say(bob, "Sans toi")
        assert await public.quiet()


async def test_what_is_gone_when_its_turn_comes_is_not_told(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "public", ana) as public, events(house, "user", ana) as home:
        async with house.site.db.transaction() as tx:
            tell(tx, PostPublished(12345, bob.id))
            tell(tx, PostEdited(12345, bob.id))
            tell(tx, Notified(12345, ana.id))
        said = await house.say(bob, "Bien là")
        assert (await public.next()).body["id"] == said["id"]
        assert await home.quiet()


async def test_one_event_that_fails_silences_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "public", ana) as public:
        failed = asyncio.Event()

        async def fail(*_: object) -> None:
            failed.set()
            raise ZeroDivisionError

        with monkeypatch.context() as broken:
            broken.setattr(timelines, "reach", fail)
            await house.say(bob, "Perdu")
            await asyncio.wait_for(failed.wait(), PATIENCE)
        said = await house.say(bob, "Entendu")
        assert (await public.next()).body["id"] == said["id"]


async def test_scopes_are_wanted(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    reads = await with_scopes(house, ana, "read:statuses")
    told = await with_scopes(house, ana, "read:notifications")
    async with events(house, "user", reads) as home:
        await house.say(bob, "@ana tu lis ?")
        assert await home.quiet(), "no notification without read:notifications"
    for path, token in (("user/notification", reads), ("user", told), ("public", told), ("direct", told)):
        async with events(house, path, token) as refused:
            assert refused.status == 403
            assert json.loads(await refused.chunk())["error"]
    async with events(house, "user/notification", told) as stream:
        assert stream.status == 200


@pytest.mark.parametrize("token", [None, "nobody"])
async def test_no_stream_without_a_valid_token(house: House, token: str | None) -> None:
    async with events(house, "public", token) as refused:
        assert refused.status == 401
        assert json.loads(await refused.chunk())["error"]
    status, body = await denied(house, None, **({"access_token": token} if token else {}))
    assert status == 401
    assert body["error"]


async def test_an_app_alone_has_no_stream(house: House) -> None:
    made = await house.post("/api/v1/apps", client_name="A", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read")
    given = {"client_id": made["client_id"], "client_secret": made["client_secret"], "grant_type": "client_credentials"}
    token = (await house.post("/oauth/token", **given, scope="read", redirect_uri="urn:ietf:wg:oauth:2.0:oob"))["access_token"]
    async with events(house, "public", token) as refused:
        assert refused.status == 401


async def test_a_waiting_account_has_no_stream(house: House) -> None:
    ana = await house.person("ana", state="pending")
    async with events(house, "public", ana) as refused:
        assert refused.status == 403


async def test_streams_end_when_their_token_is_revoked_and_no_other(house: House) -> None:
    app = await house.post("/api/v1/apps", client_name="A", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read write")
    ana = await house.person("ana")
    async with house.site.db.transaction() as tx:
        held = await accounts.app_of(tx, app["client_id"])
        assert held is not None
        token = (await accounts.issue(tx, Caller(ana.id, held.id, 0, frozenset({"read"})))).token
    async with (
        events(house, "user", token) as ending,
        socket(house, access_token=token) as closing,
        events(house, "user", ana) as on,
    ):
        given = {"client_id": app["client_id"], "client_secret": app["client_secret"], "token": token}
        assert (await house.call("POST", "/oauth/revoke", data=given)).status_code == 200
        assert await ending.ended()
        assert await closing.closed() == streaming.TRY_LATER
        said = await house.say(ana, "Toujours là")
        assert (await on.next()).body["id"] == said["id"]


async def test_streams_end_when_the_account_is_suspended_or_erased(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    async with events(house, "user", ana) as hers, events(house, "public", bob) as his:
        async with house.site.db.transaction() as tx:
            await accounts.suspend(tx, ana.id)
        assert await hers.ended()
        async with house.site.db.transaction() as tx:
            await accounts.erase(tx, bob.id)
        assert await his.ended()


async def test_streams_whose_token_went_unheard_end_after_a_gap(house: House) -> None:
    ana = await house.person("ana")
    token = await with_scopes(house, ana, "read")
    async with events(house, "user", token) as stream, events(house, "user", ana) as on:
        async with house.site.db.transaction() as tx:
            await tx.run("DELETE FROM tokens WHERE account_id = %s AND scopes = ARRAY['read']", [ana.id])
            listening = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            await tx.run("SELECT pg_terminate_backend(%s)", [await tx.value(listening)])
        async with asyncio.timeout(PATIENCE):
            while not stream.over:
                await stream.chunk()
        await house.site.bus.ready.wait()
        said = await house.say(ana, "Après la coupure")
        assert (await on.next()).body["id"] == said["id"]


async def test_heartbeats(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(herald, "THUMP", 0.05)
    ana = await house.person("ana")
    async with events(house, "user", ana) as stream, socket(house, stream="user", access_token=ana.token) as one:
        assert await stream.chunk() == b":thump\n"
        assert await one.frame() == {"stream": [], "event": "heartbeat", "payload": "{}"}


async def test_far_homes_are_told_once(house: House) -> None:
    ana, bob = await people(house, "ana", "bob")
    await follow(house, ana, bob)
    async with house.site.db.transaction() as tx:
        await tx.run("UPDATE accounts SET followers_count = 6000 WHERE id = %s", [bob.id])
    async with events(house, "user", ana) as hers, events(house, "user", bob) as his:
        said = await house.say(bob, "À tout le monde")
        assert (await his.next()).body["id"] == said["id"]
        assert await hers.quiet()
        await timelines.spread_far(house.site, int(said["id"]))
        await timelines.spread_far(house.site, int(said["id"]))
        assert (await hers.next()).body["id"] == said["id"]
        assert await hers.quiet()
        assert await his.quiet()


async def test_nothing_is_left_when_the_last_stream_ends(house: House) -> None:
    ana = await house.person("ana")
    before = asyncio.all_tasks()
    async with events(house, "user", ana), socket(house, stream="public", access_token=ana.token):
        assert asyncio.all_tasks() - before
    async with asyncio.timeout(PATIENCE):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.01)


async def test_an_account_may_not_open_streams_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST_OPEN", 1)
    ana = await house.person("ana")
    async with events(house, "user", ana), events(house, "public", ana) as second:
        assert second.status == 200, "tests and benchmarks lift every limit"


async def test_a_stream_is_small(house: House) -> None:
    ana = await house.person("ana")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(events(house, "user", ana))
        tracemalloc.start()
        for _ in range(50):
            await stack.enter_async_context(events(house, "user", ana))
            await stack.enter_async_context(socket(house, stream="user", access_token=ana.token))
        each = tracemalloc.get_traced_memory()[0] / 100
        tracemalloc.stop()
    assert each < 60 * 1024, f"{each} bytes"


async def test_a_visitor_of_another_origin_may_read_streams(house: House) -> None:
    ana = await house.person("ana")
    async with events(house, "public", ana) as stream:
        assert stream.headers["access-control-allow-origin"] == "*"
