"""Closing the replies to a message: when writing, from its sheet, and what others then meet."""

from __future__ import annotations

from tests.support.house import House
from tests.web.visitor import Page, Visitor

REFUSED = "Les réponses sont fermées ici, par choix de qui a écrit ce message ou un message plus haut."
CLOSED = "Réponses fermées par nuit."
MINE = "Vous avez fermé les réponses"


async def press(who: Visitor, post: int, gesture: str) -> Page:
    """Press a button of the sheet of a message."""
    page = await who.get(f"/gestes/{post}?back=/@nuit/{post}")
    page.forms = [one for one in page.forms if ("gesture", gesture) in one.buttons]
    return await who.submit(f"/gestes/{post}", button=("gesture", gesture))


async def test_replies_are_closed_when_writing_and_opened_again(
    nurse: Visitor, director: Visitor, reader: Visitor, visitor: Visitor
) -> None:
    for path in ("/", "/ecrire"):
        await nurse.get(path)
        assert nurse.page.form("/ecrire").choices["closed"] == ["0", "1"]
    page = await nurse.submit("/ecrire", text="Je pose ça là", closed="1", button=("step", "publish"))
    page = Page(await nurse.client.post("/ecrire/reprendre", data=page.undo.values))
    assert page.form("/ecrire").values["closed"] == "1"
    post = await nurse.write("Je pose ça là", closed="1")
    address = f"/@nuit/{post}"
    page = await director.get(address)
    assert CLOSED in page.text
    assert not page.all("form", action="/ecrire")
    assert not page.all("a", href=f"{address}#repondre")
    for other in (reader, visitor):
        assert CLOSED in (await other.get(address)).text
    assert MINE in (await nurse.get(address)).text
    more = await nurse.answer(address, "Et la suite")
    assert CLOSED in (await director.get(f"/@nuit/{more}")).text
    page = await press(nurse, post, "unclose")
    assert "Les réponses à ce message sont à nouveau ouvertes." in page.text
    await director.answer(address, "Alors je réponds")
    await director.get(f"/gestes/{post}?back={address}")
    assert "Fermer les réponses" not in director.page.text


async def test_a_reply_being_written_when_they_close_is_refused_and_kept(nurse: Visitor, director: Visitor) -> None:
    post = await nurse.write("Bonsoir")
    address = f"/@nuit/{post}"
    await director.answer(address, "Première réponse")
    assert CLOSED not in (await director.get(address)).text
    page = await press(nurse, post, "close")
    assert "Les réponses à ce message sont fermées ; celles qui sont là restent." in page.text
    told = page
    page = await director.submit("/ecrire", status=403, text="@nuit Une réponse tardive")
    assert REFUSED in page.text
    assert page.form("/ecrire").values["text"] == "@nuit Une réponse tardive"
    page = await director.get(address)
    assert CLOSED in page.text
    assert "Première réponse" in page.text
    undo = told.undo
    assert undo.values["gesture"] == "unclose"
    await nurse.client.request("POST", undo.action, data=undo.values)
    assert CLOSED not in (await director.get(address)).text


async def test_a_private_conversation_says_that_it_is_closed(house: House, nurse: Visitor, director: Visitor) -> None:
    del house
    await director.get("/")
    await nurse.write("@garde Juste pour te le dire", audience="direct", closed="1")
    page = await director.get("/conversations")
    [path] = {link for link in page.links if link.startswith("/conversations/")}
    page = await director.get(path)
    assert CLOSED in page.text
    assert not page.all("form", action="/ecrire")
