import type { ErrorRequestHandler, RequestHandler } from "express";

/** Does not repeat the path: people paste tokens in the oddest places. */
export const noSuchRoute: RequestHandler = (_request, response) => {
  response.status(404).json({
    error: "not_found",
    error_description:
      "This API has no such route. It has GET /books, POST /books, POST /explain and GET /healthz.",
    code: "route_unknown",
  });
};

/** Answers in JSON whatever went wrong on the way: the caller's mistakes by name, our own without any detail. */
export const answerProblem: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const isCallersFault = error?.status >= 400 && error?.status < 500;
  const refusal = refusals[error?.type as string] ?? (isCallersFault ? malformed : undefined);
  if (refusal) {
    response.status(refusal.status).json({ error: "invalid_request", ...refusal.body });
    return;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  response.status(500).json({
    error: "server_error",
    error_description: "The bookstore made a mistake. It is in its log.",
    code: "server_error",
  });
};

interface CallersFault {
  status: number;
  body: { error_description: string; code: string };
}

const malformed: CallersFault = {
  status: 400,
  body: {
    error_description: "The request cannot be read: is its path encoded correctly?",
    code: "request_malformed",
  },
};

/** The body parser's errors, by their `type`. */
const refusals: Record<string, CallersFault> = {
  "entity.parse.failed": {
    status: 400,
    body: { error_description: "The body is not valid JSON.", code: "body_malformed" },
  },
  "entity.too.large": {
    status: 413,
    body: { error_description: "The body is over 16 kB.", code: "body_too_large" },
  },
  "encoding.unsupported": {
    status: 415,
    body: {
      error_description: "Send the body uncompressed, or as gzip, deflate or br.",
      code: "encoding_unsupported",
    },
  },
  "charset.unsupported": {
    status: 415,
    body: { error_description: "Send the body in UTF-8.", code: "charset_unsupported" },
  },
  "request.aborted": {
    status: 400,
    body: { error_description: "The body ended before it was complete.", code: "body_incomplete" },
  },
};
