"""Who calls: FastAPI dependencies that check the access token."""

import os
from typing import Awaitable, Callable, List, Union

import jwt
from fastapi import Depends, Request
from pydantic import BaseModel, StrictFloat, StrictInt, StrictStr, ValidationError, constr

from refusal import Refusal, bearer_token, reason_of
from signing_keys import KeysUnavailable, KeyUnknown, SigningKeys

ISSUER = os.environ.get("HALLPASS_ISSUER", "http://localhost:4300")  # to the letter what its tokens say in iss
AUDIENCE = os.environ.get("HALLPASS_AUDIENCE", "https://api.bookstore.example")
JWKS_URI = os.environ.get("HALLPASS_JWKS_URI", f"{ISSUER.rstrip('/')}/.well-known/jwks.json")

keys = SigningKeys(JWKS_URI)  # made once, not in each request


class Caller(BaseModel):
    """What this API reads of a token. A claim of another type is refused, not converted."""

    sub: constr(strict=True, min_length=1)
    exp: Union[StrictInt, StrictFloat]
    permissions: List[StrictStr] = []


async def caller(request: Request) -> Caller:
    """Lets a request in that has a good access token, and says why not (RFC 6750 section 3)."""
    return await verify(bearer_token(request))


def requires(permission: str) -> Callable[..., Awaitable[Caller]]:
    """A dependency that also wants a permission: Depends(requires("create:books"))."""

    async def check(who: Caller = Depends(caller)) -> Caller:
        if permission not in who.permissions:
            raise Refusal(403, "permission_missing", f"The token lacks the permission {permission}.", permission)
        return who

    return check


async def verify(token: str, audience: str = AUDIENCE) -> Caller:
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "RS256":
            raise Refusal(401, "algorithm_not_allowed", "The token is not signed with RS256.")
        if "crit" in header or "b64" in header:
            raise Refusal(401, "critical_header_unknown", "The token's header wants what this API does not do.")
        if str(header.get("typ", "JWT")).lower() not in ("jwt", "at+jwt", "application/at+jwt"):
            raise Refusal(401, "token_type_wrong", "This is a JWT of the issuer, but no access token: send that.")
        claims = jwt.decode(
            token,
            await keys.get(header.get("kid", "")),
            algorithms=["RS256"],
            issuer=ISSUER,
            audience=audience,
            leeway=5,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        if "at_hash" in claims or "nonce" in claims and "scope" not in claims:
            raise Refusal(401, "token_type_wrong", "This is an ID token: send the access token instead.")
        if "cnf" in claims:
            raise Refusal(401, "token_bound", "The token is bound to its sender's key, which this API does not check.")
        return Caller(**claims)
    except KeyUnknown:
        raise Refusal(401, "key_unknown", "The issuer has no key with the token's kid.") from None
    except KeysUnavailable as wait:
        raise Refusal(503, "keys_unavailable", "The issuer's keys cannot be had now.", retry_after=wait.seconds) from None
    except jwt.InvalidTokenError as error:
        raise Refusal(401, *reason_of(error)) from None
    except (ValidationError, ValueError, TypeError, OverflowError, RecursionError):
        raise Refusal(401, "claim_invalid", "A part of the token is not of the type that it must be.") from None
