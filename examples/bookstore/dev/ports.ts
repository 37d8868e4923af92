import { createServer } from "node:net";

/** A port the bookstore wants, and the variable that changes it. */
export interface WantedPort {
  what: string;
  variable: string;
  port: number;
}

/** @throws {Error} that names every port that is taken, and how to take others */
export async function requireFree(wanted: readonly WantedPort[]): Promise<void> {
  const same = wanted.find(({ port }, index) => wanted.findIndex((other) => other.port === port) !== index);
  if (same)
    throw new Error(`${same.variable} is ${same.port}, which another part of the bookstore has already.`);

  const taken: WantedPort[] = [];
  for (const each of wanted) {
    if (!(await isFree(each.port))) taken.push(each);
  }
  if (taken.length === 0) return;
  const list = taken.map(({ what, port }) => `  ${port}, for ${what}`).join("\n");
  const others = taken.map(({ variable, port }) => `${variable}=${port + 20}`).join(" ");
  throw new Error(
    `${taken.length === 1 ? "A port is" : "Ports are"} taken by another program, perhaps by a bookstore in another terminal:\n` +
      `${list}\nStop that program, or start on other ports:\n  ${others} npm start`,
  );
}

/** Reads a port from the environment. */
export function portFrom(variable: string, usual: number): number {
  const value = process.env[variable];
  if (!value) return usual;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(
    `${variable} is ${JSON.stringify(value)}. Set it to a port: a whole number from 1 to 65535.`,
  );
}

/** A port may be free at 127.0.0.1 and taken at ::1, and "localhost" is both. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1"]) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no ::1 to listen on: nobody else listens there either.
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
