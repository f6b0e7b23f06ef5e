"""Find every French sentence that the package says to people and translates: refusals, gettext calls, templates, tables.

Python is read as a syntax tree. The text of a refusal is followed back to its literals: constants of modules, imports through
front doors, both branches of a condition, values of a table, variables, parameters (through every call of their function). What
cannot be followed is given back too, so that a test can say it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from jinja2 import nodes

from salledepause.surfaces.web.rendering import TEMPLATES, environment

PACKAGE = Path(__file__).parents[2] / "salledepause"
ROOTS = {("kernel.errors", "Refusal"), ("kernel.media", "Undecodable"), ("features.accounts.oauth", "Denied")}
"""Classes whose text is told to people, with all their children."""
TEXTS = ("message", "description")
"""Names of the parameter or field that holds it."""
SINGLE, PLURAL = {"said", "gettext", "_", "notice", "Destination"}, {"counted", "ngettext"}
"""Names of the functions that translate, wherever they are."""
FAR = 8
"""Hops that a text is followed back."""

Name = tuple[str, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Place(NamedTuple):
    """Where an expression stands: a module, and the functions around it, the nearest last."""

    module: str
    functions: tuple[Function, ...]


class Said(NamedTuple):
    """A sentence to translate, or an expression that could not be followed (then `text` is its source)."""

    text: str
    where: str
    plural: str = ""
    followed: bool = True


class Package:
    """Every module of a package, parsed."""

    def __init__(self, folder: Path = PACKAGE) -> None:
        """Read the modules under `folder`, which is the root of the package `salledepause`."""
        paths = sorted(folder.rglob("*.py"))
        self.trees = {_dotted(path.relative_to(folder)): ast.parse(path.read_text("utf-8")) for path in paths}
        self._tops = {module: _top(tree) for module, tree in self.trees.items()}

    def said(self) -> Iterator[Said]:
        """Yield every sentence that Python tells: of refusals, then of calls that translate."""
        for module, tree in self.trees.items():
            for node, place in _walk(tree, Place(module, ())):
                if isinstance(node, ast.Call):
                    yield from self._of_call(node, place)
                elif isinstance(node, ast.ClassDef) and self.resolve(node.name, module) in self.tellers:
                    yield from self._of_class(node, place)

    @cached_property
    def tellers(self) -> dict[Name, int | None]:
        """The classes that tell, with the position of the text among the arguments (`None`: they take none)."""
        found = dict.fromkeys(ROOTS, 0)
        classes = [(module, node) for module, tree in self.trees.items() for node in tree.body if isinstance(node, ast.ClassDef)]
        before = -1
        while len(found) > before:
            before = len(found)
            for module, node in classes:
                if any(self.resolve(ast.unparse(base), module) in found for base in node.bases):
                    found[module, node.name] = 0
        return {name: self._position(name) for name in found}

    def resolve(self, name: str, module: str) -> Name:
        """Return the module that defines a name, as seen from a module, and its name there; dotted names are followed."""
        head, _, rest = name.partition(".")
        for _ in range(FAR):
            found = self._tops.get(module, {}).get(head)
            if not isinstance(found, ast.alias):
                break
            origin, _, head = found.name.rpartition(".")
            if f"{origin}.{head}".lstrip(".") in self.trees and rest:
                return self.resolve(rest, f"{origin}.{head}".lstrip("."))
            module = origin
        return module, f"{head}.{rest}" if rest else head

    def _position(self, name: Name) -> int | None:
        module, class_name = name
        node = self._tops[module][class_name]
        assert isinstance(node, ast.ClassDef)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and inner.name == "__init__":
                names = [one.arg for one in inner.args.args[1:]]
                return next((names.index(one) for one in TEXTS if one in names), None)
        fields = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
        if place := next((fields.index(one) for one in TEXTS if one in fields), None):
            return place
        parents = [self.resolve(ast.unparse(base), module) for base in node.bases]
        return next((self._position(one) for one in parents if one[0] in self.trees and one[1] in self._tops[one[0]]), None)

    def _of_call(self, call: ast.Call, place: Place) -> Iterator[Said]:
        called = ast.unparse(call.func)
        name = called.rpartition(".")[2]
        if name in SINGLE | PLURAL and call.args:
            plurals = [one.text for one in self.follow(call.args[1], place)] if name in PLURAL else [""]
            yield from (one._replace(plural=many) for one in self.follow(call.args[0], place) for many in plurals)
            return
        position = self.tellers.get(self.resolve(called, place.module))
        if position is not None:
            given = {one.arg: one.value for one in call.keywords}
            text = call.args[position] if position < len(call.args) else next((given[one] for one in TEXTS if one in given), None)
            yield from self.follow(text, place) if text is not None else ()

    def _of_class(self, node: ast.ClassDef, place: Place) -> Iterator[Said]:
        for inner in (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"):
            here = Place(place.module, (inner,))
            named = [one.arg for one in inner.args.args]
            defaults = dict(zip(reversed(named), reversed(inner.args.defaults), strict=False))
            yield from (one for name in TEXTS if name in defaults for one in self.follow(defaults[name], here))
            for call in ast.walk(inner):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args:
                    yield from (one for one in self.follow(call.args[0], here) if one.followed)

    def follow(self, node: ast.expr, place: Place, far: int = FAR) -> Iterator[Said]:
        """Yield the sentences that an expression may be."""
        where = f"{place.module}:{node.lineno}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Said(node.value, where)
        elif isinstance(node, ast.IfExp):
            yield from self.follow(node.body, place, far)
            yield from self.follow(node.orelse, place, far)
        elif isinstance(node, ast.Subscript) and (table := self._constant(node.value, place)):
            values = table[0].values if isinstance(table[0], ast.Dict) else []
            yield from (one for value in values for one in self.follow(value, table[1], far - 1))
        elif far and isinstance(node, ast.Name) and (origins := list(self._origins(node, place))):
            yield from (one for origin, there in origins for one in self.follow(origin, there, far - 1))
        else:
            yield Said(ast.unparse(node), where, followed=False)

    def _origins(self, node: ast.Name, place: Place) -> Iterator[tuple[ast.expr, Place]]:
        for function in reversed(place.functions):
            assigned = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in one.targets)
            ]
            if assigned:
                yield from ((value, place) for value in assigned)
                return
            names = [one.arg for one in function.args.args]
            if node.id in names:
                yield from self._passed(function, names.index(node.id), place)
                return
        if constant := self._constant(node, place):
            yield constant

    def _passed(self, function: Function, position: int, place: Place) -> Iterator[tuple[ast.expr, Place]]:
        for node, there in _walk(self.trees[place.module], Place(place.module, ())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == function.name and position < len(node.args):
                yield node.args[position], there

    def _constant(self, node: ast.expr, place: Place) -> tuple[ast.expr, Place] | None:
        module, name = self.resolve(ast.unparse(node), place.module)
        found = self._tops.get(module, {}).get(name)
        return (found, Place(module, ())) if isinstance(found, ast.expr) else None


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _top(tree: ast.Module) -> dict[str, ast.AST]:
    """Return what the names of a module stand for: the value of a constant, a class, an import (its full name in ours)."""
    found: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
            values = node.value.elts if isinstance(node.value, ast.Tuple) and len(names) > 1 else [node.value] * len(names)
            found |= {one.id: value for one, value in zip(names, values, strict=True) if isinstance(one, ast.Name)}
        elif isinstance(node, ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("salledepause"):
            origin = (node.module or "").removeprefix("salledepause").lstrip(".")
            found |= {one.asname or one.name: ast.alias(f"{origin}.{one.name}".lstrip(".")) for one in node.names}
    return found


def _walk(node: ast.AST, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    for child in ast.iter_child_nodes(node):
        yield child, place
        inside = Place(place.module, (*place.functions, child)) if isinstance(child, Function) else place
        yield from _walk(child, inside)


def of_templates(folder: Path = TEMPLATES) -> Iterator[Said]:
    """Yield every sentence that templates tell; what is not a literal comes with `followed` false, as its source."""
    for path in sorted(folder.rglob("*.html")):
        tree = environment("fr").parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in SINGLE | PLURAL:
                texts = call.args[: 2 if call.node.name in PLURAL else 1]
                literal = all(isinstance(one, nodes.Const) for one in texts)
                told = [str(one.value) if isinstance(one, nodes.Const) else source(one) for one in texts]
                yield Said(told[0], f"{path.relative_to(folder).as_posix()}:{call.lineno}", "".join(told[1:]), followed=literal)


def source(node: nodes.Node) -> str:
    """Return an expression of a template about as it is written."""
    if isinstance(node, nodes.Getattr):
        return f"{source(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{source(node.node)}[]"
    return node.name if isinstance(node, nodes.Name) else type(node).__name__


def by_text(found: Iterator[Said]) -> Mapping[str, Said]:
    """Return the sentences by their text, each with the first place that tells it."""
    kept: dict[str, Said] = {}
    for one in found:
        kept.setdefault(one.text, one)
    return kept
