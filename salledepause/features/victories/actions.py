"""What one can do: say whom one's post thanks; as a host, say that two teams are one."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features import accounts, moderation, posts
from salledepause.features.moderation import Act
from salledepause.features.posts import Post
from salledepause.features.victories import readings, store
from salledepause.features.victories.model import THANKING, Recipient, Thanked, Way, asked
from salledepause.kernel.db import Tx
from salledepause.kernel.errors import BadInput
from salledepause.kernel.events import emit


async def thank(tx: Tx, post: Post, words: Sequence[str], *, fresh: bool = False) -> tuple[Recipient, ...]:
    """Say whom a post of one's own thanks, in this order and nobody else; return them as they are shown.

    `words` are those of `Recipient.word`. `fresh` says that nobody has seen the post yet. Raises BadInput for another kind of
    post, for a site or an account that is not here, and for too many.
    """
    wanted = asked(words)
    if wanted and post.kind not in THANKING:
        raise BadInput("Seuls une victoire et un merci s'adressent à quelqu'un.")
    if wanted and post.expires_at:
        raise BadInput("Ici, tout s'efface : un merci s'y écrit dans le texte, et n'est adressé à personne.")
    teams = await store.teams(tx, wanted)
    names = [one.key for one in wanted if one.way is Way.ACCOUNT]
    people = {}
    if names:
        found = await accounts.reachable(tx, names, tx.domain, held=True)
        people = {handle.lower(): (key, handle) for key, handle in found.items()}
    said = {one: _settled(one, teams, people, tx.domain) for one in wanted}
    given = list({one.word: (team, account, one) for team, account, one in said.values()}.values())
    await store.write(tx, post.id, [team for team, _, _ in given], [account for _, account, _ in given])
    if not fresh:
        await posts.shown_anew(tx, [post.id])
    if any(account for _, account, _ in given):
        await emit(tx, Thanked(post.id))
    return tuple(one for _, _, one in given)


def _settled(
    one: Recipient, teams: dict[str, tuple[int, Recipient]], people: dict[str, tuple[int, str]], domain: str
) -> tuple[int | None, int | None, Recipient]:
    """Return the id of the team or of the account that somebody means, and how they are shown; raises BadInput."""
    if one.way is Way.ACCOUNT:
        handle = one.key.removesuffix(f"@{domain}")
        if handle not in people:
            raise BadInput("Personne ici ne s'appelle @{handle}.", handle=one.key)
        account_id, shown = people[handle]
        return None, account_id, one._replace(key=shown, name=shown)
    if one.key not in teams:
        raise BadInput("Le registre ne connaît pas le numéro FINESS {finess}.", finess=one.key)
    team_id, known = teams[one.key]
    return team_id, None, known


async def merge(tx: Tx, host_id: int, slug: str, into: str) -> Recipient:
    """Say that a team by its words is another team; return that one. Raises Forbidden for who is no host, Missing, BadInput."""
    await moderation.keeper(tx, host_id)
    team, target = await readings.known(tx, slug), await readings.known(tx, into, make=True)
    if team.recipient.way is not Way.TEAM or team.id is None or target.id is None:
        raise BadInput("Seule une équipe écrite en toutes lettres se réunit à une autre.")
    if team.id == target.id:
        raise BadInput("C'est déjà la même équipe.")
    await posts.shown_anew(tx, await store.thanking(tx, team_id=team.id))
    await store.merge(tx, team.id, target.id)
    subject = f"{team.recipient.name} → {target.recipient.name}"
    await moderation.note(tx, Act(host_id=host_id, act="merge_team", subject=subject))
    return target.recipient
