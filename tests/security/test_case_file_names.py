"""Names of files with line ends or reversed letters, sent back in headers: no name that somebody gave is ever kept or told."""

from __future__ import annotations

from typing import Any

from tests.security.estate import png
from tests.support.house import House

NAMES = [
    b"x.png\r\nSet-Cookie: a=b",
    b"x.png\nX-Evil: 1",
    "gnp.\u202eexe.png".encode(),
    b'x".png',
    b"../../../etc/cron.d/x",
    b"C:\\x.png",
    b"con.png",
    b"x" * 5000,
    b"mirabelle.png",
]


def form(name: bytes, kind: bytes = b"image/png") -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\nContent-Type: ' + kind + b"\r\n\r\n"
    return head + png() + b"\r\n--b--\r\n"


async def test_no_name_of_a_file_is_kept_or_told(house: House) -> None:
    person = await house.person("ada")
    headers = {"content-type": "multipart/form-data; boundary=b"}
    for number, name in enumerate(NAMES):
        kind = (b"image/png", b"mirabelle/" + name[:20])[number % 2]
        answer = await house.call("POST", "/api/v1/media", person, content=form(name, kind), headers=headers)
        assert answer.status_code in {200, 400, 422}, (name, answer.text)
        if answer.status_code == 200:
            await told(house, answer.json())
    files = [path.name for path in house.site.blobs.folder.rglob("*") if path.is_file()]
    assert len(files) >= 4
    assert not [name for name in files if "x.png" in name or "mirabelle" in name]
    async with house.site.db.reading() as tx:
        assert not await tx.value("SELECT count(*) FROM media m WHERE m::text ILIKE '%%mirabelle%%' OR m::text LIKE '%%evil%%'")


async def told(house: House, sent: dict[str, Any]) -> None:
    for url in (sent["url"], sent["preview_url"]):
        answer = await house.client.get(url.removeprefix("https://salle.test"))
        assert answer.status_code == 200
        assert not {"set-cookie", "x-evil", "content-disposition"} & set(answer.headers)
        assert "mirabelle" not in str(answer.headers)
