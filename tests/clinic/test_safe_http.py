"""Whoever types an address cannot turn the server against its own network: real servers on loopback."""

import gzip
import logging
import time
import zlib

import pytest
from django.test import override_settings

from clinic import safe_http, typed_address
from clinic.safe_http import Limits, RefusedAddress, Unreachable, request
from tests.outside import certificate, serve

HERE = "127.0.0.1"
SECRET = "private-0d9f"
QUICK = Limits(seconds=2, body_bytes=100_000)


@pytest.fixture
def may_ask_here(settings):
    """One address of this computer; all its others stay refused."""
    settings.OUTGOING_EXCEPTIONS = [f"{HERE}/32"]


def says(name):
    return lambda host, port: [name]


# --- which addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "calendar.example.org/mine.ics",
        "http://calendar.example.org/",
        "ftp://calendar.example.org/",
        "file:///etc/passwd",
        "webcal://calendar.example.org/",
        "https://",
        "https:///x",
        "https://user@calendar.example.org/",
        "https://user:word@calendar.example.org/",
        "https://:@calendar.example.org/",
        "https://calendar.example.org:22/",
        "https://calendar.example.org:0/",
        "https://calendar.example.org:99999/",
        "https://calendar.example.org:x/",
        "https://calendar.example.org\\@127.0.0.1/",
        "https://calendar.example.org/\r\nHost: x",
        "https://calendar .example.org/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://a..b/",
        "https://%31%32%37.0.0.1/",
        "https://" + "a" * 70 + ".example.org/",
        "https://calendar.example.org/" + "a" * 2000,
        "https://calendar\N{FULLWIDTH SOLIDUS}.example.org/",
        "https://\ud800.example.org/",
    ],
)
def test_such_addresses_are_refused_unasked(url):
    def asked(host, port):
        raise AssertionError("it was looked up")

    with pytest.raises(RefusedAddress):
        request("GET", url, resolve=asked)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:0a00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "no address",
    ],
)
def test_an_inner_address_is_refused(ip):
    with pytest.raises(RefusedAddress):
        request("GET", "https://calendar.example.org/", resolve=says(ip))


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"])
def test_a_public_address_is_taken(ip):
    address = typed_address.parse("https://calendar.example.org/")

    assert typed_address.checked(address, [ip]) == [ip]


def test_one_inner_address_among_several_refuses():
    with pytest.raises(RefusedAddress):
        request("GET", "https://a.example.org/", resolve=lambda *_: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "\N{FULLWIDTH DIGIT ONE}27.0.0.1",
    ],
)
def test_other_spellings_of_loopback_are_refused(host):
    """Through the system's own lookup, which reads them all."""
    with pytest.raises((RefusedAddress, Unreachable)) as refused:
        request("GET", f"https://{host}/", limits=QUICK)

    assert refused.type is RefusedAddress or "no server of this name" in str(refused.value)


def test_a_port_of_the_setting_is_taken(settings):
    settings.OUTGOING_PORTS = [443, 8443]

    assert typed_address.parse("https://a.example.org:8443/").port == 8443
    with pytest.raises(RefusedAddress):
        typed_address.parse("https://a.example.org:8444/")


def test_production_knows_no_exceptions(may_ask_here):
    with serve(lambda asked: asked.say(b"inside")) as server, override_settings(PRODUCTION=True):
        with pytest.raises(RefusedAddress):
            request("GET", server.url())
        with pytest.raises(RefusedAddress):
            request("GET", "https://a.example.org/", resolve=says(HERE))

    assert server.asked == []


# --- the connection goes where the check was


def test_the_name_is_looked_up_once(may_ask_here):
    """Rebinding: the second answer would lead to a neighbour."""
    answers = [[HERE], ["127.0.0.2"]]
    with serve(lambda asked: asked.say(b"mine")) as server:
        url = server.url("/", host="rebinding.example.org")
        answer = request("GET", url, resolve=lambda host, port: answers.pop(0))

    assert answer.body == b"mine" and len(answers) == 1
    assert server.asked[0].headers["Host"] == f"rebinding.example.org:{server.server_port}"


def test_a_rebound_name_is_refused_at_redirect(may_ask_here):
    answers = [[HERE], ["127.0.0.2"]]
    with serve(lambda asked: asked.say(status=302, Location="/again")) as server:
        url = server.url("/", host="rebinding.example.org")
        with pytest.raises(RefusedAddress):
            request("GET", url, resolve=lambda host, port: answers.pop(0))

    assert len(server.asked) == 1


def test_the_certificate_is_the_names(may_ask_here, tmp_path, monkeypatch):
    context = certificate(tmp_path, "calendar.example.org")
    with serve(lambda asked: asked.say(b"mine"), context) as server:
        right, wrong = (
            server.url("/", host=f"{name}.example.org", scheme="https")
            for name in ("calendar", "other")
        )
        with pytest.raises(Unreachable, match="certificate"):
            request("GET", right, resolve=says(HERE))  # nobody trusts it yet
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with pytest.raises(Unreachable, match="certificate"):
            request("GET", wrong, resolve=says(HERE))
        assert server.asked == []
        assert request("GET", right, resolve=says(HERE)).body == b"mine"


def test_a_proxy_of_the_environment_is_ignored(may_ask_here, monkeypatch):
    with serve(lambda asked: asked.say(b"proxy")) as proxy, serve(lambda asked: asked.say()) as own:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        request("GET", own.url())

    assert len(own.asked) == 1 and proxy.asked == []


def test_the_second_place_is_tried(may_ask_here, settings):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.0/8"]
    with serve(lambda asked: asked.say(b"here")) as server:
        url = server.url("/", host="two.example.org")
        assert request("GET", url, resolve=lambda *_: ["127.0.0.9", HERE]).body == b"here"


# --- redirects


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "https://2130706434/",
        "//169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://user@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ],
)
def test_a_redirect_inside_is_refused(may_ask_here, to):
    moved = serve(lambda asked: asked.say(status=302, Location=to))
    with moved as server, pytest.raises(RefusedAddress):
        request("GET", server.url(), limits=QUICK)

    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(may_ask_here, status):
    def answer(asked):
        if asked.path == "/":
            asked.say(status=status, Location="other?b=\N{LATIN SMALL LETTER E WITH ACUTE}")
        else:
            asked.say(asked.path.encode())

    with serve(answer) as server:
        assert request("GET", server.url()).body.startswith(b"/other?b=%")


def test_redirects_end(may_ask_here):
    moved = serve(lambda asked: asked.say(status=302, Location="/"))
    with moved as server, pytest.raises(Unreachable, match="without end"):
        request("GET", server.url(), limits=Limits(redirects=3))

    assert len(server.asked) == 4


def test_what_is_posted_follows_no_redirect(may_ask_here):
    with serve(lambda asked: asked.say(status=307, Location="/other")) as server:
        answer = request("POST", server.url(), body=b"signed")

    assert answer.status == 307 and [asked.body for asked in server.asked] == [b"signed"]


def test_another_host_sees_no_secret_headers(may_ask_here):
    other = serve(lambda asked: asked.say())
    moved = serve(lambda asked: asked.say(status=302, Location=second.url()))
    with other as second, moved as first:
        headers = {"Authorization": "Bearer x", "If-None-Match": '"1"'}
        request("GET", first.url(), headers=headers)

    assert first.asked[0].headers["Authorization"] == "Bearer x"
    assert second.asked[0].headers["Authorization"] is None
    assert second.asked[0].headers["If-None-Match"] == '"1"'


# --- limits


def bomb(asked):
    packed = gzip.compress(b"\0" * 50_000_000)
    asked.say(packed, Content_Encoding="gzip")


def announced(asked):
    asked.send_response(200)
    asked.send_header("Content-Length", str(10**12))
    asked.end_headers()


def endless(asked):
    asked.send_response(200)
    asked.end_headers()
    while True:
        asked.wfile.write(b"x" * 10_000)


def chunks_without_end(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        asked.wfile.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")


def long_headers(asked):
    asked.say(**{f"X_{number}": "x" * 1000 for number in range(60)})


@pytest.mark.parametrize("answer", [bomb, announced, endless, chunks_without_end, long_headers])
def test_a_large_answer_is_refused(may_ask_here, answer):
    with serve(answer) as server, pytest.raises(Unreachable, match="too large"):
        request("GET", server.url(), limits=Limits(seconds=20, body_bytes=100_000))


def drip(asked, line):
    for byte in line * 10_000:
        asked.wfile.write(bytes([byte]))
        time.sleep(0.02)


def slow_headers(asked):
    drip(asked, b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000)


def slow_body(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    drip(asked, b"x")


def slow_body_of_a_length(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    drip(asked, b"x")


def only_continue(asked):
    drip(asked, b"HTTP/1.1 100 Continue\r\n\r\n")


def silence(asked):
    time.sleep(3)


SLOW = [slow_headers, slow_body, slow_body_of_a_length, only_continue, silence]


@pytest.mark.parametrize("answer", SLOW)
def test_a_slow_answer_is_cut_off(may_ask_here, answer):
    with serve(answer) as server, pytest.raises(Unreachable, match="too slow"):
        request("GET", server.url(), limits=Limits(seconds=0.5))


def test_a_slow_answer_over_tls_is_cut_off(may_ask_here, tmp_path, monkeypatch):
    context = certificate(tmp_path, HERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serve(slow_body, context) as server, pytest.raises(Unreachable, match="too slow"):
        request("GET", server.url(scheme="https"), limits=Limits(seconds=0.5))


def test_a_slow_lookup_is_cut_off():
    with pytest.raises(Unreachable, match="too slow"):
        request(
            "GET",
            "https://a.example.org/",
            limits=Limits(seconds=0.2),
            resolve=lambda *_: time.sleep(3),
        )


# --- answers


def short(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")


def half_a_chunk(asked):
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort")


def half_packed(asked):
    asked.say(gzip.compress(b"words" * 1000)[:-9], Content_Encoding="gzip")


def badly_packed(asked):
    asked.say(b"words", Content_Encoding="gzip")


def packed_unasked(asked):
    asked.say(b"words", Content_Encoding="br")


def packed_twice(asked):
    asked.say(gzip.compress(gzip.compress(b"words")), Content_Encoding="gzip, gzip")


def no_http(asked):
    asked.wfile.write(b"220 mail.example.org ESMTP\r\n")


def nothing(asked):
    asked.close_connection = True


BROKEN = [short, half_a_chunk, half_packed, badly_packed, packed_unasked, packed_twice, no_http]


@pytest.mark.parametrize("answer", [*BROKEN, nothing])
def test_a_broken_answer_is_no_answer(may_ask_here, answer):
    with serve(answer) as server, pytest.raises(Unreachable, match="cannot be read"):
        request("GET", server.url(), limits=QUICK)


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: asked.say(b"words" * 9000),
        lambda asked: asked.say(gzip.compress(b"words" * 9000), Content_Encoding="gzip"),
        lambda asked: asked.say(zlib.compress(b"words" * 9000), Content_Encoding="deflate"),
    ],
)
def test_a_good_answer_is_whole(may_ask_here, answer):
    with serve(answer) as server:
        assert request("GET", server.url(), limits=QUICK).body == b"words" * 9000


def test_status_and_headers_are_told(may_ask_here):
    with serve(lambda asked: asked.say(status=304, ETag='"1"')) as server:
        answer = request("GET", server.url("/a?b=c"), headers={"If-None-Match": '"1"'})

    assert (answer.status, answer.headers["etag"], answer.body) == (304, '"1"', b"")
    assert server.asked[0].path == "/a?b=c"
    assert server.asked[0].headers["If-None-Match"] == '"1"'


def test_nobody_there_is_told(may_ask_here):
    with serve(lambda asked: None) as server:
        url = server.url()

    with pytest.raises(Unreachable, match="does not answer"):
        request("GET", url)


def test_an_unknown_name_is_told():
    def unknown(host, port):
        raise OSError

    with pytest.raises(Unreachable, match="no server of this name"):
        request("GET", "https://a.example.org/", resolve=unknown)


@pytest.mark.parametrize("answer", [*BROKEN, announced, slow_body])
def test_no_error_or_log_has_the_address(may_ask_here, answer, caplog):
    caplog.set_level(logging.DEBUG)
    with serve(answer) as server, pytest.raises(Unreachable) as error:
        request("GET", server.url(f"/{SECRET}?{SECRET}"), limits=Limits(0.5, body_bytes=1000))

    assert SECRET not in str(error.getrepr(style="short")) and SECRET not in caplog.text
    assert HERE not in str(error.value)
    assert SECRET not in repr(typed_address.parse(f"https://a.example.org/{SECRET}"))
    assert safe_http.Answer(200, {"location": SECRET}, SECRET.encode()).__repr__() == (
        "Answer(status=200)"
    )
