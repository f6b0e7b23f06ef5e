"""What a medium is: its files, its words, what stands for it. Pure records."""

from __future__ import annotations

import msgspec


class Still(msgspec.Struct, frozen=True):
    """A stored picture that stands for a medium until it is looked at; the names are those of the columns of `media`."""

    small: str
    small_width: int
    small_height: int
    blurhash: str | None


class MediaWords(msgspec.Struct, frozen=True):
    """New description, focal point or picture that stands for a medium already attached."""

    id: int
    description: str | None = None
    focus: tuple[float, float] | None = None
    still: Still | None = None
    decorative: bool | None = None


class Media(msgspec.Struct, frozen=True):
    """A medium; `original` and `small` are keys of blobs, `None` until `state` is `ready`. Field order: `media.COLUMNS`."""

    id: int
    account_id: int
    post_id: int | None
    state: str
    kind: str
    original: str | None
    small: str | None
    width: int | None
    height: int | None
    small_width: int | None
    small_height: int | None
    duration: float | None
    frame_rate: float | None
    blurhash: str | None
    focus_x: float
    focus_y: float
    description: str
    decorative: bool = False

    def standing_as(self, now: Media) -> Media:
        """Return this medium of an earlier version where it lies now, with what stands for it now: what was before is gone."""
        names = ("state", "original", *Still.__struct_fields__)
        return msgspec.structs.replace(self, **{name: getattr(now, name) for name in names})
