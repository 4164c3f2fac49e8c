"""The guide's drawings: complete, described, harmless, small, and what their source would draw."""

import gzip
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "education/static/education/illustrations"
BUILD = ROOT / "frontend/illustrations/build.py"
SVG = "{http://www.w3.org/2000/svg}"
EXERCISES = (
    "seated-knee-lift",
    "lying-leg-lift",
    "half-kneeling-stretch",
    "lying-stretch",
    "bridge",
    "lying-knee-hug",
    "standing-leg-curl",
    "seated-hamstring-stretch",
)
FIGURES = [
    f"{key}{language}"
    for key in ("iliopsoas-anatomy", "side-view-muscles")
    for language in ("", ".es")
]
NAMES = [
    *(f"{key}-{moment}.svg" for key in EXERCISES for moment in ("start", "end")),
    *(f"{key}.svg" for key in FIGURES),
]
UNITS = 400  # to an em, in frontend/illustrations/letters.py
SMALLEST_TEXT = 14  # CSS pixels, in a picture 340 pixels wide


@pytest.fixture(params=NAMES)
def path(request):
    return FOLDER / request.param


@pytest.fixture
def drawing(path):
    return ElementTree.parse(path).getroot()


def test_no_drawing_is_left_out_of_this_list():
    assert sorted(p.name for p in FOLDER.glob("*.svg")) == sorted(NAMES)


def test_svg_has_title_and_description(drawing):
    assert drawing.tag == f"{SVG}svg"
    assert drawing.get("role") == "img"
    assert drawing.get("viewBox")
    assert drawing.findtext(f"{SVG}title").strip()
    assert len(drawing.findtext(f"{SVG}desc").strip()) > 40


def test_holds_nothing_that_runs_restyles_or_loads(drawing):
    for element in drawing.iter():
        name = element.tag.removeprefix(SVG)
        assert name not in {"script", "style", "image", "foreignObject", "a", "set"}
        if name.startswith("animate"):
            assert element.get("begin") == "indefinite"
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert key != "style"
            assert not key.endswith("href") or value.startswith("#")
            assert "url(" not in value or value.startswith("url(#")


def test_is_small(path):
    assert len(gzip.compress(path.read_bytes())) <= 7_700


def test_words_are_legible_on_a_phone(drawing, path):
    width = float(drawing.get("viewBox").split()[2])
    words = [group for group in drawing.iter(f"{SVG}g") if group.find(f"{SVG}use") is not None]
    sizes = [re.search(r"scale\(([\d.]+)\)$", group.get("transform")) for group in words]
    assert bool(words) == (path.stem in FIGURES)
    for size in sizes:
        assert float(size[1]) * UNITS * 340 / width >= SMALLEST_TEXT


@pytest.mark.parametrize("key", EXERCISES)
def test_start_and_end_share_their_frame(key):
    frames = {
        ElementTree.parse(FOLDER / f"{key}-{moment}.svg").getroot().get("viewBox")
        for moment in ("start", "end")
    }
    assert len(frames) == 1


@pytest.mark.parametrize("key", EXERCISES)
def test_the_start_can_move_to_the_end(key):
    """Every animation has a value for each moment, and each path keeps its commands."""
    moving = ElementTree.parse(FOLDER / f"{key}-start.svg").getroot()
    animations = [one for one in moving.iter() if one.tag.startswith(f"{SVG}animate")]
    assert len(animations) > 10
    for one in animations:
        values = one.get("values").split(";")
        assert len(values) == len(one.get("keyTimes").split(";"))
        assert len({re.sub("[^A-Za-z]+", "", value) for value in values}) == 1
    lit = [one.get("values") for one in animations if one.get("attributeName") == "opacity"]
    assert any(values.startswith("0;") and values.endswith(";1") for values in lit)


def test_each_is_listed_with_alternative_text():
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in listed


def test_files_are_what_their_source_draws():
    result = subprocess.run(
        [sys.executable, BUILD, "--check"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
