import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as forward } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A port with TLS in front of a plain one, as a proxy in production has it. */
export interface TlsProxy {
  /** `https://localhost:PORT` */
  origin: string;
  /** The certificate's file, for a program that shall trust it: `NODE_EXTRA_CA_CERTS`. */
  certificateFile: string;
  /** Where requests go from now on: a port of this machine. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

/** Starts a TLS proxy with a certificate for localhost that is made for it and trusted by nobody. */
export async function startTlsProxy(): Promise<TlsProxy> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 24 * 60 * 60 * 1000),
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), "hallpass-interop-"));
  const certificateFile = join(folder, "certificate.pem");
  await writeFile(certificateFile, cert);

  let target: number | undefined;
  const server = createServer({ key, cert }, (request, response) => {
    const { method, url, headers } = request;
    const onward = forward({ host: "127.0.0.1", port: target, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(onward);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificateFile,
    leadTo(port) {
      target = port;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
