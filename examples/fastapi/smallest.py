"""A whole API: one route for whoever is signed in, one for whoever may add books."""

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

from auth import Caller, caller, requires

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["http://localhost:5173"],  # where the React page is
    allow_headers=["authorization", "content-type"],
    expose_headers=["WWW-Authenticate", "Retry-After"],
)


class NewBook(BaseModel):
    title: str


class Book(NewBook):
    addedBy: str


@app.get("/books")
def list_books(who: Caller = Depends(caller)):
    return {"data": {"books": [{"id": 1, "title": "Jane Eyre"}]}}


@app.post("/books", status_code=201)
def add_book(new: NewBook, who: Caller = Depends(requires("create:books"))) -> Book:
    return Book(**dict(new), addedBy=who.sub)
