"""A notebook as files, the same by each door: Markdown to keep, a table to sort, pages to print; no post's text is in them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from enum import StrEnum

from salledepause.features import accounts, notebook
from salledepause.features.notebook import Shown
from salledepause.kernel import clock
from salledepause.kernel.notebook_pdf import Binding, Leaf, bound
from salledepause.kernel.words import catalogue
from salledepause.surfaces.edge import Answer, Call, Header

NO_LONGER = "Le message n'est plus lisible ici : restent votre note, sa date et qui l'avait dit."
ESCAPED = re.compile(r"([\\`*_\[\]<>#~|])|^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
"""What Markdown would read as its own in a note."""


class Form(StrEnum):
    """What the file is; the value is the end of its name."""

    MARKDOWN = "md"
    TABLE = "csv"
    PRINT = "pdf"


KINDS = {Form.MARKDOWN: b"text/markdown; charset=utf-8", Form.TABLE: b"text/csv; charset=utf-8", Form.PRINT: b"application/pdf"}


async def file(call: Call, form: Form, language: str, headers: tuple[Header, ...] = ()) -> Answer:
    """Return one's whole notebook as a file, the oldest entry first; to be called outside a transaction."""
    async with call.site.db.reading() as tx:
        handle = (await accounts.one(tx, call.me)).handle
    found = await notebook.whole(call.site, call.me)
    pages = Pages(call, language, handle)
    async with call.site.booths:
        made = await asyncio.to_thread(pages.written, form, found)
    named = (b"content-disposition", f'attachment; filename="carnet-{handle}.{form}"'.encode())
    return Answer(made, headers=((b"content-type", KINDS[form]), named, (b"cache-control", b"no-store"), *headers))


class Pages:
    """A notebook put into words of one language."""

    def __init__(self, call: Call, language: str, handle: str) -> None:
        """Say whose it is."""
        self.site, self.handle = call.site, handle
        self.gettext = catalogue(language).gettext

    def written(self, form: Form, found: Sequence[Shown]) -> bytes:
        """Return the file."""
        if form is Form.TABLE:
            return notebook.table(self.site, found, [self.gettext(one) for one in notebook.COLUMNS])
        return self.markdown(found).encode() if form is Form.MARKDOWN else self.printed(found)

    def markdown(self, found: Sequence[Shown]) -> str:
        """Return a notebook as Markdown (CommonMark)."""
        parts = [f"# {self._title()}", self._lead(found)]
        for one in found:
            parts.append(f"## {escaped(self._heading(one))}")
            parts += [escaped(one.entry.note)] if one.entry.note else []
            parts.append("\n".join(f"- {label} <{link}>" if link else f"- {label}" for label, link in self._below(one)))
        return "\n\n".join(parts) + "\n"

    def printed(self, found: Sequence[Shown]) -> bytes:
        """Return a notebook as PDF."""
        house = self.site.settings.title
        foot = self.gettext("Carnet de @{handle}, {house}").format(handle=self.handle, house=house)
        author, address = f"@{self.handle}", self.site.url("/carnet")
        binding = Binding(self._title(), self._lead(found), author, house, foot, self.gettext("page {n}"), address)
        leaves = [
            Leaf(self._heading(one), one.entry.note, tuple((f"{said} {link}".rstrip(), link) for said, link in self._below(one)))
            for one in found
        ]
        return bound(binding, leaves)

    def _title(self) -> str:
        return self.gettext("Mon carnet : ce que j'ai appris")

    def _lead(self, found: Sequence[Shown]) -> str:
        day = clock.now().astimezone(clock.PARIS).date()
        return self.gettext("{number} entrées au {day}, pour moi seul·e.").format(number=len(found), day=day.isoformat())

    def _heading(self, one: Shown) -> str:
        day = one.entry.learned_at.astimezone(clock.PARIS).date()
        return self.gettext("{day}, de @{handle}").format(day=day.isoformat(), handle=one.entry.handle)

    def _below(self, one: Shown) -> list[tuple[str, str]]:
        """Return the lines below a note: what each says, then where it leads (empty: nowhere)."""
        said = one.entry.said_at.astimezone(clock.PARIS).date().isoformat()
        found = [(self.gettext("Message du {day} :").format(day=said), one.entry.address(self.site))]
        found += [(self.gettext("Source :"), link) for link in one.sources]
        return found if one.post else [*found, (self.gettext(NO_LONGER), "")]


def escaped(typed: str) -> str:
    r"""Return a text that Markdown shows as it was typed; line ends stay line ends (`\` at their end)."""

    def plainly(match: re.Match[str]) -> str:
        if match[1]:
            return "\\" + match[1]
        mark = match[3]
        return match[2] + (f"{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"\\{mark}")

    return re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", ESCAPED.sub(plainly, typed))
