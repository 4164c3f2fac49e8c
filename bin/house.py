"""How large the code is and how it hangs together: `make house`. With ARGS=--time also what a test takes.

Rooms: the modules and folders at the top of an app, without its migrations. Floors: how many rooms the
longest chain of imports goes through; rooms that import each other in a circle count as one. Circles: files
that import each other, directly or through others; imports in functions and for types alone count as well.
Standard library only. `--root FOLDER` measures another checkout.
"""

import argparse
import ast
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "bookings", "clinic", "education", "plans")
IN_FOCUS = ("bookings", "education")
LONG_MODULE, LONG_FUNCTION = 300, 35
KINDS = {
    "Python": {".py"},
    "templates": {".html", ".txt"},
    "styles, scripts": {".scss", ".css", ".js", ".mjs"},
    "docs": {".md"},
}
MADE_BY_TOOLS = ("requirements", "clinic/static/clinic/site.css")
ONE_TEST = "tests/clinic/test_logs.py::test_a_request_is_one_line_with_its_pattern"

Graph = dict[str, set[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--time", action="store_true", help="also run one test twice")
    parser.add_argument("--test", default=ONE_TEST, help="which one")
    options = parser.parse_args()
    root: Path = options.root.resolve()
    print_rooms(root)
    print_lines(root)
    print_sizes(root)
    if options.time:
        print_times(root, options.test)


def print_rooms(root: Path) -> None:
    print(f"{'app':<12}{'rooms':>8}{'floors':>8}{'circles':>9}  files in them")
    for app in IN_FOCUS:
        files = modules(root / app)
        graph = imports(root, files)
        rooms = within(graph, app)
        circles = [circle for circle in components(graph) if len(circle) > 1]
        sizes = ", ".join(str(len(circle)) for circle in circles) or "–"
        print(f"{app:<12}{len(rooms):>8}{floors(rooms):>8}{len(circles):>9}  {sizes}")
        for circle in circles:
            print("  " + " ".join(sorted(circle)))


def modules(folder: Path) -> dict[str, Path]:
    """Dotted name -> file, of all below the folder but migrations."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path, files: dict[str, Path]) -> Graph:
    """Each file's imports among these files. A package that is only passed through does not count."""
    graph: Graph = {name: set() for name in files}
    for name, path in files.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for target in imported(ast.parse(path.read_text()), package):
            while target and target not in files:
                target = target.rpartition(".")[0]
            if target and target != name:
                graph[name].add(target)
    return graph


def imported(tree: ast.Module, package: str) -> Iterator[str]:
    """The full name of all that is imported anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(graph: Graph, app: str) -> Graph:
    """The same among the rooms at the top of the app."""
    rooms: Graph = {}
    for name, targets in graph.items():
        if name == app:
            continue
        room = name.split(".")[1]
        others = {target.split(".")[1] for target in targets if target != app}
        rooms.setdefault(room, set()).update(others - {room})
    return rooms


def floors(graph: Graph) -> int:
    """Tarjan hands out each circle after all that it imports, so one pass is enough."""
    level: dict[str, int] = {}
    for circle in components(graph):
        below = {target for name in circle for target in graph[name]} - set(circle)
        height = 1 + max((level[target] for target in below), default=0)
        level |= dict.fromkeys(circle, height)
    return max(level.values(), default=0)


def components(graph: Graph) -> list[list[str]]:
    """The strongly connected components (Tarjan), what is imported before what imports it."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            start = stack.index(name)
            found.append(stack[start:])
            del stack[start:]

    for name in graph:
        if name not in index:
            visit(name)
    return found


def print_lines(root: Path) -> None:
    """Lines of what people write, by folder; what tools make (pins, migrations, styles) is left out."""
    table: dict[str, Counter[str]] = {}
    for path in tracked(root):
        kind = next((kind for kind, ends in KINDS.items() if path.suffix in ends), None)
        if kind and "migrations" not in path.parts:
            folder = path.parts[0] if len(path.parts) > 1 else "(top)"
            lines = len((root / path).read_text().splitlines())
            table.setdefault(folder, Counter())[kind] += lines
    table["without tests"] = total(row for name, row in table.items() if name != "tests")
    table["all"] = table["without tests"] + table.get("tests", Counter())
    print(f"\n{'lines':<15}" + "".join(f"{kind:>17}" for kind in [*KINDS, "together"]))
    for folder, row in table.items():
        cells = [*(row[kind] for kind in KINDS), row.total()]
        print(f"{folder:<15}" + "".join(f"{cell or '':>17}" for cell in cells))


def tracked(root: Path) -> list[Path]:
    """What git knows, or would: the files of this checkout without what is ignored and made."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    paths = [Path(name) for name in sorted(set(names.split("\0"))) if name]
    return [
        path
        for path in paths
        if not str(path).startswith(MADE_BY_TOOLS)
        and (root / path).is_file()
        and not (root / path).is_symlink()
    ]


def total(rows: Iterable[Counter[str]]) -> Counter[str]:
    return sum(rows, Counter())


def print_sizes(root: Path) -> None:
    longest: dict[str, list[int]] = {"module": [], "function": []}
    for app in APPS:
        for path in modules(root / app).values():
            text = path.read_text()
            if not text.strip():
                continue
            longest["module"].append(len(text.splitlines()))
            longest["function"] += [
                (node.end_lineno or node.lineno) - node.lineno + 1
                for node in ast.walk(ast.parse(text))
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            ]
    print(f"\n{'lines of a':<12}{'count':>8}{'median':>8}{'p90':>8}{'longest':>9}  too long")
    for kind, limit in (("module", LONG_MODULE), ("function", LONG_FUNCTION)):
        sizes = longest[kind]
        p90 = statistics.quantiles(sizes, n=10)[-1]
        over = f"{sum(size > limit for size in sizes)} over {limit}"
        print(
            f"{kind:<12}{len(sizes):>8}{statistics.median(sizes):>8.0f}{p90:>8.0f}"
            f"{max(sizes):>9}  {over}"
        )


def print_times(root: Path, test: str) -> None:
    """From the command to its end: first with a database made anew, then with the one that is there."""
    print(f"\n{test}")
    python = root / ".venv" / "bin" / "python"
    for name, option in (("first run", "--create-db"), ("second run", "--reuse-db")):
        began = time.monotonic()
        done = subprocess.run(
            [python if python.exists() else sys.executable, "-m", "pytest", option, test],
            cwd=root,
            env=os.environ | {"ENV_FILE": os.devnull},
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - began
        print(f"  {name:<12}{seconds:>6.1f} s{'  FAILED' if done.returncode else ''}")
        if done.returncode:
            print(done.stdout[-2000:])


if __name__ == "__main__":
    main()
