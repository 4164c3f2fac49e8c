"""Each hazard of docs/safety.md names a test that exists, and the risk that the matrix gives."""

import re

import pytest
from django.conf import settings

TEXT = (settings.BASE_DIR / "docs" / "safety.md").read_text()
TABLES = [
    [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in table.splitlines()]
    for table in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE)
]
SEVERITIES = TABLES[0][0][1:]
MATRIX = {
    (severity, row[0]): int(risk)
    for row in TABLES[0][2:]
    for severity, risk in zip(SEVERITIES, row[1:], strict=True)
}
HAZARDS = [row for table in TABLES[1:] for row in table[2:]]


def test_the_log_is_whole():
    assert len(MATRIX) == 25
    assert len(HAZARDS) >= 20 and len({row[0] for row in HAZARDS}) == len(HAZARDS)
    assert all(len(row) == 7 and all(row) for row in HAZARDS)


@pytest.mark.parametrize("row", HAZARDS, ids=lambda row: row[0])
def test_a_hazard_names_a_living_test(row):
    found = re.fullmatch(r"`(tests/[\w/]+\.py)::(\w+)`", row[-1])
    assert found, row[-1]
    path = settings.BASE_DIR / found[1]
    assert path.exists()
    test = re.search(rf"(?:.+\n)*^ *def {found[2]}\(", path.read_text(), re.MULTILINE)
    assert test and "thorough" not in test[0], "its control is tested each time, not each night"


@pytest.mark.parametrize("row", HAZARDS, ids=lambda row: row[0])
def test_a_control_lowers_the_risk(row):
    before, after = (risk_of(row[place]) for place in (3, 5))
    assert after <= before and after <= 3


def risk_of(cell):
    """The last figure, once the matrix has agreed."""
    severity, likelihood, risk = re.split(r"[,:] ", cell)
    assert MATRIX[severity, likelihood] == int(risk), cell
    return int(risk)
