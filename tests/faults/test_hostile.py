"""Ten thousand hostile POSTs to each form that a visitor meets: no 5xx, nothing typed is lost.

`POSTS=200 make faults ARGS="-k hostile"` sends fewer. What is sent: tests/hostile/.
"""

import os

import pytest

from tests.hostile import attack
from tests.hostile.public import PUBLIC, public_form

pytestmark = pytest.mark.django_db
POSTS = int(os.environ.get("POSTS", "10000"))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_form_answers_anything(client, figure, path):
    form = public_form(path, client)
    looked = attack(client, form, POSTS)
    figure(
        f"Hostile input: {POSTS:,} POSTs to `{path}`",
        f"0 × 5xx; of {looked:,} values typed into forms that came back, 0 lost",
    )
