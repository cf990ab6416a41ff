"""What does the environment say, and is it something we can work with?"""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Collection, Mapping
from email.utils import parseaddr
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from milestones import rates
from milestones.rates import Rate

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class WrongSetting(ImproperlyConfigured):
    """One environment variable with a value nobody could work with: names it, its rule, and what to do."""

    def __init__(self, name: str, rule: str, advice: str) -> None:
        super().__init__(f"{name}: {rule} {advice}")


class Environment:
    """Typed readers over a mapping of variables. A variable set to nothing counts as not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def given(self, name: str) -> bool:
        return bool(self._variables.get(name, "").strip())

    def text(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if value and value not in TRUE | FALSE:
            raise WrongSetting(name, f"is {value!r}, which is neither yes nor no.", "Set it to 1 or 0.")
        return value in TRUE if value else default

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
            raise WrongSetting(
                name,
                f"is {value!r}, which is no whole number from {least} to {most}.",
                f"The usual value is {default}.",
            )
        return int(value)

    def choice(self, name: str, options: Collection[str], default: str) -> str:
        value = self.text(name, default)
        if value not in options:
            raise WrongSetting(
                name, f"is {value!r}, which is not known.", f"Choose one of: {', '.join(sorted(options))}."
            )
        return value

    def words(self, name: str) -> list[str]:
        return [word for part in self.text(name).split(",") if (word := part.strip())]

    def address(self, name: str, default: str = "") -> str:
        """An e-mail address, with or without a display name; empty when not set and without a default."""
        value = self.text(name, default)
        if value and not ADDRESS.fullmatch(parseaddr(value)[1]):
            raise WrongSetting(
                name,
                f"is {value!r}, which is no e-mail address.",
                "Write it as office@example.org or Office <office@example.org>.",
            )
        return value

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise WrongSetting(
                name, f"is {value!r}, which is no time zone.", "Use a name of the IANA list, such as Asia/Shanghai."
            ) from None
        return value

    def rate(self, name: str, default: str) -> Rate:
        value = self.text(name, default)
        try:
            return rates.parse(value)
        except ValueError:
            advice = f"Write it as {default}; the units are {', '.join(rates.SECONDS)}."
            raise WrongSetting(name, f"is {value!r}, which is no rate.", advice) from None

    def networks(self, name: str) -> tuple[Network, ...]:
        """Comma-separated networks as CIDR; empty when not set."""
        found = []
        for word in self.words(name):
            try:
                found.append(ipaddress.ip_network(word))
            except ValueError as error:  # its words say what is wrong: host bits, the length of the prefix
                advice = "Write networks as 10.20.0.0/16, fd00:1::/32, with commas between them."
                raise WrongSetting(name, f"has {word!r}, which is no network ({error}).", advice) from None
        return tuple(found)

    def url(self, name: str, schemes: Collection[str], default: str = "") -> SplitResult | None:
        """The address split into its parts; None when not set and without a default."""
        value = self.text(name, default)
        if not value:
            return None
        advice = f"It begins with one of: {', '.join(f'{scheme}:' for scheme in schemes)}."
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - the port is only looked at, and refused, when it is asked for
        except ValueError as error:
            # The value itself may hold a password: it is never shown.
            raise WrongSetting(name, f"is no address ({error}).", advice) from None
        if parts.scheme not in schemes:
            raise WrongSetting(name, f"has the scheme {parts.scheme!r}, which is not known.", advice)
        return parts
