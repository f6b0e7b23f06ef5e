"""The JSON of posts that wait for their hour; pure, like the other entities."""

from __future__ import annotations

from collections.abc import Sequence

from salledepause.features.posts import Audience, Media, PollDraft, QuotePolicy
from salledepause.features.posts.scheduled import Scheduled
from salledepause.kernel import clock
from salledepause.kernel.site import Site
from salledepause.surfaces.mastodon.entities import VISIBILITY, Entity, media


def scheduled(site: Site, made: Scheduled, attached: Sequence[Media]) -> Entity:
    """Return a ScheduledStatus (https://docs.joinmastodon.org/entities/ScheduledStatus/)."""
    return {
        "id": str(made.id),
        "scheduled_at": clock.iso(made.at),
        "params": _params(made),
        "media_attachments": [media(site, one) for one in attached],
    }


def _params(made: Scheduled) -> Entity:
    draft = made.draft
    closed = {"closed": True} if draft.closed else {}
    return {
        "text": draft.text,
        "media_ids": [str(one) for one in draft.media_ids] or None,
        "sensitive": draft.sensitive,
        "spoiler_text": draft.warning or None,
        "visibility": VISIBILITY[draft.audience or Audience.PUBLIC],
        "language": draft.language,
        "scheduled_at": None,
        "poll": _poll(draft.poll) if draft.poll else None,
        "idempotency": None,
        "with_rate_limit": False,
        "in_reply_to_id": draft.parent_id,
        "application_id": draft.app_id or 0,
        "quoted_status_id": str(draft.quoted_id) if draft.quoted_id else None,
        "quote_approval_policy": draft.quote_policy or QuotePolicy.NOBODY,
        "salledepause": {"kind": draft.kind, "shows_family": draft.shows_family, **closed},
    }


def _poll(draft: PollDraft) -> Entity:
    return {
        "options": list(draft.options),
        "expires_in": int(draft.lasts.total_seconds()),
        "multiple": draft.multiple,
        "hide_totals": draft.hides_totals,
    }
