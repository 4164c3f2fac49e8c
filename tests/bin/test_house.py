"""bin/house.py counts rooms, floors and circles as its first lines say."""

import importlib

import pytest
from django.conf import settings

FILES = {
    "app/__init__.py": "",
    "app/ground.py": "",
    "app/low/__init__.py": "",
    "app/low/one.py": "from app.low import two",
    "app/low/two.py": "def f():\n    from .one import name",
    "app/middle.py": "from app.low.one import name\nimport app.ground",
    "app/top.py": "from app import middle",
    "app/migrations/0001_initial.py": "from app import top",
}


@pytest.fixture
def house(monkeypatch):
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    return importlib.import_module("house")


@pytest.fixture
def graph(house, tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return house.imports(tmp_path, house.modules(tmp_path / "app"))


def test_rooms_are_modules_and_folders_on_top(house, graph):
    assert sorted(house.within(graph, "app")) == ["ground", "low", "middle", "top"]


def test_floors_are_the_longest_chain(house, graph):
    assert house.floors(house.within(graph, "app")) == 3


def test_imports_within_functions_close_circles(house, graph):
    circles = [sorted(found) for found in house.components(graph) if len(found) > 1]
    assert circles == [["app.low.one", "app.low.two"]]


@pytest.mark.parametrize("app", ["accounts", "bookings", "clinic", "education", "plans"])
def test_no_files_import_each_other(house, app):
    graph = house.imports(settings.BASE_DIR, house.modules(settings.BASE_DIR / app))
    assert [found for found in house.components(graph) if len(found) > 1] == []
