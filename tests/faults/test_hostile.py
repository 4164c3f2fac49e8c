"""Ten thousand hostile POSTs to each form that a visitor meets, some hundreds to each of the staff's.

No 5xx, and nothing that was typed is lost.

`POSTS=200 make faults ARGS="-k hostile"` sends fewer. What is sent: tests/hostile/.
"""

import os

import pytest

from tests.hostile import attack
from tests.hostile.public import PUBLIC, public_form
from tests.hostile.staff import furnish, staff_forms

pytestmark = pytest.mark.django_db
POSTS = int(os.environ.get("POSTS", "10000"))


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.usefixtures("caching")
def test_a_form_answers_anything(client, figure, path):
    """As a running site answers: with what it caches."""
    form = public_form(path, client)
    looked = attack(client, form, POSTS)
    figure(
        f"Hostile input: {POSTS:,} POSTs to `{path}`",
        f"0 × 5xx; of {looked:,} values typed into forms that came back, 0 lost",
    )


def test_the_forms_of_staff_answer_anything(client, figure):
    """Twenty times fewer: there are some eighty of them, and whoever sends them is known."""
    client.raise_request_exception = False
    furnish(client)
    forms, times = staff_forms(client), max(POSTS // 20, 1)
    looked = sum(attack(client, form, times) for form in forms)
    figure(
        f"Hostile input: {times:,} POSTs to each of the {len(forms)} forms of staff",
        f"0 × 5xx; of {looked:,} values typed into forms that came back, 0 lost",
    )
