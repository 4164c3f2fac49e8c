import re

from django.conf import settings

NAMES = r'(?:env(?:\.\w+)?)\(\s*"([A-Z_]+)"'


def test_each_environment_variable_is_documented():
    read = set(re.findall(NAMES, (settings.BASE_DIR / "clinic" / "settings.py").read_text()))
    example = (settings.BASE_DIR / ".env.example").read_text()
    documented = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))

    assert len(read) > 20
    assert documented == read
