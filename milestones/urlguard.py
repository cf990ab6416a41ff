"""May this installation call that address, and how is nobody behind our walls reached through it?

Whoever may name an address could otherwise make us call what only we can reach: this machine, the intranet, a cloud's
metadata service. It is asked twice: when the address is saved, and when it is called, because a name can lead elsewhere
by then. The call goes to the very address that was looked at, under the name that was given: no second look-up between.

Standards: RFC 3986 (addresses), RFC 6890 (special networks), the WHATWG URL Standard (what browsers take for a number).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
Resolve = Callable[[str, int], Sequence[str]]

LONGEST = 500
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024
# Services above that port which would take what we post for a command, or which nobody calls over HTTP from outside.
OTHER_SERVICES = frozenset({2049, 2375, 3306, 5060, 5061, 5432, 6000, 6379, 6667, 9100, 11211, 27017})
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
COMPATIBLE = ip_network("::/96")  # RFC 4291, 2.5.5.1: the same, long given up
# Special all the same: not all of RFC 6890's list is known to every Python, and the last is a cloud's own service.
SPECIAL = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "168.63.129.16/32")
)
NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
LOOKS_LIKE_A_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?")


class Why(StrEnum):
    """What is wrong with an address; the caller has the words."""

    UNREADABLE = "unreadable"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    HOST = "host"
    PORT = "port"
    UNKNOWN_NAME = "unknown_name"
    NOT_PUBLIC = "not_public"


class Refused(Exception):
    """`host` may be shown; the rest of the address never is: it may hold a secret."""

    def __init__(self, why: Why, host: str = "") -> None:
        super().__init__(f"{why}: {host}" if host else str(why))
        self.why = why
        self.host = host


@dataclass(frozen=True, slots=True)
class Target:
    """A well-formed address. `host` is a name in ASCII, or an address without brackets; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """For the Host header and for people: without the port where it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read(url: str) -> Target:
    """The parts of a well-formed address; asks no name server. Raises Refused."""
    if not url or len(url) > LONGEST or not url.isprintable() or " " in url or "\\" in url:
        raise Refused(Why.UNREADABLE)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(Why.UNREADABLE) from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise Refused(Why.SCHEME)
    if "@" in parts.netloc:
        raise Refused(Why.USERINFO)
    host = _host(parts)
    port = PORTS[scheme] if port is None else port
    if port not in PORTS.values() and (port < FIRST_FREE_PORT or port in OTHER_SERVICES):
        raise Refused(Why.PORT, host)
    return Target(scheme, host, port, _path(parts))


def check(url: str, allowed: Networks = (), resolve: Resolve | None = None) -> Target:
    """As `read`, and everything that the host leads to may be called now. Raises Refused."""
    target = read(url)
    addresses(target, allowed, resolve)
    return target


def addresses(target: Target, allowed: Networks = (), resolve: Resolve | None = None) -> list[str]:
    """All that the host leads to, in the name server's order. One that may not be called spoils the others."""
    found = list(dict.fromkeys((resolve or look_up)(target.host, target.port)))
    if not found:
        raise Refused(Why.UNKNOWN_NAME, target.host)
    if not all(may_be_called(address, allowed) for address in found):
        raise Refused(Why.NOT_PUBLIC, target.host)
    return found


def connect(target: Target, allowed: Networks, ends: float, resolve: Resolve | None = None) -> socket.socket:
    """A connection to the first address of the host that answers, until `ends` of `time.monotonic()`.

    Looked up once, checked, and called by number. Raises Refused, or OSError when nobody answers.
    """
    failure = OSError("nobody answers")
    for address in addresses(target, allowed, resolve):
        try:
            return socket.create_connection((address, target.port), timeout=max(0.05, ends - time.monotonic()))
        except OSError as error:
            failure = error
    raise failure


def may_be_called(text: str, allowed: Networks = ()) -> bool:
    """Whether a resolved address is public, or lies in one of the `allowed` networks."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    meant = _meant(address)
    if any(one in network for one in (address, meant) for network in allowed if one.version == network.version):
        return True
    return _is_public(meant)


def look_up(host: str, port: int) -> list[str]:
    """What the system's resolver says; empty when it knows no such name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(place[0]) for _family, _type, _protocol, _name, place in found]


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: ::ffff:127.0.0.1 is this machine."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and (address in NAT64 or (address in COMPATIBLE and int(address) > 1)):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


def _is_public(address: Address) -> bool:
    """`is_global` leaves out private, loopback, link-local, shared (CGNAT) and documentation networks."""
    if isinstance(address, IPv6Address) and (address.is_site_local or address.teredo is not None):
        return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback:
        return False
    return address.is_global and not address.is_link_local and not any(address in network for network in SPECIAL)


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return _literal(host)
    if not host.isascii():
        try:
            host = host.encode("idna").decode().lower()  # with it full-width digits become digits
        except UnicodeError:
            raise Refused(Why.HOST) from None
    host = host.removesuffix(".")
    if LOOKS_LIKE_A_NUMBER.fullmatch(host.rpartition(".")[2]):
        return _literal(host)
    if not NAME.fullmatch(host):
        raise Refused(Why.HOST)
    return host


def _literal(host: str) -> str:
    """Four plain numbers, or an IPv6 address without a zone: 2130706433, 0x7f.1 and 0177.0.0.1 mean different things to
    different programs, so they mean nothing here."""
    try:
        address = ip_address(host)
    except ValueError:
        raise Refused(Why.HOST) from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise Refused(Why.HOST)
    return str(address)


def _path(parts: SplitResult) -> str:
    """What stands in the first line of the request: ASCII, without the fragment."""
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    if not whole.isascii():
        raise Refused(Why.UNREADABLE)
    return whole
