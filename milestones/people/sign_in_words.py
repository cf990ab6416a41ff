"""How is it said with what, and by which ways, somebody came in?"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# In this order: browsers name others too.
BROWSERS = {
    "MicroMessenger": "微信",
    "DingTalk": "钉钉",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def device(agent: str) -> str:
    """“Chrome · Windows”."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or _("unknown browser")


def methods(code: str) -> str:
    """`password+code` in words."""
    known = {
        "password": pgettext("sign-in method", "password"),
        "code": pgettext("sign-in method", "one-time code"),
        "recovery_code": pgettext("sign-in method", "recovery code"),
        "passkey": pgettext("sign-in method", "passkey"),
        "single_sign_on": pgettext("sign-in method", "single sign-on"),
        "link": pgettext("sign-in method", "link in a mail"),
        "office": pgettext("sign-in method", "the office"),
    }
    return " + ".join(known.get(part, part) for part in code.split("+") if part)
