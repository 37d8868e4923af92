import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ALGORITHMS, type Algorithm, type AlgorithmNeeds } from "./algorithms.ts";
import { parseCompactJws } from "./compact-jws.ts";
import * as node from "./signature.node.ts";
import * as web from "./signature.web.ts";
import type { SignatureSeam } from "./signature-seam.ts";
import { createVerifier } from "./verifier.ts";
import type { PublicJsonWebKey } from "./verifier-options.ts";

const PAYLOAD =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
/** The key of RFC 7515 appendix A.1. */
const SHARED = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

interface Example {
  readonly title: string;
  readonly algorithm: Algorithm;
  readonly jwk: PublicJsonWebKey;
  readonly input: string;
  readonly signature: string;
}

const examples: readonly Example[] = [
  {
    title: "RFC 7515 appendix A.2",
    algorithm: "RS256",
    jwk: {
      kty: "RSA",
      n:
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs" +
        "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV" +
        "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
      e: "AQAB",
    },
    input: `eyJhbGciOiJSUzI1NiJ9.${PAYLOAD}`,
    signature:
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ" +
      "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt" +
      "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
  },
  {
    title: "RFC 7515 appendix A.3",
    algorithm: "ES256",
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    input: `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}`,
    signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  },
  {
    title: "RFC 7515 appendix A.4",
    algorithm: "ES512",
    jwk: {
      kty: "EC",
      crv: "P-521",
      x: "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
      y: "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    },
    input: "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
    signature:
      "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpR" +
      "wcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
  },
  {
    title: "RFC 8037 appendix A.4 and A.5",
    algorithm: "EdDSA",
    jwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    input: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
  },
];

/** Everything is accepted but what the token itself forbids. */
function verifierOf(jwk: PublicJsonWebKey, now = 1_300_819_000_000) {
  return createVerifier({
    issuer: "https://joe.example",
    audience: null,
    keys: { keys: [jwk] },
    algorithms: [...ALGORITHMS.keys()] as Algorithm[],
    clock: () => now,
  });
}

async function codes(
  jwt: string,
  jwk = examples[0]?.jwk ?? {},
  now?: number,
): Promise<Record<string, string>> {
  const { checks } = await verifierOf(jwk, now).explain(jwt);
  return Object.fromEntries(checks.map(({ check, status, code }) => [check, code ?? status]));
}

describe.each(examples)("$title", ({ algorithm, jwk, input, signature }) => {
  it.each<[string, SignatureSeam]>([
    ["node:crypto", node],
    ["WebCrypto", web],
  ])("is valid with %s, and changed in one bit is not", async (_, { importKey, verifySignature }) => {
    const key = await importKey(jwk, algorithm, ALGORITHMS.get(algorithm) as AlgorithmNeeds);
    expect(await verifySignature(key, input, signature)).toBe(true);
    const flipped = `${signature.slice(0, 10)}${signature[10] === "A" ? "B" : "A"}${signature.slice(11)}`;
    expect(await verifySignature(key, input, flipped)).toBe(false);
    expect(await verifySignature(key, `${input.slice(0, -1)}x`, signature)).toBe(false);
  });
});

describe("as tokens", () => {
  it.each(examples.slice(0, 2))(
    "$title passes every check but that of its issuer, which is no address",
    async (example) => {
      const found = await codes(`${example.input}.${example.signature}`, example.jwk);
      expect(found).toMatchObject({
        form: "passed",
        algorithm: "passed",
        type: "passed",
        issuer: "issuer_wrong",
        expiry: "passed",
        key: "passed",
        signature: "passed",
        claims: "passed",
      });
      expect(
        await codes(`${example.input}.${example.signature}`, example.jwk, 1_300_819_386_000),
      ).toMatchObject({
        expiry: "token_expired",
      });
    },
  );

  it.each(examples.slice(2))("$title is no JWT: its payload is text", async ({ input, signature, jwk }) => {
    expect(await codes(`${input}.${signature}`, jwk)).toMatchObject({ form: "token_malformed" });
  });
});

describe("examples that are refused by what they are", () => {
  const hs256 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
  const unencoded = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19";
  const encrypted =
    "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8qDcjiHnSJflSdv1iNqhWXaKH4MqAkQtM" +
    "oNfABIPJaZm0HaA415sv3aeuBWnD8J-Ui7Ah6cWafs3ZwwFKDFUUsWHSK-IPKxLGTkND09XyjORj_CHAgOPJ-Sd8ONQRnJvWn_hXV1BNMHzUjPyYwEsRhDhz" +
    "jAD26imasOTsgruobpYGoQcXUwFDn7moXPRfDE8-NoQX7N7ZYMmpUDkR-Cx9obNGwJQ3nM52YCitxoQVPzjbl7WBuB7AohdBoZOdZ24WlN1lVIeh8v1K4krB" +
    "8xgKvRU8kgFrEn_a1rZgN5TiysnmzTROF869lQ.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0orbHvAKeWnDYvpIAeZ72deHxz3roJDXQyhxx0" +
    "wKaMHDjUEOKIwrtkHthpqEanSBNYHZgmNOV7sln1Eu9g3J8.fiK51VwhsxJ-siBMR-YFiA";

  it("are written here as the RFCs have them", () => {
    const mac = (input: string): string =>
      createHmac("sha256", Buffer.from(SHARED, "base64url")).update(input).digest("base64url");
    expect(mac(hs256.slice(0, hs256.lastIndexOf(".")))).toBe(hs256.slice(hs256.lastIndexOf(".") + 1));
    expect(mac(`${unencoded}.$.02`)).toBe("A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY");
    expect(mac("eyJhbGciOiJIUzI1NiJ9.JC4wMg")).toBe("5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ");
  });

  it.each<[title: string, jwt: string, check: string, code: string]>([
    ["RFC 7515 appendix A.1, RFC 7519 section 3.1: HS256", hs256, "algorithm", "algorithm_not_allowed"],
    [
      "RFC 7515 appendix A.5, RFC 7519 section 6.1: unsecured",
      `eyJhbGciOiJub25lIn0.${PAYLOAD}.`,
      "algorithm",
      "algorithm_not_allowed",
    ],
    ["RFC 7519 appendix A.1: encrypted", encrypted, "form", "token_encrypted"],
    [
      "RFC 7797 section 4.1: HS256 over text",
      "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ",
      "form",
      "token_malformed",
    ],
    [
      "RFC 7797 section 4.2: detached",
      `${unencoded}..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY`,
      "form",
      "token_malformed",
    ],
    [
      "RFC 7797 section 4.2: with its payload in place, which has a dot",
      `${unencoded}.$.02.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY`,
      "form",
      "token_malformed",
    ],
    [
      "RFC 7797: the header over claims",
      `${unencoded}.${PAYLOAD}.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY`,
      "critical headers",
      "critical_header_unknown",
    ],
    [
      "RFC 7515 appendix E: a critical extension",
      `${Buffer.from('{"alg":"RS256","crit":["http://example.com/UNDEFINED"],"http://example.com/UNDEFINED":true}').toString("base64url")}.${PAYLOAD}.AAAA`,
      "critical headers",
      "critical_header_unknown",
    ],
    [
      "RFC 7515 appendix A.6: JSON serialization",
      JSON.stringify({
        payload: PAYLOAD,
        signatures: [{ protected: "eyJhbGciOiJFUzI1NiJ9", signature: "AAAA" }],
      }),
      "form",
      "token_malformed",
    ],
  ])("%s", async (_, jwt, check, code) => {
    expect(await codes(jwt)).toMatchObject({ [check]: code });
    const verdict = await verifierOf(examples[0]?.jwk ?? {}).tryVerify(jwt);
    expect(verdict.ok ? "accepted" : verdict.error.code).toBe(code);
  });
});

describe("the sample token of Kinde's SDK documentation, which begins eyJhbGciOiJIUzI1", () => {
  // The claims that the same page shows.
  const claims = {
    aud: [],
    exp: 1_658_475_930,
    iat: 1_658_472_329,
    iss: "https://your_subdomain.kinde.com",
    jti: "123457890",
    org_code: "org_1234",
    permissions: ["read:todos", "create:todos"],
    scp: ["openid", "profile", "email", "offline"],
    sub: "kp:123457890",
  };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

  it("is refused as it stands there, cut off", async () => {
    expect(parseCompactJws("eyJhbGciOiJIUzI1...")).toBe("token_malformed");
    expect(await codes("eyJhbGciOiJIUzI1...")).toMatchObject({ form: "token_malformed" });
  });

  it("is refused whole for its HS256, and no option lets it in", async () => {
    const input = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
    const jwt = `${input}.${createHmac("sha256", "secret").update(input).digest("base64url")}`;
    expect(jwt).toMatch(/^eyJhbGciOiJIUzI1/);
    const options = {
      issuer: claims.iss,
      keys: { keys: [{ kty: "oct", k: Buffer.from("secret").toString("base64url") }] },
    };
    const verifier = createVerifier({ ...options, audience: null, clock: () => claims.iat * 1000 });
    const verdict = await verifier.tryVerify(jwt);
    expect(verdict.ok ? "accepted" : verdict.error.code).toBe("algorithm_not_allowed");
    expect(verdict.ok ? "" : verdict.error.fix).toMatch(/shared secrets are not supported/);
    expect(() => createVerifier({ ...options, audience: null, algorithms: ["HS256" as never] })).toThrow(
      /shared secrets/,
    );
  });
});
