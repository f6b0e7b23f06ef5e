"""A report is read with what it names, looked after, and settled one way or another; nothing else of the person opens."""

from __future__ import annotations

import pytest

from salledepause.features import posts
from salledepause.kernel.errors import Missing
from tests.mastodon.admin import journal
from tests.support.house import House, Person
from tests.web.keepers import keeper, press, undo
from tests.web.visitor import Page, Visitor


class Case:
    """Somebody, a neighbour, and a report about some posts."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def filed(self, *, visibility: str = "public", number: int = 2) -> Case:
        self.target, self.other = await self.house.person("tapageur"), await self.house.person("voisine")
        words = "@voisine un mot" if visibility == "direct" else "Un mot de trop"
        self.posts = [
            (await self.house.say(self.target, f"{words} {each}", visibility=visibility))["id"] for each in range(number)
        ]
        self.id = await self.report(self.other)
        return self

    async def report(self, who: Person) -> str:
        body = {"account_id": str(self.target.id), "status_ids": self.posts, "comment": "Il exagère.", "category": "violation"}
        return str((await self.house.post("/api/v1/reports", who, **body, rule_ids=["2"]))["id"])

    @property
    def at(self) -> str:
        return f"/maison/signalements/{self.id}"

    async def settle(self, host: Visitor, measure: str, reason: str = "Règle 2.", **more: str) -> Page:
        return await press(host, self.at, measure=measure, reason=reason, **more)


@pytest.fixture
async def case(house: House) -> Case:
    return await Case(house).filed()


async def test_a_report_shows_its_posts_people_rules_and_earlier_decisions(house: House, case: Case) -> None:
    async with keeper(house, "veilleuse") as host:
        await case.settle(host, "none", "Première fois.")
        case.id = await case.report(case.other)
        page = await host.get("/maison/signalements")
        assert "@tapageur" in page.text
        page = await host.get(case.at)
        for words in ("Un mot de trop 0", "Il exagère.", "@voisine", "On s'en prend aux idées", "Première fois."):
            assert words in page.text
        assert "La personne signalée ne le saura pas." in page.text


async def test_words_between_others_stay_sealed_reported_or_not(house: House) -> None:
    case = await Case(house).filed(visibility="direct", number=1)
    await house.say(case.target, "@voisine un second secret", visibility="direct")
    async with keeper(house, "veilleuse", "admin") as host:
        page = await host.get(case.at)
        assert "un mot 0" not in page.text
        assert "second secret" not in page.text
        assert "1 message joint ne se lit pas d'ici" in page.text
        answer = await case.settle(host, "delete_statuses", **{"ids[]": case.posts[0], "sure": "1"})
        assert answer.answer.status_code == 404
    async with house.site.db.reading() as tx:
        assert await posts.one_visible(tx, int(case.posts[0]), case.other.id)


async def test_it_is_taken_over_handed_back_sorted_closed_and_opened_again(house: House, case: Case) -> None:
    async with keeper(house, "veilleuse") as host:
        await host.get(case.at)
        page = await host.submit(f"{case.at}/suite")
        assert "Vous vous occupez de ce signalement." in page.text
        page = await undo(host)
        assert "n'est plus à personne" in page.text
        page = await host.submit(f"{case.at}/motif", category="spam")
        assert "envois en série" in page.text
        page = await host.submit(case.at, measure="resolve")
        assert "Le signalement est clos." in page.text
        assert "Décider" not in page.text.partition("Messages joints")[2]
        assert "@tapageur" in (await host.get("/maison/signalements?voir=clos")).text
        await host.get(case.at)
        page = await host.submit(f"{case.at}/suite")
        assert "Le signalement est rouvert." in page.text
    acts = ["assign_report", "unassign_report", "sort_report", "resolve_report", "reopen_report"]
    assert [act for _, act, _, _ in await journal(house)] == acts
    assert await house.get("/api/v1/notifications", case.target) == []


@pytest.mark.parametrize("measure", ["none", "sensitive", "silence", "disable", "suspend"])
async def test_a_measure_settles_the_report_and_is_told(house: House, case: Case, measure: str) -> None:
    async with keeper(house, "veilleuse") as host:
        answer = await case.settle(host, measure)
        assert answer.answer.status_code == 303
        page = await host.get(case.at)
        assert "Clos par" in page.text
        assert "@tapageur en lira la raison" in page.text
    assert await journal(house) == [("veilleuse", measure, "tapageur", "Règle 2.")]


async def test_posts_are_erased_once_it_is_sure_and_only_those_of_the_report(house: House, case: Case) -> None:
    other = (await house.say(case.target, "Sans rapport"))["id"]
    async with keeper(house, "veilleuse") as host:
        answer = await case.settle(host, "delete_statuses")
        assert answer.answer.status_code == 422
        assert "Choisissez les messages à effacer." in answer.text
        answer = await case.settle(host, "delete_statuses", **{"ids[]": other, "sure": "1"})
        assert answer.answer.status_code == 404
        await host.get(case.at)
        page = await host.submit(case.at, measure="delete_statuses", reason="Règle 1.", **{"ids[]": case.posts[0]})
        assert "Effacer ce message ?" in page.text
        page = await host.submit(case.at)
        assert "Les messages sont effacés" in page.text
        assert "Clos par" in page.text
    async with house.site.db.reading() as tx:
        with pytest.raises(Missing):
            await posts.one_visible(tx, int(case.posts[0]), None)
        assert await posts.one_visible(tx, int(case.posts[1]), None)
        assert await posts.one_visible(tx, int(other), None)
    assert await journal(house) == [("veilleuse", "delete_statuses", "tapageur", "Règle 1.")]
    (told,) = await house.get("/api/v1/notifications", case.target)
    assert told["moderation_warning"]["action"] == "delete_statuses"


async def test_a_report_about_oneself_is_not_there_and_of_ones_rank_is_only_closed(house: House, case: Case) -> None:
    async with keeper(house, "veilleuse") as host:
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE accounts SET role = 'host' WHERE handle = 'tapageur'")
        page = await host.get(case.at)
        assert "Vous pouvez clore" in page.text
        assert [value for form in page.forms for _, value in form.buttons if form.action == case.at] == ["resolve"]
        async with house.site.db.transaction() as tx:
            await tx.run("UPDATE reports SET target_id = (SELECT id FROM accounts WHERE handle = 'veilleuse')")
        await host.get(case.at, 404)
        assert "tapageur" not in (await host.get("/maison/signalements")).text
