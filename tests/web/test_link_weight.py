"""A house that counts links otherwise counts them so everywhere: for apps, for the pages, before the fold, in a thread."""

from __future__ import annotations

import msgspec
import pytest

from salledepause.features import posts
from salledepause.kernel.config import BadSettings, Settings, load
from tests.support.house import House
from tests.support.recorder import Recorder
from tests.web.visitor import visiting

STATUSES = "/api/v1/statuses"


async def test_links_count_as_the_house_is_set(settings: Settings, recorder: Recorder) -> None:
    heavy = msgspec.structs.replace(settings, link_weight=100)
    async with House.opened(heavy, recorder) as house:
        told = (await house.get("/api/v2/instance"))["configuration"]["statuses"]
        assert told["characters_reserved_per_url"] == 100
        ana = await house.person("ana")
        links = [f"https://a.fr/{number:02}" for number in range(50)]
        post = await house.say(ana, " ".join(links[:49]))
        for method, path in (("POST", STATUSES), ("PUT", f"{STATUSES}/{post['id']}")):
            refused = await house.call(method, path, ana, json={"status": " ".join(links)})
            assert (refused.status_code, "5049" in refused.text) == (422, True)
        later = {"status": " ".join(links), "scheduled_at": "2099-01-01T00:00:00Z"}
        assert (await house.call("POST", STATUSES, ana, json=later)).status_code == 422
        async with visiting(house) as nurse:
            await nurse.sign_up("nuit")
            page = await nurse.get("/ecrire")
            assert page.all("form", id="ecrire")[0]["data-link"] == "100"
            page = await nurse.submit("/ecrire", text=" ".join(links[:4]), button=("step", "publish"))
            assert "2/2" in page.text
            page = await nurse.get(f"/@ana/{post['id']}")
            assert not page.all("details", class_="fold")
            page = await nurse.get("/@ana")
            assert len(page.all("details", class_="fold")) == 1


def test_a_thread_is_cut_by_the_same_weight() -> None:
    links = " ".join(["https://a.fr"] * 8)
    assert len(posts.cut(links)) == 1
    assert len(posts.cut(links, link_weight=100)) > 3


@pytest.mark.parametrize("wrong", ["0", "101", "-1", "beaucoup"])
def test_a_weight_out_of_bounds_is_refused(wrong: str) -> None:
    assert load({"SALLEDEPAUSE_LINK_WEIGHT": "5"}, secret="s").link_weight == 5
    with pytest.raises(BadSettings, match="link_weight"):
        load({"SALLEDEPAUSE_LINK_WEIGHT": wrong}, secret="s")
