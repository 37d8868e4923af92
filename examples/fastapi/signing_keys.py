"""An issuer's public keys: fetched in a thread, kept, and asked for again at most every few seconds."""

import asyncio
import json
from math import ceil
from time import monotonic
from typing import Any, Dict
from urllib.request import HTTPRedirectHandler, build_opener

import jwt

FRESH = 300  # seconds that keys are used before they are fetched again
KEPT = 3600  # seconds that known keys are used while the issuer does not answer
PAUSE = 5  # seconds between two fetches, whatever is sent: an attacker can make up any number of kids
TIMEOUT = 5  # seconds for a whole fetch; without it, urlopen waits for ever
LARGEST = 1024 * 1024  # bytes


class KeyUnknown(Exception):
    """The issuer was asked and has no such key: the token's fault."""


class KeysUnavailable(Exception):
    """The issuer could not be asked: not the caller's fault. It may be asked again in so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


class SigningKeys:
    """Lives in the event loop, so it needs no lock but the one that makes many callers wait for one fetch."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._keys: Dict[str, Any] = {}
        self._fetched = self._next_try = float("-inf")
        self._fetching = asyncio.Lock()

    async def get(self, kid: str) -> Any:
        asked = monotonic()
        # A known key that is being fetched anew serves on meanwhile.
        if kid not in self._keys or (asked - self._fetched > FRESH and not self._fetching.locked()):
            async with self._fetching:
                await self._fetch_unless_done_since(asked)
        if kid in self._keys and monotonic() - self._fetched < KEPT:
            return self._keys[kid]
        if self._fetched >= asked:
            raise KeyUnknown
        raise KeysUnavailable(max(1, ceil(self._next_try - monotonic())))

    async def _fetch_unless_done_since(self, asked: float) -> None:
        if self._fetched >= asked or monotonic() < self._next_try:
            return
        try:
            self._keys = await asyncio.to_thread(fetch_keys, self.url)
            self._fetched = monotonic()
        except (OSError, ValueError):
            pass  # what is known serves on
        finally:
            self._next_try = monotonic() + PAUSE


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Keys come from the address that was configured, and from no other."""


def fetch_keys(url: str) -> Dict[str, Any]:
    """Fetches the key set (RFC 7517). Raises OSError or ValueError."""
    deadline, body = monotonic() + TIMEOUT, b""
    with build_opener(NoRedirect).open(url, timeout=TIMEOUT) as response:
        while chunk := response.read1(65536):
            body += chunk
            if len(body) > LARGEST or monotonic() > deadline:
                raise ValueError("the key set is too large or comes too slowly")
    document = json.loads(body)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("this is no key set")
    keys = [(jwk["kid"], rsa_key(jwk)) for jwk in listed if isinstance(jwk, dict) and isinstance(jwk.get("kid"), str)]
    return {kid: key for kid, key in keys if key is not None}


def rsa_key(jwk: Dict[str, Any]) -> Any:
    """The public key, or None: one unusable key must not take the others with it."""
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256" or "d" in jwk:
        return None
    try:
        key = jwt.PyJWK(jwk, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if key.key_size >= 2048 else None
