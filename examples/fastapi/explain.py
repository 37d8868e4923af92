"""What the API makes of a token, check by check, for the bookstore's access-token page."""

from typing import Any, Awaitable, Callable, Dict, List, Optional

from fastapi import Request

from auth import ISSUER, Caller
from refusal import Refusal, bearer_token

CHECKS = {
    "form": ["token_missing", "scheme_unsupported", "authorization_repeated", "authorization_malformed"]
    + ["token_too_large", "token_malformed"],
    "algorithm": ["algorithm_not_allowed"],
    "critical headers": ["critical_header_unknown"],
    "key": ["keys_unavailable", "key_unknown"],
    "signature": ["signature_invalid"],
    "time": ["token_expired", "token_not_yet_valid"],
    "issuer": ["issuer_wrong"],
    "audience": ["audience_wrong"],
    "type": ["token_type_wrong", "token_bound"],
    "claims": ["claim_missing", "claim_invalid"],
}


async def explain(request: Request, door: Callable[[str], Awaitable[Caller]], audience: str) -> Dict[str, Any]:
    """Looks at nothing but the request's own token. The answer has neither it nor its claims in it."""
    try:
        await door(bearer_token(request))
        refusal = None
    except Refusal as error:
        refusal = error
    return {"data": {"explanation": {"ok": refusal is None, "checks": list_checks(refusal, audience)}}}


def list_checks(refusal: Optional[Refusal], audience: str) -> List[Dict[str, str]]:
    expected = {"algorithm": "'RS256'", "issuer": f"'{ISSUER}'", "audience": f"'{audience}'"}
    checks: List[Dict[str, str]] = []
    for check, codes in CHECKS.items():
        if refusal is None or not any(each["status"] == "failed" for each in checks) and refusal.code not in codes:
            checks.append({"check": check, "status": "passed", "found": expected.get(check, "in order")})
        elif refusal.code in codes:
            facts = {"code": refusal.code, "message": refusal.detail, "fix": refusal.detail}
            checks.append({"check": check, "status": "failed", "expected": expected.get(check, "in order"), **facts})
        else:
            checks.append({"check": check, "status": "skipped", "message": "not reached"})
    return checks
