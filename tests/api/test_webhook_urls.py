"""Which addresses a webhook may have, and the tricks that do not help."""

import ipaddress

import pytest

from api.webhook_urls import ForbiddenUrl, check_addresses, is_public, parse

SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghij"


def test_allowed() -> None:
    slack = parse("slack", SLACK)
    assert (slack.secure, slack.host, slack.port) == (True, "hooks.slack.com", 443)
    assert slack.target == "/services/T000/B000/abcdefghij"
    other = parse("webhook", "https://Reports.Example.com:443/in?x=1")
    assert (other.host, other.authority, other.target) == (
        "reports.example.com",
        "reports.example.com",
        "/in?x=1",
    )
    assert parse("webhook", "https://93.184.216.34").target == "/"
    assert parse("webhook", "https://[2606:4700::1111]/x").authority == "[2606:4700::1111]"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com.evil.test/services/T/B/x",
        "https://evil.test/services/T/B/x",
        "https://hooks.slack.com@evil.test/services/T/B/x",
        "https://hooks.slack.com:8443/services/T/B/x",
        "https://hooks.slack.com/",
        "https://hooks.slack.com/services/../../x?y",
        "https://slack.com/services/T/B/x",
    ],
)
def test_slack_is_slack(url: str) -> None:
    with pytest.raises(ForbiddenUrl):
        parse("slack", url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://localhost/x",
        "https://intranet/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0177.0.0.1/x",
        "https://0x7f.1/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::ffff:7f00:1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[64:ff9b:1::a00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://[fe80::1%25eth0]/x",
        "https://[fd00::1]/x",
        "https://example.com:22/x",
        "https://example.com:99999/x",
        "https://user:pass@example.com/x",
        "https://example.com/x#y",
        "https://example.com\\@127.0.0.1/x",
        "https://exa mple.com/x",
        "https://example.com/\r\nHost: x",
        "https://１２７.0.0.1/x",  # noqa: RUF001 - full-width digits
        "https://example.com./x",
        "http://example.com/x",
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_forbidden(url: str, loopback: bool) -> None:
    if loopback and url in ("https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x"):
        assert parse("webhook", url, loopback=True)
        return
    with pytest.raises(ForbiddenUrl):
        parse("webhook", url, loopback=loopback)


def test_the_development_switch_opens_this_machine_and_nothing_else() -> None:
    assert parse("slack", "http://127.0.0.1:9000/x", loopback=True).port == 9000
    assert not parse("webhook", "http://localhost/x", loopback=True).secure
    with pytest.raises(ForbiddenUrl):
        parse("webhook", "http://10.0.0.1/x", loopback=True)
    assert check_addresses(["127.0.0.1"], loopback=True) == "127.0.0.1"
    with pytest.raises(ForbiddenUrl):
        check_addresses(["10.0.0.1"], loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254",
        "172.16.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
        "2001::1", "2001:db8::1", "2002:808:808::1", "fc00::1", "fe80::1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_nobodys_or_anothers(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(ForbiddenUrl):
        check_addresses([address])
    with pytest.raises(ForbiddenUrl):
        check_addresses(["8.8.8.8", address])


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert check_addresses([address, "1.1.1.1"]) == address
