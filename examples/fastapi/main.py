"""The bookstore's API: the same routes and answers as the Express one, so the same React front end drives it."""

import os
import time
from typing import Any, Awaitable, Callable, Dict

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, conint, constr
from starlette.exceptions import HTTPException

from auth import AUDIENCE, Caller, caller, requires, verify
from explain import explain
from refusal import Refusal, bearer_token
from shelf import Shelf

WEB_ORIGIN = os.environ.get("WEB_ORIGIN", "http://localhost:4302")
WAREHOUSE = "https://warehouse.bookstore.example"  # an API of the same shop, for which nobody here gets a token
A_DAY = 24 * 60 * 60
LARGEST_BODY = 16 * 1024

shelf = Shelf(os.environ.get("BOOKS_FILE", ".hallpass/books.sqlite"))
app = FastAPI(title="Bookstore", docs_url=None, redoc_url=None, openapi_url=None)


class NewBook(BaseModel, extra="forbid"):
    """What may be sent. There is no addedBy: nobody adds a book in another's name."""

    title: constr(strict=True, strip_whitespace=True, min_length=1, max_length=200)
    author: constr(strict=True, strip_whitespace=True, min_length=1, max_length=200)
    year: conint(strict=True, ge=-3000, le=time.gmtime().tm_year + 2)
    blurb: constr(strict=True, strip_whitespace=True, max_length=500) = ""


class AddedBook(NewBook):
    """What is kept: a second model, made from a checked one and the caller. Neither is changed afterwards."""

    added_by: str


@app.get("/healthz")
async def healthz() -> Dict[str, str]:
    return {"status": "ok"}


@app.get("/books", dependencies=[Depends(caller)])
def list_books() -> Dict[str, Any]:
    return {"data": {"books": shelf.list()}}


@app.post("/books", status_code=201)
def add_book(new: NewBook, who: Caller = Depends(requires("create:books"))) -> Dict[str, Any]:
    book = AddedBook(**dict(new), added_by=who.sub)
    return {"data": {"book": shelf.add(**dict(book))}}


# Two more doors, so that a real token can be seen to fail: behind one it is always tomorrow, the other belongs to an API
# with another name. Neither lets in anyone whom the front door would not.


async def tomorrow(token: str) -> Caller:
    who = await verify(token)
    if who.exp <= time.time() + A_DAY:
        raise Refusal(401, "token_expired", "The token will have expired by then.")
    return who


async def warehouse(token: str) -> Caller:
    return await verify(token, WAREHOUSE)


@app.get("/tomorrow/books")
async def list_books_tomorrow(request: Request, _: Caller = Depends(caller)) -> Dict[str, Any]:
    await tomorrow(bearer_token(request))
    return list_books()


@app.get("/warehouse/books")
async def list_books_at_the_warehouse(request: Request, _: Caller = Depends(caller)) -> Dict[str, Any]:
    await warehouse(bearer_token(request))
    return list_books()


@app.post("/explain")
async def explain_here(request: Request) -> Dict[str, Any]:
    return await explain(request, verify, AUDIENCE)


@app.post("/tomorrow/explain")
async def explain_tomorrow(request: Request) -> Dict[str, Any]:
    return await explain(request, tomorrow, AUDIENCE)


@app.post("/warehouse/explain")
async def explain_at_the_warehouse(request: Request) -> Dict[str, Any]:
    return await explain(request, warehouse, WAREHOUSE)


@app.exception_handler(Refusal)
async def answer_refusal(_: Request, refusal: Refusal) -> JSONResponse:
    body = {"error": refusal.error, "error_description": refusal.detail, "code": refusal.code}
    return JSONResponse(body, refusal.status_code, refusal.headers)


@app.exception_handler(RequestValidationError)
async def answer_bad_body(request: Request, invalid: RequestValidationError) -> JSONResponse:
    if not request.headers.get("content-type", "").startswith("application/json"):
        return bad_request("content_type_wrong", "Send the book as JSON, with the header content-type: application/json.", 415)
    # Pydantic 1 and 2 name the kinds of mistakes differently, but both say "json" and "extra" in them.
    if any("json" in each["type"] for each in invalid.errors()):
        return bad_request("body_malformed", "The body is not valid JSON.")
    places = [each["loc"][1] for each in invalid.errors() if len(each["loc"]) > 1]
    if "addedBy" in places:
        return bad_request("added_by_not_allowed", SENTENCES["addedBy"], fields={"addedBy": SENTENCES["addedBy"]})
    fields = {place: SENTENCES[place] for place in places if place in SENTENCES}
    other = "Send a JSON object with title, author, year and, if you like, blurb, and nothing else."
    return bad_request("body_invalid", " ".join(fields.values()) or other, fields=fields)


SENTENCES = {
    "title": "A book needs a title: text of at most 200 characters.",
    "author": "A book needs an author: text of at most 200 characters.",
    "year": "Say the year as a whole number, such as 1931.",
    "blurb": "Say the line about it as text of at most 500 characters.",
    "addedBy": "Leave out addedBy: the API takes it from the sub of the access token, so that nobody adds a book in another's name.",
}


@app.exception_handler(HTTPException)
async def answer_other(_: Request, error: HTTPException) -> JSONResponse:
    known = "This API has no such route. It has GET /books, POST /books, POST /explain and GET /healthz."
    body = {"error": "not_found", "error_description": known, "code": "route_unknown"}
    return JSONResponse(body, 404 if error.status_code == 405 else error.status_code)


@app.exception_handler(Exception)
async def answer_defect(_: Request, __: Exception) -> JSONResponse:
    description = "The bookstore made a mistake. It is in its log."
    return JSONResponse({"error": "server_error", "error_description": description, "code": "server_error"}, 500)


@app.middleware("http")
async def bound_and_harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """FastAPI reads a body before it looks at the token, so its size is bounded before that."""
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers:
        response: Response = bad_request("length_required", "Send the body with a content-length.", 411)
    elif not length.isdecimal() or int(length) > LARGEST_BODY:
        response = bad_request("body_too_large", "The body is over 16 kB.", 413)
    else:
        response = await call_next(request)
    response.headers["cache-control"] = "no-store"
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["content-security-policy"] = "default-src 'none'"
    return response


app.add_middleware(
    CORSMiddleware,
    allow_origins=[WEB_ORIGIN],
    allow_methods=["GET", "POST"],
    allow_headers=["authorization", "content-type"],
    expose_headers=["WWW-Authenticate", "Retry-After"],
    max_age=600,
)


def bad_request(code: str, description: str, status: int = 400, fields: Dict[str, str] = {}) -> JSONResponse:
    body = {"error": "invalid_request", "error_description": description, "code": code}
    return JSONResponse({**body, "fields": fields} if fields else body, status)
