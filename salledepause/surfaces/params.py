"""Parameters as clients send them: query, form, multipart or JSON for the same route, keys with and without `[]`.

`nest` rebuilds structure from bracketed keys, `decode` turns the whole into a record. Source of the forms:
https://docs.joinmastodon.org/client/intro/#parameters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from salledepause.kernel.errors import BadInput, Refusal, TooLarge

T = TypeVar("T")

DEEPEST = 8
"""Brackets in one key."""
MOST = 2000
"""Pairs in one request."""
MOST_NUMBER = 2**63
PLAIN = re.compile(r"\w+=[\w.-]*(?:&\w+=[\w.-]*){0,9}", re.ASCII)
"""A query that needs no decoding, which is most of them."""
NOTHING: dict[str, Any] = {}


class Malformed(Refusal):
    """The body cannot be read as what its Content-Type says."""


def from_query(text: bytes) -> dict[str, Any]:
    """Return the parameters of a query string or of an urlencoded body; raises Malformed."""
    if not text:
        return {}
    try:
        said = text.decode()
        if PLAIN.fullmatch(said):
            return {key: value for key, _, value in (pair.partition("=") for pair in said.split("&"))}
        return nest(parse_qsl(said, keep_blank_values=True, max_num_fields=MOST, errors="strict"))
    except ValueError as error:
        raise Malformed("Paramètres illisibles : attendu de l'UTF-8 encodé pour une adresse.") from error


def whole(values: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of 64 bits among the parameters, `None` when it is absent or empty; raises BadInput."""
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise BadInput("Paramètre refusé : {name} attend un nombre entier.", name=name) from error
    if not -MOST_NUMBER <= number < MOST_NUMBER:
        raise BadInput("Paramètre refusé : {name} attend un nombre entier.", name=name)
    return number


def from_json(body: bytes) -> dict[str, Any]:
    """Return the parameters of a JSON body, which must be an object; raises Malformed."""
    if not body:
        return {}
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("Corps illisible : attendu un objet JSON en UTF-8.") from error
    if not isinstance(value, dict):
        raise Malformed("Corps illisible : attendu un objet JSON.")
    return {key.removesuffix("[]"): item for key, item in value.items()}


def nest(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the structure that bracketed keys describe: `a[]=1` a list, `a[b]=1` an object, `a[0][b]=1` a list of objects."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        _plant(tree, _steps(key), value)
    return {key: _lists(value) for key, value in tree.items()}


def _steps(key: str) -> list[str]:
    head, *rest = key.replace("]", "").split("[")
    if len(rest) > DEEPEST:
        raise Malformed("Paramètre trop imbriqué.")
    return [head, *rest]


def _plant(tree: dict[str, Any], steps: list[str], value: Any) -> None:
    *path, last = steps
    if last == "" and path:
        *path, last = path
        node = _descend(tree, path, last)
        held = node.setdefault(last, [])
        if isinstance(held, list):
            held.append(value)
            return
        raise Malformed("Paramètre contradictoire.")
    _descend(tree, path, last)[last] = value


def _descend(tree: dict[str, Any], path: list[str], last: str) -> dict[str, Any]:
    for position, step in enumerate(path):
        name = step or _element(tree, path[position + 1] if position + 1 < len(path) else last)
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            raise Malformed("Paramètre contradictoire.")
    return tree


def _element(tree: dict[str, Any], key: str) -> str:
    """Return the index that `[]` means inside a key: the last element, or a new one when that has `key` already."""
    index = max(len(tree) - 1, 0)
    held = tree.get(str(index), {})
    return str(index + 1 if isinstance(held, dict) and key in held else index)


def _lists(value: Any) -> Any:
    """Turn objects whose keys are all numbers into lists, in their order."""
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(item) for key, item in value.items()}
    if inner and all(key.isascii() and key.isdigit() and len(key) < 6 for key in inner):  # noqa: PLR2004 - an index, not a number
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def decode(values: Mapping[str, Any], kind: type[T]) -> T:
    """Return the parameters as a record, whose fields are named alike; raises BadInput naming the field.

    Lone values become lists where one is wanted.
    """
    given = _shaped(values, kind)
    try:
        record = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput("Paramètre refusé : {reason}.", reason=str(error)) from error
    if not all(storable(getattr(record, name)) for name in given):
        raise BadInput("Paramètre refusé : nombre trop grand ou caractère interdit.")
    return record


def storable(value: Any) -> bool:
    """Tell whether the database can hold every number (64 bits) and every word (no NUL, no lone surrogate) of a record."""
    if isinstance(value, int):
        return -MOST_NUMBER <= value < MOST_NUMBER
    if isinstance(value, str):
        return "\0" not in value and encodable(value)
    if isinstance(value, list | tuple):
        return all(map(storable, value))
    if isinstance(value, msgspec.Struct):
        return all(storable(getattr(value, name)) for name in value.__struct_fields__)
    return True


def _shaped(values: Mapping[str, Any], kind: type) -> dict[str, Any]:
    wanted = _fields(kind)
    asked = ((name, value, wanted[name]) for name, value in values.items() if name in wanted)
    return {name: _fit(value, shape) for name, value, shape in asked if not _absent(value, shape)}


def _absent(value: Any, shape: str) -> bool:
    return value is None or (value == "" and shape == "")


def encodable(text: str) -> bool:
    """Tell whether a text is UTF-8: no lone surrogate, which some charsets of forms can smuggle in."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_KNOWN: dict[type, dict[str, str]] = {}


def _fields(kind: type) -> dict[str, str]:
    """Return each field's shape: `list`, `bool`, `text`, or empty for the rest (where an empty string means absent)."""
    if kind not in _KNOWN:
        _KNOWN[kind] = {field.encode_name: _shape(field.type) for field in msgspec.inspect.type_info(kind).fields}  # type: ignore[attr-defined]
    return _KNOWN[kind]


def _shape(kind: msgspec.inspect.Type) -> str:
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    if any(isinstance(one, msgspec.inspect.ListType | msgspec.inspect.VarTupleType) for one in kinds):
        return "list"
    if any(isinstance(one, msgspec.inspect.BoolType) for one in kinds):
        return "bool"
    return "text" if any(isinstance(one, msgspec.inspect.StrType) for one in kinds) else ""


TRUE = {"true", "t", "1", "on", "yes"}
FALSE = {"false", "f", "0", "off", "no", ""}


def _fit(value: Any, shape: str) -> Any:
    if shape == "list" and not isinstance(value, list):
        return [value]
    if shape == "bool" and isinstance(value, str):
        lower = value.lower()
        return True if lower in TRUE else False if lower in FALSE else value
    return value


def too_large(limit: int) -> TooLarge:
    """Return the refusal of a body over `limit` bytes."""
    return TooLarge("Envoi trop volumineux : la limite est de {limit} octets.", limit=limit)
