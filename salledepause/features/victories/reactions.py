"""What thanks do when others act: a thank-you thanks whom it names, a departing account is thanked no more."""

from __future__ import annotations

from salledepause.features import posts
from salledepause.features.accounts import AccountErased
from salledepause.features.posts import Kind, PostEdited, PostPublished
from salledepause.features.sources import HospitalsChanged
from salledepause.features.victories import store
from salledepause.kernel.db import Tx
from salledepause.kernel.site import Site


async def published(tx: Tx, event: PostPublished) -> None:
    """Have a new thank-you thank whom it names, until its author says whom."""
    if event.kind is Kind.THANKS:
        await store.imply(tx, event.post_id)


async def edited(tx: Tx, event: PostEdited) -> None:
    """Have a post that became of another kind thank nobody, and one that became a thank-you whom it names."""
    await store.thank_no_more(tx, event.post_id)
    await store.imply(tx, event.post_id)


async def renamed(tx: Tx, event: HospitalsChanged) -> None:
    """Have the new names of sites shown wherever they are thanked."""
    await posts.shown_anew(tx, await store.thanking(tx, finess=event.finess))


async def forget_account(tx: Tx, event: AccountErased) -> None:
    """Have nobody thank a departing account any more."""
    await posts.shown_anew(tx, await store.thanking(tx, account_id=event.account_id))
    await store.forget_account(tx, event.account_id)


async def sweep(site: Site) -> None:
    """Forget the words of teams that nothing thanks any more."""
    async with site.db.transaction() as tx:
        await store.sweep(tx)
