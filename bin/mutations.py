"""Small changes of meaning in a module's source, one at a time, and how one is put in place while running.

A mutation is named by its file, the function that it is in, and what it changes: `a < b -> a <= b`. The
same change at several places of one function has a number behind it.
"""

import ast
import copy
import gc
import types
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

COMPARED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
RECKONED = {ast.Add: ast.Sub, ast.Sub: ast.Add}
NARROWING = {"filter", "exclude", "get", "update", "update_or_create", "get_or_create", "create"}
NOT_IN = {"__str__", "__repr__"}
NO_CODE = {"annotation", "returns", "decorator_list", "type_params", "defaults", "kw_defaults"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutation:
    path: str
    function: str
    """Its qualified name, such as `Actor.may`."""
    line: int
    first_line: str
    """Of its statement."""
    what: str
    node: int
    """The place of the changed node in `ast.walk` of the module."""
    variant: int

    def __str__(self) -> str:
        return f"{self.path}:{self.function}: {self.what}"


def mutations(root: Path, path: str) -> list[Mutation]:
    """All of a file, in functions and methods alone, in the order of the source."""
    tree = ast.parse((root / path).read_text())
    lines = (root / path).read_text().splitlines()
    numbers = {node: number for number, node in enumerate(ast.walk(tree))}
    begins = dict(statement_of(tree, tree))
    found, seen = [], Counter[tuple[str, str]]()
    for function, node in inside_functions(tree):
        for variant, (what, _change) in enumerate(changes(node)):
            seen[function, what] += 1
            text = f"{what} ({seen[function, what]})" if seen[function, what] > 1 else what
            line = getattr(node, "lineno", 0)
            first = lines[begins[node].lineno - 1].strip()  # type: ignore[attr-defined]
            found.append(Mutation(path, function, line, first, text, numbers[node], variant))
    return found


def statement_of(node: ast.AST, statement: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node below this one, with the innermost statement that it is in."""
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, ast.stmt) else statement
        yield child, inner
        yield from statement_of(child, inner)


def functions(tree: ast.Module | ast.ClassDef, before: str = "") -> Iterator[tuple[str, Function]]:
    """The outermost ones, with their qualified names."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name != "Meta":
            yield from functions(statement, f"{before}{statement.name}.")
        elif isinstance(statement, Function) and statement.name not in NOT_IN:
            yield before + statement.name, statement


def inside_functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node that may be changed, with the name of its outermost function."""
    for name, function in functions(tree):
        yield from ((name, node) for node in executed(function))


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below it, but for docstrings, what is inside an f-string, and what is not in its code."""
    for field, value in ast.iter_fields(node):
        if field in NO_CODE:
            continue
        for child in value if isinstance(value, list) else [value]:
            if (
                isinstance(child, ast.AST)
                and not isinstance(child, ast.JoinedStr)
                and not words(child)
            ):
                yield child
                yield from executed(child)


def words(node: ast.AST) -> bool:
    """A docstring, or a text for people: `_("…")`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


Change = tuple[str, Callable[[ast.AST], ast.AST]]


def changes(node: ast.AST) -> Iterator[Change]:
    """What can be made of this node: in words, and the function that makes the new one of a copy."""
    for name, made in made_of(node):
        after = "nothing" if isinstance(made, ast.Pass) else ast.unparse(made)
        yield f"{name}{short(ast.unparse(node))} -> {short(after)}", lambda _copy, made=made: made


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:60]}…{line[-29:]}"


def made_of(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    new = copy.deepcopy(node)
    match new:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            new.ops = [COMPARED[type(op)]()]
            yield "", new
        case ast.BoolOp():
            new.op = ast.Or() if isinstance(new.op, ast.And) else ast.And()
            yield "", new
        case ast.UnaryOp(op=ast.Not()):
            yield "", new.operand
        case ast.BinOp(op=op) if type(op) in RECKONED:
            new.op = RECKONED[type(op)]()
            yield "", new
        case ast.If() | ast.IfExp() | ast.While():
            if not isinstance(new.test, ast.Compare | ast.UnaryOp):
                test = copy.copy(new)
                test.test = ast.UnaryOp(ast.Not(), new.test)
                yield "unless: ", test
        case ast.Constant(value=bool() as value):
            yield "", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield "", ast.Constant(value + 1)
            yield "", ast.Constant(value - 1)
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield "", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield "", ast.Pass()
        case ast.Call(func=ast.Attribute(attr=name)) if name in NARROWING:
            yield from narrowed(new)


def narrowed(call: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Without one of its arguments; a lone one with the whole call, if a query is left."""
    arguments = [*call.args, *(one for one in call.keywords if one.arg)]
    if len(arguments) == 1 and call.func.attr in {"filter", "exclude"}:  # type: ignore[attr-defined]
        yield "", ast.Call(ast.Attribute(call.func.value, "all", ast.Load()), [], [])  # type: ignore[attr-defined]
    elif len(arguments) > 1:
        for one in arguments:
            args = [arg for arg in call.args if arg is not one]
            yield "", ast.Call(call.func, args, [word for word in call.keywords if word is not one])


def put_in_place(root: Path, mutation: Mutation) -> bool:
    """Give the functions that are loaded their changed code. False where none of them is loaded."""
    load(mutation.path)
    text = (root / mutation.path).read_text()
    name = str(root / mutation.path)
    before = compile(text, name, "exec")
    after = compile(mutated(text, mutation), name, "exec")
    return exchange(
        dict(pairs(code_of(before, mutation.function), code_of(after, mutation.function)))
    )


def load(path: str) -> None:
    """A middleware may not be loaded yet."""
    import_module(path.removesuffix(".py").replace("/", "."))


def exchange(changed: dict[types.CodeType, types.CodeType]) -> bool:
    """Give every function its new code. False where none has the old one."""
    names = {code.co_filename for code in changed}
    loaded = [
        function
        for function in gc.get_objects()
        if type(function) is types.FunctionType  # isinstance wakes lazy ones
        and function.__code__.co_filename in names
        and function.__code__ in changed
    ]
    for function in loaded:
        function.__code__ = changed[function.__code__]
    return bool(loaded)


def pairs(
    old: types.CodeType, new: types.CodeType
) -> Iterator[tuple[types.CodeType, types.CodeType]]:
    """What changes of a function and of those inside it, such as the one that a decorator has made."""
    if old == new:
        return
    yield old, new
    inside = [
        [one for one in code.co_consts if isinstance(one, types.CodeType)] for code in (old, new)
    ]
    if [one.co_name for one in inside[0]] == [one.co_name for one in inside[1]]:
        for before, after in zip(*inside, strict=True):
            yield from pairs(before, after)


def mutated(text: str, mutation: Mutation) -> ast.Module:
    tree = ast.parse(text)
    target = list(ast.walk(tree))[mutation.node]
    made = list(made_of(target))[mutation.variant][1]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.copy_location(made, node) if node is target else self.generic_visit(node)

    return ast.fix_missing_locations(Replace().visit(tree))


def code_of(module: types.CodeType, function: str) -> types.CodeType:
    """The code of a function by its qualified name; of several the last, which is the one that counts."""
    code = module
    for part in function.split("."):
        inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
        code = [one for one in inner if one.co_name == part][-1]
    return code
