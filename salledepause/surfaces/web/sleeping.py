"""The whole account asleep: shut by its person, shown to nobody, woken as it was until a day that is said beforehand."""

from __future__ import annotations

from salledepause.features import accounts
from salledepause.features.accounts import Account
from salledepause.kernel import clock
from salledepause.kernel.errors import Unauthenticated
from salledepause.surfaces.edge import Answer, Call
from salledepause.surfaces.routes import anyone, route, user
from salledepause.surfaces.web import answers, guests, messages, safety, signin
from salledepause.surfaces.web.rendering import page
from salledepause.surfaces.web.wording import day

HERE = "/reglages/sommeil"


async def show(call: Call) -> Answer:
    """GET /reglages/sommeil: what sleeping does, and until when one may wake."""
    return await _asked(call, {})


async def _asked(call: Call, problems: dict[str, str]) -> Answer:
    keyed = await accounts.passkeys.passkeys(call.tx, call.me)
    return page(call, "sleep.html", problems=problems, until=accounts.last_day(clock.today()), keyed=keyed)


async def sleep(call: Call) -> Answer:
    """POST /reglages/sommeil: shut one's account for a time; every browser and app is out."""
    me = guests.member(call)
    if problems := await signin.doubt(call, me, call.read(signin.Proof)):
        async with call.site.db.reading() as call.tx:
            return await _asked(call, problems)
    async with call.site.db.transaction() as tx:
        until = await accounts.fall_asleep(tx, me.id)
    told = messages.notice(
        "Votre compte dort jusqu'au {day}. Entrez avant pour le réveiller.", call, day=day(until, call.language)
    )
    return safety.to(b"/", guests.FORGET_PAGES, guests.no_cookie(call.site.settings), told)


async def ask(call: Call) -> Answer:
    """GET /reveil: whether to wake; who does not sleep has nothing to do here."""
    me = _sleeper(call)
    if me is None:
        return safety.to(b"/")
    return page(call, "wake.html", sleeper=me, until=await accounts.asleep_until(call.tx, me.id))


async def wake(call: Call) -> Answer:
    """POST /reveil: everything is there again."""
    me = _sleeper(call)
    if me is None:
        raise Unauthenticated
    await accounts.wake(call.tx, me.id)
    return answers.back(call, "/", messages.notice("Contents de vous revoir. Tout est là, comme avant.", call))


def _sleeper(call: Call) -> Account | None:
    guest = call.caller
    return guest.account if isinstance(guest, guests.Guest) and guest.state == "asleep" else None


ROUTES = [
    route("GET", HERE, show, user("")),
    route("POST", HERE, guests.guarded(sleep), user("", budget="auth", transaction=False)),
    route("GET", signin.WAKE, ask, anyone()),
    route("POST", signin.WAKE, guests.guarded(wake), anyone()),
]
