"""Who is asking: verifies JSON Web Tokens, and mints them for the command line.

The key decides the algorithm, never the token: ``kid`` picks a key of the ring, and each key of the
ring is bound to one algorithm. So a token that is signed with a public key as if that were a shared
secret, or not signed at all, finds no key that fits.
"""

import base64
import time
from collections import OrderedDict
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import jwt
import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem
from api.settings import Settings

ALGORITHMS = frozenset({"HS256", "RS256", "ES256"})
SKEW_SECONDS = 30

CACHED_TOKENS = 4096


class KeyRingError(ValueError):
    """A key cannot be used; the message says which, and why."""


class _Jwks(msgspec.Struct):
    """RFC 7517, as far as it is read here."""

    keys: list[dict[str, object]]


class Caller(msgspec.Struct, frozen=True):
    """The person a verified token speaks for."""

    user_id: UUID
    expires_at: float
    """Seconds since 1970, from the token."""


class KeyRing:
    """Keys by ``kid``. Each verifies by one algorithm; those with a private half also sign."""

    def __init__(self, keys: dict[str, jwt.PyJWK]) -> None:
        for kid, key in keys.items():
            if key.algorithm_name not in ALGORITHMS:
                raise KeyRingError(
                    f"Key {kid!r}: algorithm {key.algorithm_name} is not one of "
                    f"{', '.join(sorted(ALGORITHMS))}."
                )
            if weakness := key.Algorithm.check_key_length(key.key):
                raise KeyRingError(f"Key {kid!r}: {weakness}")
        self._keys = keys

    @classmethod
    def load(cls, source: str) -> "KeyRing":
        """The ring that the setting ``jwt_keys`` names: ``kid:HS256:secret``, or the path of a JWKS
        file (RFC 7517). Raises KeyRingError, which never quotes a key."""
        kid, _, rest = source.partition(":")
        algorithm, _, secret = rest.partition(":")
        if algorithm in ALGORITHMS:
            if algorithm != "HS256":
                raise KeyRingError(f"A key for {algorithm} is given in a JWKS file.")
            return cls({kid: _key_of_secret(secret)})
        return cls(_keys_of_file(Path(source)))

    def find(self, kid: object) -> jwt.PyJWK | None:
        return self._keys.get(kid) if isinstance(kid, str) else None

    def signing_kid(self) -> str:
        """``kid`` of the first key that can sign. Raises KeyRingError when none can."""
        for kid, key in self._keys.items():
            # A public key has no means to sign; the secret of HS256 is plain bytes.
            if isinstance(key.key, bytes) or hasattr(key.key, "private_numbers"):
                return kid
        raise KeyRingError("None of the keys has a private half to sign with.")


class TokenIssuer(msgspec.Struct, frozen=True):
    """The settings that both sides of a token agree on."""

    ring: KeyRing
    issuer: str
    audience: str
    max_lifetime: int
    """Seconds. Tokens that are valid for longer are refused, whoever signed them."""

    @classmethod
    def of(cls, settings: Settings) -> "TokenIssuer":
        """Raises KeyRingError and SettingsError."""
        return cls(
            ring=KeyRing.load(settings.token_keys().reveal()),
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            max_lifetime=settings.jwt_max_lifetime,
        )

    def mint(self, user_id: UUID, lifetime: int, kid: str | None = None) -> str:
        """A token for a person, valid for ``lifetime`` seconds from now. Raises KeyRingError when
        no key can sign and ValueError when the lifetime is out of bounds."""
        if not 0 < lifetime <= self.max_lifetime:
            raise ValueError(f"A token may be valid for 1 to {self.max_lifetime} seconds.")
        kid = kid or self.ring.signing_kid()
        key = self.ring.find(kid)
        if key is None:
            raise KeyRingError(f"There is no key {kid!r}.")
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(user_id),
            "iat": now,
            "exp": now + lifetime,
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, key, algorithm=key.algorithm_name, headers={"kid": kid})

    def verify(self, token: str) -> Caller:
        """Who a token speaks for. Raises the 401 that says what is wrong with it."""
        try:
            key = self.ring.find(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise _refused("The token names no key that is known here.")
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self.audience,
                issuer=self.issuer,
                leeway=SKEW_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            return self._caller(claims)
        except jwt.ExpiredSignatureError as error:
            raise _refused("The token has expired.") from error
        except jwt.InvalidTokenError as error:
            raise _refused("The token is not valid.") from error

    def _caller(self, claims: dict[str, object]) -> Caller:
        try:
            user_id = UUID(str(claims["sub"]))
        except ValueError as error:
            raise _refused("The subject of the token is not a user id.") from error
        expires_at = int(cast("int", claims["exp"]))
        begins_at = min(time.time(), float(cast("int", claims.get("iat", time.time()))))
        if expires_at - begins_at > self.max_lifetime + SKEW_SECONDS:
            raise _refused("The token is valid for too long.")
        return Caller(user_id, expires_at)


class Authentication:
    """ASGI middleware: sets ``request.user`` to the Caller of the bearer token, else 401."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        checker: TokenChecker = scope["litestar_app"].state.token_checker
        scope["user"] = checker.check(header_of(scope, b"authorization"))
        await self._app(scope, receive, send)


class TokenChecker:
    """Checks headers, and remembers the tokens that passed until they expire: a signature is
    checked once, not with every request."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self._issuer = issuer
        self._passed: OrderedDict[str, Caller] = OrderedDict()

    def check(self, header: str | None) -> Caller:
        """The caller whom an ``Authorization`` header proves."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(
                401,
                "A bearer token is needed.",
                headers={"WWW-Authenticate": 'Bearer realm="leadboard"'},
            )
        caller = self._passed.get(token)
        if caller is not None and caller.expires_at + SKEW_SECONDS > time.time():
            return caller
        self._passed.pop(token, None)
        caller = self._issuer.verify(token)
        self._passed[token] = caller
        if len(self._passed) > CACHED_TOKENS:
            self._passed.popitem(last=False)
        return caller


def header_of(scope: Scope, name: bytes) -> str | None:
    """The first header of that lower-case name. Litestar's own way reads all of them first."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None


def _refused(reason: str) -> Problem:
    challenge = f'Bearer realm="leadboard", error="invalid_token", error_description="{reason}"'
    return Problem(401, reason, headers={"WWW-Authenticate": challenge})


def _key_of_secret(secret: str) -> jwt.PyJWK:
    encoded = base64.urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    return jwt.PyJWK({"kty": "oct", "k": encoded}, "HS256")


def _keys_of_file(path: Path) -> dict[str, jwt.PyJWK]:
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=_Jwks).keys
    except OSError as error:
        raise KeyRingError(f"{path} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise KeyRingError(f"{path} is not a JWKS file: {error}") from error
    keys: dict[str, jwt.PyJWK] = {}
    for number, entry in enumerate(entries, start=1):
        kid = entry.get("kid")
        if not isinstance(kid, str) or not kid:
            raise KeyRingError(f"{path}: key {number} has no kid.")
        if kid in keys:
            raise KeyRingError(f"{path}: key {kid!r} is given twice.")
        if entry.get("use", "sig") != "sig":
            continue
        try:
            keys[kid] = jwt.PyJWK(entry)
        except (jwt.PyJWTError, NotImplementedError, ValueError, TypeError, KeyError):
            # The library's messages quote the whole key.
            raise KeyRingError(f"{path}: key {kid!r} cannot be used.") from None
    if not keys:
        raise KeyRingError(f"{path} holds no key to verify tokens with.")
    return keys
