import { createGuard } from "@hallpass/api/express";
import { createVerifier, type Verifier } from "@hallpass/tokens";
import cors from "cors";
import express, { type Express, type Router } from "express";
import helmet from "helmet";
import { z } from "zod";
import type { BookShelf } from "./books.ts";
import { explainOwnToken } from "./explain.ts";
import { readNewBook } from "./new-book.ts";
import { answerProblem, noSuchRoute } from "./problems.ts";

export interface AppOptions {
  issuer: string;
  /** The name under which this API is registered with the issuer. */
  audience: string;
  /** The origin whose pages may call the API. */
  webOrigin: string;
  shelf: BookShelf;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number;
}

/** An API of the same bookshop, for which nobody here ever gets a token. */
const warehouseAudience = "https://warehouse.bookstore.example";

/** A book is added by somebody, so every token has to say by whom. */
const claims = z.looseObject({ sub: z.string().min(1) });

const aDay = 24 * 60 * 60 * 1000;

/** The bookstore's API. */
export function createApp({ issuer, audience, webOrigin, shelf, clock = Date.now }: AppOptions): Express {
  const app = express();
  app.use(helmet());
  app.use(
    cors({
      origin: webOrigin,
      methods: ["GET", "POST"],
      allowedHeaders: ["authorization", "content-type"],
      maxAge: 600,
    }),
  );
  app.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });

  app.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });

  const verifier = createVerifier({ issuer, audience, clock, claims });
  const guard = createGuard({ verifier });

  // Two more doors, so that a real token can be seen to fail: behind one it is always tomorrow, the other belongs to
  // an API with another name. Neither lets in anyone whom the front door would not.
  app.use(["/tomorrow/books", "/warehouse/books"], guard());
  app.use("/tomorrow", readingDoor(createVerifier({ issuer, audience, clock: () => clock() + aDay }), shelf));
  app.use("/warehouse", readingDoor(createVerifier({ issuer, audience: warehouseAudience, clock }), shelf));

  app.use(readingDoor(verifier, shelf));
  app.post(
    "/books",
    guard({ permissions: ["create:books"] }),
    express.json({ limit: "16kb" }),
    (request, response) => {
      if (!request.is("application/json")) {
        response.status(415).json({
          error: "invalid_request",
          error_description: "Send the book as JSON, with the header content-type: application/json.",
          code: "content_type_wrong",
        });
        return;
      }
      const body = readNewBook(request.body);
      if (!body.ok) {
        const { code, description, fields } = body.refusal;
        response.status(400).json({ error: "invalid_request", error_description: description, code, fields });
        return;
      }
      const book = shelf.add({ ...body.book, addedBy: request.auth.claims.sub });
      response.status(201).json({ data: { book } });
    },
  );

  app.use(noSuchRoute);
  app.use(answerProblem);
  return app;
}

/** `GET /books` for whoever has a good token, and `POST /explain` for whoever wants to know why theirs is not. */
function readingDoor<Claims extends object>(verifier: Verifier<Claims>, shelf: BookShelf): Router {
  const guard = createGuard({ verifier });
  const door = express.Router();
  door.get("/books", guard(), (_request, response) => {
    response.json({ data: { books: shelf.list() } });
  });
  door.post("/explain", explainOwnToken(verifier));
  return door;
}
