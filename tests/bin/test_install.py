"""bin/install.py, which runs before anything is installed."""

import hashlib
import io
import platform
import re
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings


@pytest.fixture
def install(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "bin"))
    sys.modules.pop("install", None)
    import install

    for name in ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "CERT"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    # Beyond what this computer's own files say.
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = \nextra-index-url = \nfind-links = \n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    return install


@pytest.fixture
def index():
    """A package index with one file, whose pages the test may change."""
    pages: dict[str, bytes] = {}
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = pages.get(self.path.partition("#")[0])
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.pages, server.asked = pages, asked
        server.url = f"http://127.0.0.1:{server.server_port}/simple"
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture
def offered(index):
    """The pinned wheels for every computer, as the index offers them; and the pins."""
    version = "0.1.2"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr(f"uv-{version}.data/scripts/uv", "the program")
    machine = platform.machine()
    systems = ("manylinux_2_17", "musllinux_1_1", "macosx_11_0")
    names = [f"uv-{version}-py3-none-{system}_{machine}.whl" for system in systems]
    links = "".join(f'<a href="../../files/{name}#sha256=0">{name}</a>' for name in names)
    index.pages |= {f"/files/{name}": file.getvalue() for name in names}
    index.pages["/simple/uv/"] = links.encode()
    return f"uv=={version} --hash=sha256:{hashlib.sha256(file.getvalue()).hexdigest()}"


def test_uv_comes_from_the_index_that_is_set(install, index, offered, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    assert install.fetch_uv(offered) == b"the program"


def test_uv_comes_from_an_extra_index(install, index, offered, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"http://127.0.0.1:9/more {index.url}")
    assert install.fetch_uv(offered) == b"the program"


def test_another_wheel_than_the_pinned_one_is_refused(install, index, offered, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(SystemExit, match="checksum"):
        install.fetch_uv(offered.replace("sha256:", "sha256:0"))


def test_a_computer_without_a_wheel_is_told(install, index, offered, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    with pytest.raises(SystemExit, match="no index has uv .* pdp11"):
        install.fetch_uv(offered)


def test_an_unreachable_index_is_explained(install, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(SystemExit, match="(?s)Could not fetch uv.*PIP_INDEX_URL"):
        install.fetch_uv("uv==0.1.2")


def test_the_real_pin_names_a_version(install):
    pins = (install.ROOT / install.INSTALLER).read_text()
    assert re.search(r"^uv==[0-9.]+ ", pins)


def test_settings_are_read_as_pip_reads_them(install, monkeypatch, tmp_path):
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://mirror.example/simple\nproxy = http://one\n"
        "[install]\nproxy = http://two\n"
    )
    assert install.pip_setting("index-url") == "https://mirror.example/simple"
    assert install.pip_setting("proxy") == "http://two"
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer.example/simple")
    assert install.pip_setting("index-url") == "https://nearer.example/simple"
    assert install.pip_setting("no-such-thing") == ""


@pytest.fixture
def environment_of_tests(install, monkeypatch, tmp_path):
    """An environment that has uv, and nothing that was installed by name."""
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", settings.BASE_DIR / ".venv/bin/python")
    install.stamp(install.INSTALLER).write_text(install.digest(install.INSTALLER))
    return tmp_path


def test_what_is_there_is_not_asked_for(install, environment_of_tests, index, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    install.stamp("requirements.txt").write_text(install.digest("requirements.txt"))
    install.install("requirements.txt")
    assert index.asked == []


def test_uv_asks_every_place_that_pip_would(
    install, environment_of_tests, index, monkeypatch, tmp_path, capfd
):
    name = tmp_path / "nobody.txt"
    name.write_text(f"nobody-has-this==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index.url.replace("simple", "extra"))
    # pip goes on where a folder is missing.
    links = index.url.replace("simple", "links")
    monkeypatch.setenv("PIP_FIND_LINKS", f"/nowhere/at/all {links}")
    index.pages["/links"] = b"<a href='a-1.0.whl'>a</a>"
    with pytest.raises(SystemExit, match="nobody.txt failed"):
        install.install(str(name))
    for folder in ("simple/nobody-has-this", "extra/nobody-has-this", "links"):
        assert any(path.strip("/") == folder for path in index.asked), index.asked
    assert "nobody-has-this" in capfd.readouterr().err
