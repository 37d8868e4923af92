"""Why a request is not let in: as RFC 6750 section 3 says it, with a reason for people and a code for programs."""

import re
from typing import Tuple

import jwt
from fastapi import HTTPException, Request
from jwt.utils import base64url_decode, base64url_encode

LONGEST = 16 * 1024  # characters; no access token is that long, and reading one costs time
ERRORS = {401: "invalid_token", 403: "insufficient_scope", 503: "temporarily_unavailable"}


class Refusal(HTTPException):
    """FastAPI answers it by itself, as {"detail": …}; main.py makes the bookstore's JSON of it."""

    def __init__(self, status: int, code: str, description: str, scope: str = "", retry_after: int = 0) -> None:
        self.code = code
        self.error = ERRORS.get(status, "invalid_request")
        if retry_after:
            headers = {"Retry-After": str(retry_after)}
        elif code in ("token_missing", "scheme_unsupported"):
            self.error, headers = "unauthorized", {"WWW-Authenticate": 'Bearer realm="api"'}
        else:
            wanted = f', scope="{scope}"' if scope else ""
            challenge = f'Bearer realm="api", error="{self.error}", error_description="{description}"{wanted}'
            headers = {"WWW-Authenticate": challenge}
        super().__init__(status, description, headers)


def bearer_token(request: Request) -> str:
    """The token of the Authorization header, and from nowhere else: addresses end up in logs."""
    sent = request.headers.getlist("authorization")
    if not sent:
        raise Refusal(401, "token_missing", "No access token was sent. Send: Authorization: Bearer <access token>")
    scheme, _, token = sent[0].partition(" ")
    if len(sent) > 1:
        raise Refusal(400, "authorization_repeated", "Send exactly one Authorization header.")
    if len(sent[0]) > LONGEST:
        raise Refusal(431, "token_too_large", f"The token is longer than {LONGEST} characters.")
    if scheme.lower() != "bearer":
        raise Refusal(401, "scheme_unsupported", "Send: Authorization: Bearer <access token>")
    token = token.strip(" ")
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
        raise Refusal(400, "authorization_malformed", "After 'Bearer ' comes no token. Send the JWT alone.")
    if not is_jwt(token):
        raise Refusal(401, "token_malformed", "This is not a signed JWT, or not exactly as the issuer wrote it.")
    return token


def is_jwt(token: str) -> bool:
    """Three parts of base64url. PyJWT also reads padding and stray bits: then one token has many spellings."""
    parts = token.split(".")
    try:
        return len(parts) == 3 and all(base64url_encode(base64url_decode(part)).decode() == part for part in parts)
    except ValueError:
        return False


def reason_of(error: jwt.InvalidTokenError) -> Tuple[str, str]:
    """PyJWT's exception as code and sentence. Its own text may quote the token, so it is not passed on."""
    if isinstance(error, jwt.MissingRequiredClaimError):
        code = {"aud": "audience_wrong", "iss": "issuer_wrong"}.get(error.claim, "claim_missing")
        return code, f"The token has no {error.claim}."
    return next((reason for kind, reason in REASONS.items() if isinstance(error, kind)), MALFORMED)


MALFORMED = ("token_malformed", "This is not a JWT that can be read.")
REASONS = {
    jwt.ExpiredSignatureError: ("token_expired", "The token has expired. Get a new one."),
    jwt.ImmatureSignatureError: ("token_not_yet_valid", "The token is not valid yet. Are the clocks right?"),
    jwt.InvalidIssuerError: ("issuer_wrong", "The token is of another issuer."),
    jwt.InvalidAudienceError: ("audience_wrong", "The token is for another API. Sign in with this API's audience."),
    jwt.InvalidSignatureError: ("signature_invalid", "The token was changed after it was signed, or signed by another key."),
    jwt.InvalidAlgorithmError: ("algorithm_not_allowed", "The token is not signed with RS256."),
}
