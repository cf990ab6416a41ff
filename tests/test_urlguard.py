"""Which addresses may be called, and how is nobody behind our walls reached through one?"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones import urlguard
from milestones.urlguard import Refused, Why

PUBLIC = "93.184.216.34"
INSIDE = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00:1::/32"))


def leads_to(*addresses: str) -> urlguard.Resolve:
    return lambda host, port: addresses


def itself(host: str, port: int) -> Sequence[str]:
    return [host]


REFUSED: list[tuple[str, Why]] = [
    ("", Why.UNREADABLE),
    ("https://" + "a" * 500, Why.UNREADABLE),
    ("https://chat.example.org/a b", Why.UNREADABLE),
    ("https://chat.example.org/\r\nX-Evil: 1", Why.UNREADABLE),
    ("https://chat.example.org\t/", Why.UNREADABLE),
    ("https:\\\\chat.example.org/", Why.UNREADABLE),
    ("https://chat.example.org/群", Why.UNREADABLE),
    ("https://[::1/", Why.UNREADABLE),
    ("https://chat.example.org:port/", Why.UNREADABLE),
    ("https://chat.example.org:70000/", Why.UNREADABLE),
    ("chat.example.org/hook", Why.SCHEME),
    ("ftp://chat.example.org/", Why.SCHEME),
    ("file:note.txt", Why.SCHEME),
    ("gopher://127.0.0.1:6379/_SET", Why.SCHEME),
    ("javascript:alert(1)", Why.SCHEME),
    ("https://user:secret@chat.example.org/", Why.USERINFO),
    ("https://chat.example.org@127.0.0.1/", Why.USERINFO),
    ("https:///hook", Why.HOST),
    ("https://chat..example.org/", Why.HOST),
    ("https://-chat.example.org/", Why.HOST),
    ("https://chat.%65xample.org/", Why.HOST),
    ("https://[fe80::1%25eth0]/", Why.HOST),
    ("https://2130706433/", Why.HOST),
    ("https://0x7f000001/", Why.HOST),
    ("https://0x7f.0.0.1/", Why.HOST),
    ("https://0177.0.0.1/", Why.HOST),
    ("https://127.1/", Why.HOST),
    ("https://017700000001/", Why.HOST),
    ("https://1.2.3.4.5/", Why.HOST),
    ("https://chat.example.0x1/", Why.HOST),
    ("https://chat.example.org:22/", Why.PORT),
    ("https://chat.example.org:25/", Why.PORT),
    ("https://chat.example.org:0/", Why.PORT),
    ("https://chat.example.org:6379/", Why.PORT),
    ("https://chat.example.org:5432/", Why.PORT),
]


@pytest.mark.parametrize(("url", "why"), REFUSED, ids=[url[:40] or "empty" for url, _why in REFUSED])
def test_a_malformed_address_is_refused_before_anybody_is_asked(url: str, why: Why) -> None:
    with pytest.raises(Refused) as refusal:
        urlguard.check(url, INSIDE, leads_to(PUBLIC))
    assert refusal.value.why is why
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://chat.example.org/hook/T0?key=s#x", "chat.example.org", 443, "/hook/T0?key=s", "chat.example.org"),
        ("HTTPS://Chat.Example.ORG.:443", "chat.example.org", 443, "/", "chat.example.org"),
        ("http://chat.example.org:8080/?a", "chat.example.org", 8080, "/?a", "chat.example.org:8080"),
        ("https://消息.example.org/", "xn--ybu940a.example.org", 443, "/", "xn--ybu940a.example.org"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
    ],
)
def test_a_good_address_is_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = urlguard.check(url, (), leads_to(PUBLIC))
    assert (target.host, target.port, target.path, target.authority) == (host, port, path, authority)


NOT_PUBLIC = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.8 192.88.99.1 3fff::1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255 168.63.129.16 :: ::1 fc00::1 fd00::1 fe80::1 fec0::1 ff02::1 2001:db8::1 ::ffff:127.0.0.1
::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2002:a00:1::
2001:0:4136:e378:8000:63bf:3fff:fdd2 100::1 nonsense
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_may_not_be_called(address: str) -> None:
    assert not urlguard.may_be_called(address)
    with pytest.raises(Refused) as refusal:
        urlguard.check("https://chat.example.org/", (), leads_to(address))
    assert (refusal.value.why, refusal.value.host) == (Why.NOT_PUBLIC, "chat.example.org")


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_what_is_public_may_be_called(address: str) -> None:
    assert urlguard.may_be_called(address)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://１２７.０.０.１/", "http://[::ffff:7f00:1]/", "http://127。0。0。1/"]
)
def test_an_address_in_numbers_is_looked_at_however_it_is_written(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        urlguard.check(url, (), itself)
    assert refusal.value.why is Why.NOT_PUBLIC


def test_one_bad_answer_of_the_name_server_spoils_the_good_ones() -> None:
    with pytest.raises(Refused):
        urlguard.check("https://chat.example.org/", (), leads_to(PUBLIC, "10.0.0.1"))


def test_a_name_that_leads_nowhere_is_told() -> None:
    with pytest.raises(Refused) as refusal:
        urlguard.check("https://chat.exmaple.org/", (), leads_to())
    assert refusal.value.why is Why.UNKNOWN_NAME


@pytest.mark.parametrize("address", ["127.0.0.1", "fd00:1::5", "::ffff:127.0.0.1"])
def test_allowed_networks_lift_the_rule(address: str) -> None:
    assert urlguard.check("http://chat.local:8080/", INSIDE, leads_to(address)).port == 8080


def test_other_networks_stay_closed() -> None:
    assert not urlguard.may_be_called("10.0.0.1", INSIDE)


@given(st.integers(0, 2**32 - 1))
def test_every_ipv4_address_is_judged_alike_in_its_ipv6_clothes(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    translated = ipaddress.IPv6Address(int(ipaddress.ip_address("64:ff9b::")) | number)
    judged = {urlguard.may_be_called(str(one)) for one in (plain, mapped, translated)}
    assert len(judged) == 1
    if plain.is_private or plain.is_multicast or plain.is_reserved:
        assert judged == {False}


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{0}", "{0:#x}", "{0:#o}", "0{0:o}"]))
def test_no_way_to_write_a_number_gets_past(number: int, form: str) -> None:
    with pytest.raises(Refused):
        urlguard.check(f"http://{form.format(number)}/", (), urlguard.look_up)


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused_and_nothing_else(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://chat.example.org/{text}"):
        try:
            target = urlguard.read(url)
        except Refused:
            continue
        assert target.host.isascii()
        assert target.path.isascii()
        assert not set(target.host) & set(" /?#@\\%")


def test_a_name_is_looked_up_once_and_that_address_is_called() -> None:
    """A name that leads elsewhere a moment later (DNS rebinding) gains nothing."""
    asked = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with socket.create_server(("127.0.0.1", 0)) as server:
        target = urlguard.read(f"http://chat.example.org:{server.getsockname()[1]}/")
        with urlguard.connect(target, INSIDE, time.monotonic() + 5, changing) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"
    assert asked == ["chat.example.org"]


def test_a_name_that_has_come_to_lead_inside_is_refused_at_the_call() -> None:
    target = urlguard.check("http://chat.example.org/", (), leads_to(PUBLIC))
    with pytest.raises(Refused):
        urlguard.connect(target, (), time.monotonic() + 5, leads_to("127.0.0.1"))


def test_the_next_address_is_called_when_one_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = urlguard.read(f"http://chat.example.org:{server.getsockname()[1]}/")
        answers = leads_to("127.9.9.9", "127.0.0.1")
        with urlguard.connect(target, INSIDE, time.monotonic() + 5, answers) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"
