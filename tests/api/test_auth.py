"""Tokens: who is let in, and every known way of forging one."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, RSAAlgorithm

from api.auth import CACHED_TOKENS, KeyRing, KeyRingError, TokenChecker, TokenIssuer
from api.problems import Problem
from tests.api.conftest import SECRET, Reader

USER = UUID(int=7)
OTHER_SECRET = "some other secret, long enough too"

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_PEM = RSA_KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def jwks(path: Path, *, private: bool = False) -> Path:
    """A file with a key of each algorithm; the public halves only, unless asked."""
    rsa_key = RSAAlgorithm.to_jwk(RSA_KEY if private else RSA_KEY.public_key())
    ec_key = ECAlgorithm.to_jwk(EC_KEY if private else EC_KEY.public_key())
    shared = base64.urlsafe_b64encode(SECRET.encode()).rstrip(b"=").decode()
    keys = [
        json.loads(rsa_key) | {"kid": "rsa", "alg": "RS256", "use": "sig"},
        json.loads(ec_key) | {"kid": "ec", "alg": "ES256"},
        {"kid": "shared", "kty": "oct", "alg": "HS256", "k": shared},
    ]
    path.write_text(json.dumps({"keys": keys}))
    return path


def issuer(source: str, max_lifetime: int = 86400) -> TokenIssuer:
    return TokenIssuer(KeyRing.load(source), "leadboard", "leadboard", max_lifetime)


@pytest.fixture
def ring(tmp_path: Path) -> TokenIssuer:
    return issuer(str(jwks(tmp_path / "jwks.json")))


def claims(**changes: object) -> dict[str, object]:
    """Claims that pass, with changes; None leaves a claim out."""
    now = int(time.time())
    all_claims: dict[str, object] = {
        "iss": "leadboard",
        "aud": "leadboard",
        "sub": str(USER),
        "iat": now,
        "exp": now + 600,
    } | changes
    return {name: value for name, value in all_claims.items() if value is not None}


def signed(
    payload: dict[str, object],
    key: object = SECRET,
    algorithm: str = "HS256",
    kid: str | None = "shared",
) -> str:
    headers = None if kid is None else {"kid": kid}
    return jwt.encode(payload, key, algorithm, headers)  # pyright: ignore[reportArgumentType]


def unsigned(payload: dict[str, object], header: dict[str, object]) -> str:
    parts = [json.dumps(part).encode() for part in (header, payload)]
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."


def hmac_with_public_key() -> str:
    """Algorithm confusion: the public key, which everyone knows, used as a shared secret."""
    algorithm = HMACAlgorithm(HMACAlgorithm.SHA256)
    head, body, _ = unsigned(claims(), {"alg": "HS256", "typ": "JWT", "kid": "rsa"}).split(".")
    signature = algorithm.sign(f"{head}.{body}".encode(), RSA_PEM)
    return f"{head}.{body}." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


FORGED: dict[str, Callable[[], str]] = {
    "expired": lambda: signed(claims(exp=int(time.time()) - 31)),
    "not yet valid": lambda: signed(claims(nbf=int(time.time()) + 60)),
    "issued in the future": lambda: signed(claims(iat=int(time.time()) + 60)),
    "another issuer": lambda: signed(claims(iss="somebody")),
    "another audience": lambda: signed(claims(aud="somebody")),
    "no expiry": lambda: signed(claims(exp=None)),
    "no issuer": lambda: signed(claims(iss=None)),
    "no audience": lambda: signed(claims(aud=None)),
    "no subject": lambda: signed(claims(sub=None)),
    "a subject that is no user id": lambda: signed(claims(sub="admin")),
    "an expiry that is no number": lambda: signed(claims(exp="tomorrow")),
    "an endless expiry": lambda: signed(claims(exp=1e300)),
    "valid for too long": lambda: signed(claims(exp=int(time.time()) + 86400 + 60)),
    "valid for too long, from the past": lambda: signed(claims(iat=int(time.time()) - 86400)),
    "valid for too long, without iat": lambda: signed(
        claims(iat=None, exp=int(time.time()) + 86400 + 60)
    ),
    "another key": lambda: signed(claims(), OTHER_SECRET),
    "an unknown kid": lambda: signed(claims(), kid="stranger"),
    "no kid": lambda: signed(claims(), kid=None),
    "kid of another algorithm": lambda: signed(claims(), kid="rsa"),
    "a sibling of the algorithm": lambda: signed(claims(), SECRET * 2, algorithm="HS512"),
    "algorithm none": lambda: unsigned(claims(), {"alg": "none", "kid": "shared"}),
    "algorithm None": lambda: unsigned(claims(), {"alg": "None", "kid": "shared"}),
    "no algorithm": lambda: unsigned(claims(), {"kid": "shared"}),
    "kid that is no text": lambda: unsigned(claims(), {"alg": "HS256", "kid": 1}),
    "a public key as a secret": hmac_with_public_key,
    "a key of one's own in the header": lambda: unsigned(
        claims(), {"alg": "HS256", "jwk": {"kty": "oct", "k": "QQ"}}
    ),
    "a changed payload": lambda: _changed(signed(claims())),
    "rubbish": lambda: "a.b.c",
    "one part": lambda: "token",
    "not base64": lambda: "é.é.é",
}


def _changed(token: str) -> str:
    head, _, signature = token.split(".")
    payload = json.dumps(claims(sub=str(UUID(int=8)))).encode()
    return f"{head}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_token_is_refused_and_the_challenge_says_so(
    ring: TokenIssuer, forgery: str
) -> None:
    with pytest.raises(Problem) as refusal:
        TokenChecker(ring).check(f"Bearer {FORGED[forgery]()}")

    assert refusal.value.status == 401
    assert 'error="invalid_token"' in refusal.value.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(SECRET, "HS256", "shared"), (RSA_KEY, "RS256", "rsa"), (EC_KEY, "ES256", "ec")],
)
def test_each_algorithm_passes_with_the_key_that_was_made_for_it(
    ring: TokenIssuer, key: object, algorithm: str, kid: str
) -> None:
    token = signed(claims(), key, algorithm, kid)

    assert TokenChecker(ring).check(f"bearer {token}").user_id == USER


@pytest.mark.parametrize(
    "good",
    [
        # Made when the test runs, which may be minutes after it was collected.
        lambda: claims(exp=int(time.time()) - 1),
        lambda: claims(nbf=int(time.time()) + 20),
        lambda: claims(aud=["other", "leadboard"]),
        lambda: claims(iat=None),
    ],
    ids=["half a minute of skew", "skew at the beginning", "one of several", "without iat"],
)
def test_what_the_rules_allow_passes(
    ring: TokenIssuer, good: Callable[[], dict[str, object]]
) -> None:
    assert ring.verify(signed(good())).user_id == USER


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "token"])
def test_without_a_bearer_token_the_challenge_names_the_scheme_only(
    ring: TokenIssuer, header: str | None
) -> None:
    with pytest.raises(Problem) as refusal:
        TokenChecker(ring).check(header)

    assert refusal.value.headers["WWW-Authenticate"] == 'Bearer realm="leadboard"'


def test_a_remembered_token_is_forgotten_when_it_expires(
    ring: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = TokenChecker(ring)
    header = f"Bearer {signed(claims())}"
    now = time.time()
    assert checker.check(header) is checker.check(header)

    monkeypatch.setattr("api.auth.time.time", lambda: now + 600 + 31)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    with pytest.raises(Problem, match="expired"):
        checker.check(header)


class _Later:
    """The clock of the token library, eleven minutes ahead."""

    @staticmethod
    def now(tz: object) -> "_Later":  # noqa: ARG004
        return _Later()

    def timestamp(self) -> float:
        return time.time()


def test_no_more_tokens_are_remembered_than_the_limit(ring: TokenIssuer) -> None:
    checker = TokenChecker(ring)
    for number in range(CACHED_TOKENS + 5):
        checker.check(f"Bearer {signed(claims(jti=str(number)))}")

    assert len(checker._passed) == CACHED_TOKENS  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("kid", ["rsa", "ec", "shared"])
def test_a_minted_token_is_let_in(tmp_path: Path, kid: str) -> None:
    both = issuer(str(jwks(tmp_path / "private.json", private=True)))
    public = issuer(str(jwks(tmp_path / "public.json")))

    assert public.verify(both.mint(USER, 60, kid)).user_id == USER


def test_only_a_private_half_mints(tmp_path: Path) -> None:
    path = jwks(tmp_path / "jwks.json")
    keys = json.loads(path.read_text())["keys"][:2]
    path.write_text(json.dumps({"keys": keys}))

    with pytest.raises(KeyRingError, match="private half"):
        issuer(str(path)).mint(USER, 60)


@pytest.mark.parametrize("lifetime", [0, -1, 86401])
def test_a_lifetime_out_of_bounds_is_not_minted(ring: TokenIssuer, lifetime: int) -> None:
    with pytest.raises(ValueError, match="1 to 86400"):
        ring.mint(USER, lifetime)


SHORT = {"kty": "oct", "kid": "s", "k": "c2hvcnQ"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("no json", "not a JWKS file"),
        ('{"keys": []}', "holds no key"),
        (json.dumps({"keys": [{"kty": "oct", "k": "QUJD"}]}), "key 1 has no kid"),
        (json.dumps({"keys": [SHORT]}), "'s'"),
        (json.dumps({"keys": [SHORT | {"alg": "HS512"}]}), "HS512 is not one of"),
        (json.dumps({"keys": [SHORT | {"alg": "none"}]}), "'s' cannot be used"),
        (json.dumps({"keys": [{"kty": "RSA", "kid": "r", "n": "x", "e": "y"}]}), "'r'"),
        (json.dumps({"keys": [SHORT | {"k": "QUJD" * 20}] * 2}), "given twice"),
    ],
)
def test_a_key_that_cannot_be_used_is_named_and_never_quoted(
    tmp_path: Path, keys: str, message: str
) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(keys)

    with pytest.raises(KeyRingError, match=message) as refusal:
        KeyRing.load(str(path))
    assert "c2hvcnQ" not in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("k:HS256:short", "'k'"),
        ("k:RS256:secret", "given in a JWKS file"),
        ("/nowhere/jwks.json", "cannot be read"),
    ],
)
def test_a_setting_that_names_no_key_says_so(source: str, message: str) -> None:
    with pytest.raises(KeyRingError, match=message):
        KeyRing.load(source)


def test_the_service_answers_401_with_the_challenge(reader: Reader) -> None:
    anonymous = reader.get(None, "/api/me")
    forged = reader.get(None, "/api/me", headers={"Authorization": f"Bearer {signed(claims())}"})

    assert anonymous.status_code == forged.status_code == 401
    assert anonymous.headers["www-authenticate"] == 'Bearer realm="leadboard"'
    assert "invalid_token" in forged.headers["www-authenticate"]
    assert anonymous.json()["title"] == "Not authenticated"
