"""How browsers are known and refused: a session cookie, and refusals that are pages saying what to do."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from starlette.datastructures import Headers

from salledepause.features.accounts import Caller
from salledepause.kernel.errors import Forbidden, Refusal, TooMany, Unauthenticated
from salledepause.kernel.site import Site
from salledepause.surfaces import limits
from salledepause.surfaces.edge import Answer, Broken, Call, Header, Rule
from salledepause.surfaces.web import addresses, answers, cookies, guests, messages, rendering, rescued, safety, wording
from salledepause.surfaces.web.navigation import Destination
from salledepause.surfaces.web.rescued import Rescued

READS = {"GET", "HEAD"}
LONGEST_CHOICES = 300
"""Characters of the cookies of choices, such as the theme, with which pages are worth remembering."""
WAITING = Forbidden("Les hôtes n'ont pas encore lu votre demande. En attendant, tout ce qui est public se lit ici.")
OUTSIDE = Forbidden("Les hôtes n'ont pas encore lu votre demande. Revenez un peu plus tard : cette maison se lit de l'intérieur.")
"""What is told to who waits for approval; where visitors read nothing, neither do they."""
GONE = "Votre session s'est terminée pendant que vous écriviez. Voici votre texte, qui n'a pas été envoyé."
WAITED = "La page a trop attendu : rien n'a été envoyé. Voici votre texte ; relisez, et envoyez."


class WebManner:
    """The manner of pages and forms."""

    language = "fr"

    def __init__(self, limiter: limits.Limiter, destinations: Sequence[Destination] = ()) -> None:
        """Count requests with the buckets that every door of the process shares; show these destinations."""
        self._limiter = limiter
        self.guesses = limiter.guesses
        self.destinations = tuple(destinations)
        self._counted = [one for one in destinations if one.badge]

    async def identify(self, site: Site, headers: Headers) -> Caller | None:
        """Return who the session cookie speaks for; a session that has ended makes a visitor."""
        return await guests.of(site, headers, self._counted)

    def view(self, call: Call) -> Hashable | None:
        """Return who looks as pages show them, in which language, what their browser chose, whether it is night.

        Alone: what a script asked for, what has something to tell.
        """
        jar = cookies.jar(call.headers)
        chosen = cookies.apart(call.site.settings, jar, (guests.SESSION, guests.FORM))
        told = cookies.name_of(call.site.settings, messages.COOKIE) in jar
        if told or answers.wants_fragment(call) or sum(map(len, chosen)) > LONGEST_CHOICES:
            return None
        frame = call.caller.frame if isinstance(call.caller, guests.Guest) else b""
        return (frame, call.language, chosen, wording.is_night())

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the page of a refusal; who must sign in first is sent there, and comes back."""
        waits = call.caller is not None and call.caller.state == "pending"
        sleeps = call.caller is not None and call.caller.state == "asleep" and call.scope["method"] in READS
        if sleeps and isinstance(refusal, Forbidden | Unauthenticated):
            return safety.to(b"/reveil")
        gone = isinstance(refusal, Unauthenticated) and not waits
        if (gone or isinstance(refusal, guests.Stale | TooMany | Broken)) and (held := rescued.of(call)):
            return _given_back(call, refusal, held, gone=gone)
        if gone:
            return to_sign_in(call)
        waiting = WAITING if call.site.settings.visitors else OUTSIDE
        return refused(call, waiting if waits and isinstance(refusal, Forbidden | Unauthenticated) else refusal)

    def limit(self, call: Call, rule: Rule) -> tuple[Header, ...]:
        """Count the request, by account or by peer; raises TooMany."""
        peer = limits.peer(call.scope, call.headers, call.site.settings.trusted_proxies)
        self._limiter.count(str(call.viewer) if call.viewer and not rule.budget else peer, rule.budget)
        return ()

    def hears(self, call: Call) -> bool:
        """Tell whether a form may hold words of somebody: they are given back. A script keeps what it sends."""
        return bool(rescued.labels(call)) and not answers.wants_fragment(call)


def _given_back(call: Call, refusal: Refusal, held: Rescued, *, gone: bool) -> Answer:
    """Return the page of what a form held, to send again; one whose session is `gone` signs in beside it first."""
    if gone or isinstance(refusal, guests.Stale):
        message = wording.said(GONE if gone else WAITED, call.language)
    else:
        message = wording.told(refusal, call.language)
    csrf, cookie = guests.form_word(call)
    status = 403 if gone else refusal.status
    values = {"message": message, "rescued": held, "gone": gone, "csrf": csrf}
    return rendering.page(call, "rescued.html", status=status, headers=(*cookie, safety.SECRET), **values)


def refused(call: Call, refusal: Refusal) -> Answer:
    """Return the page of a refusal."""
    message = wording.told(refusal, call.language)
    again = rendering.here(call) if call.scope["method"] in READS and isinstance(refusal, TooMany | Broken) else ""
    return rendering.page(call, "refusal.html", status=refusal.status, code=refusal.status, message=message, again=again)


def to_sign_in(call: Call) -> Answer:
    """Send a visitor to sign in, and back to the page that was asked."""
    back = rendering.here(call) if call.scope["method"] in READS else ""
    return safety.to(addresses.header_value(addresses.with_query("/connexion", next=back)))
