"""Which addresses a webhook may have: asked when it is given, and again when it is posted to.

Slack's hosts by name, others anywhere public: https, the usual port, a name or a plain address.
What a name stands for is looked up when it is posted to, refused unless every answer is a public
address, and that very address is what is connected to: a name that changes its answer in between
gains nothing. ``loopback`` (LEADBOARD_LOOPBACK_WEBHOOKS) also allows this machine, without TLS.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

SLACK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
SLACK_PATH = re.compile(r"^/(services|workflows|triggers)/[A-Za-z0-9/_-]+$")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Numbers, hexadecimal and octal too, with which some resolvers write an address.
_NUMERIC = re.compile(r"^(0[xX][0-9a-fA-F]*|\d+)(\.(0[xX][0-9a-fA-F]*|\d+))*\.?$")
_NAME = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61})$")

# Beyond what ipaddress calls global: ranges that lead to another address, or to nobody's.
_NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]


class ForbiddenUrl(Exception):  # noqa: N818 - a refusal, not a failure
    """An address that a webhook may not have. The message may be shown: it quotes nothing."""


@dataclass(frozen=True)
class Webhook:
    """An allowed address, taken apart."""

    secure: bool
    host: str
    port: int
    target: str
    """Path and query."""

    @property
    def authority(self) -> str:
        """The header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def parse(channel: str, url: str, *, loopback: bool = False) -> Webhook:
    """What to connect to. Raises ForbiddenUrl."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise ForbiddenUrl("The address has characters that no address has.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise ForbiddenUrl("This is no address of a webhook.") from error
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ForbiddenUrl("The address may not have a user, password or fragment.")
    here = loopback and _is_here(host)
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise ForbiddenUrl("Only https is allowed.")
    secure = parts.scheme == "https"
    usual = 443 if secure else 80
    if not here:
        if port not in (None, usual):
            raise ForbiddenUrl("Only the usual port is allowed.")
        _check_host(channel, host, parts.path)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Webhook(secure, host, port or usual, target)


def is_public(address: Address) -> bool:
    """Whether an address is anybody's on the internet: not private, not this machine, not a cloud's
    metadata, and not another address in disguise."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _NEVER if network.version == address.version)


def check_addresses(addresses: list[str], *, loopback: bool = False) -> str:
    """The address to connect to, of those a name stands for. Raises ForbiddenUrl unless all of them
    are allowed: a name that is both public and private is one that plays games."""
    found = [ipaddress.ip_address(each.partition("%")[0]) for each in addresses]
    if not found:
        raise ForbiddenUrl("The name of the host stands for no address.")
    for address in found:
        if not (is_public(address) or (loopback and address.is_loopback)):
            raise ForbiddenUrl("The host is not on the public internet.")
    return str(found[0])


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_host(channel: str, host: str, path: str) -> None:
    if channel == "slack":
        if host not in SLACK_HOSTS or SLACK_PATH.match(path) is None:
            raise ForbiddenUrl("Slack's webhooks begin with https://hooks.slack.com/services/.")
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _NUMERIC.match(host) or not _NAME.match(host):
            raise ForbiddenUrl("The host is no name of the public internet.") from None
        return
    if not is_public(address):
        raise ForbiddenUrl("The host is not on the public internet.")
