// The mistake itself: what the token says is believed, and only its end is looked at.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const answer = (status) => response.writeHead(status, { "content-type": "application/json" }).end("{}");
  if (token === undefined) return answer(401);
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
    return answer(claims.exp * 1000 > Date.now() ? 200 : 401);
  } catch {
    return answer(500);
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/books`));
