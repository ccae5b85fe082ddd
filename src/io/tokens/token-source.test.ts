import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe, test, type TestContext } from "node:test";
import { CompactEncrypt, exportJWK } from "jose";
import { formatAddress } from "../../core/mail/address.ts";
import {
  type Algorithm,
  type Authority,
  makeKey,
  type SigningKey,
  signToken,
  startAuthority,
} from "../../../test/support/authority.ts";
import { makeSelfSigned } from "../tls/self-signed.ts";
import { createTokenSource, type TokenIssuer, type TokenSource } from "./token-source.ts";

const now = Date.UTC(2026, 10, 25, 12);
const seconds = now / 1000;

type Claims = Readonly<Record<string, unknown>>;

interface World {
  readonly authority: Authority;
  readonly key: SigningKey;
  readonly source: TokenSource;
  /** A good token, but for what is given. */
  readonly token: (claims?: Claims, header?: Claims) => Promise<string>;
  readonly said: (token: string, user?: string) => Promise<string>;
}

async function begin(t: TestContext, options: Partial<TokenIssuer> = {}): Promise<World> {
  const key = makeKey("ES256");
  const authority = await startAuthority(t, { keys: [makeKey("EdDSA"), key] });
  const clock = { now: () => now, monotonic: () => 0 };
  const issuer = {
    issuer: authority.issuer,
    audience: ["mail.example.org"],
    accountClaim: "email",
    ...options,
  };
  const source = createTokenSource([issuer], clock);
  return {
    authority,
    key,
    source,
    token: (claims, header) => signToken(key, { ...good(authority), ...claims }, header),
    said: (token, user) => saidBy(source, token, user),
  };
}

function good({ issuer }: Authority): Claims {
  return { iss: issuer, aud: "mail.example.org", exp: seconds + 300, email: "ann@example.org" };
}

async function saidBy(source: TokenSource, token: string, user?: string): Promise<string> {
  const outcome = await source.verify({ token, user });
  return outcome.result === "good"
    ? `good: ${formatAddress(outcome.account)}`
    : `${outcome.result}: ${outcome.why}`;
}

/** What stands between the dots. */
function part(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString(
    "base64url",
  );
}

const ann = "good: ann@example.org";

describe("a token of an issuer", () => {
  test("logs in whom it is for, whatever its key", async (t) => {
    const algorithms: readonly Algorithm[] = ["RS256", "PS256", "ES256", "EdDSA"];
    const { authority, source } = await begin(t);
    authority.keys = algorithms.map(makeKey);
    for (const key of authority.keys) {
      const token = await signToken(key, good(authority));
      assert.equal(await saidBy(source, token), ann);
      assert.equal(await saidBy(source, token, "ANN@example.org"), ann);
      assert.equal(
        await saidBy(source, token, "bob@example.org"),
        "refused: the token is another user's",
      );
    }
    assert.equal(authority.asked.length, 2, "the keys are kept");
  });

  test("is for us among others, and of a type for APIs", async (t) => {
    const { token, said } = await begin(t, { audience: ["smtp", "imap"] });
    assert.equal(await said(await token({ aud: ["web", "imap"] })), ann);
    for (const typ of ["JWT", "at+jwt", "application/at+jwt", undefined]) {
      assert.equal(await said(await token({ aud: "smtp" }, { typ })), ann);
    }
  });

  test("holds the account where it is configured to be", async (t) => {
    const { token, said } = await begin(t, { accountClaim: "upn" });
    assert.equal(await said(await token({ upn: "bob@example.org" })), "good: bob@example.org");
    assert.match(await said(await token()), /^refused: the token's claim "upn" is no address/);
  });

  test("counts for its time, give or take a minute", async (t) => {
    const { token, said } = await begin(t);
    assert.equal(await said(await token({ exp: seconds - 59 })), ann);
    assert.equal(await said(await token({ nbf: seconds + 59 })), ann);
    assert.equal(await said(await token({ exp: seconds - 61 })), "refused: the token has expired");
    assert.match(await said(await token({ nbf: seconds + 61 })), /^refused: .*"nbf"/);
  });
});

describe("a token is refused", () => {
  test("where its claims are not as they must be", async (t) => {
    const { token, said } = await begin(t);
    const cases: readonly (readonly [Claims, RegExp])[] = [
      [{ aud: "another.example" }, /"aud"/],
      [{ aud: [] }, /"aud"/],
      [{ aud: "mail.example.org.evil.example" }, /"aud"/],
      [{ aud: { "mail.example.org": 1 } }, /"aud"/],
      [{ exp: "9999999999" }, /"exp"/],
      [{ nbf: {} }, /"nbf"/],
      [{ email_verified: false }, /has not verified/],
      [{ cnf: { jkt: "x" } }, /bound to a key/],
    ];
    for (const [claims, why] of cases) assert.match(await said(await token(claims)), why);
    for (const missing of ["aud", "exp"]) {
      assert.match(await said(await token({ [missing]: undefined })), new RegExp(`"${missing}"`));
    }
  });

  test("where it is of another issuer, and nobody is asked about it", async (t) => {
    const { authority, token, said } = await begin(t);
    for (const iss of [
      "https://evil.example",
      `${authority.issuer}/`,
      authority.issuer.toUpperCase(),
      undefined,
    ]) {
      assert.equal(
        await said(await token({ iss })),
        "refused: the token is of no issuer that we know",
      );
    }
    assert.deepEqual(authority.asked, []);
  });

  test("where a stranger has signed it, under a known key's id as well", async (t) => {
    const { authority, key, said } = await begin(t);
    const stranger = makeKey("ES256");
    const own = await signToken(stranger, good(authority));
    assert.equal(await said(own), "refused: its issuer has no such key");
    const borrowed = await signToken(stranger, good(authority), { kid: key.kid });
    assert.equal(await said(borrowed), "refused: the token's signature is wrong");
    const bringing = { kid: key.kid, jwk: await exportJWK(stranger.publicKey) };
    const brought = await signToken(stranger, good(authority), bringing);
    assert.equal(await said(brought), "refused: the token's signature is wrong");
  });

  test("where it is signed with another of two issuers' keys", async (t) => {
    const [one, other] = [await begin(t), await begin(t)];
    const issuers = [one, other].map(({ authority: { issuer } }) => {
      return { issuer, audience: ["mail.example.org"], accountClaim: "email" };
    });
    const source = createTokenSource(issuers, { now: () => now, monotonic: () => 0 });
    assert.equal(await saidBy(source, await one.token()), ann);
    assert.equal(await saidBy(source, await other.token()), ann);
    const forged = await signToken(other.key, good(one.authority));
    assert.equal(await saidBy(source, forged), "refused: its issuer has no such key");
  });

  test("where it names a way to sign that proves nothing", async (t) => {
    const { authority, key, said } = await begin(t);
    const claims = part(good(authority));
    const spki = key.publicKey.export({ type: "spki", format: "pem" }).toString();
    for (const alg of ["HS256", "HS384", "HS512", "none", "None", "", "RS1", "A128KW", 5, null]) {
      const content = `${part({ alg, kid: key.kid, typ: "JWT" })}.${claims}`;
      const mac = createHmac("sha256", spki).update(content).digest("base64url");
      for (const signature of [mac, ""]) {
        assert.match(await said(`${content}.${signature}`), /of a kind that is not taken/);
      }
    }
    assert.deepEqual(authority.asked, []);
    const confused = `${part({ alg: "EdDSA", kid: key.kid })}.${claims}.${part("x".repeat(64))}`;
    assert.match(await said(confused), /no such key/);
  });

  test("where its issuer's key is too weak to prove anything", async (t) => {
    const { authority, said } = await begin(t);
    const key = { kid: "weak", algorithm: "RS256" } as const;
    const pair = generateKeyPairSync("rsa", { modulusLength: 1024 });
    authority.keys = [{ ...key, ...pair }];
    const content = `${part({ alg: "RS256", kid: "weak" })}.${part(good(authority))}`;
    const signature = sign("sha256", Buffer.from(content), pair.privateKey).toString("base64url");
    assert.match(await said(`${content}.${signature}`), /^refused/);
  });

  test("where anything in it was changed", async (t) => {
    const { authority, token, said } = await begin(t);
    const [header = "", , signature = ""] = (await token()).split(".");
    const forged = part({ ...good(authority), email: "boss@example.org" });
    assert.match(await said(`${header}.${forged}.${signature}`), /signature is wrong/);
    assert.match(await said(`${header}.${part(good(authority))}.`), /^refused/);
    for (const extension of [
      { crit: ["exp"], exp: 1 },
      { crit: ["b64"], b64: false },
    ]) {
      assert.match(await said(await token({}, extension).catch(() => "a.b.c")), /^refused/);
    }
  });

  test("where it was made for another purpose", async (t) => {
    const { token, said } = await begin(t);
    for (const typ of ["logout+jwt", "secevent+jwt", "dpop+jwt", "JWE", ""]) {
      assert.equal(
        await said(await token({}, { typ })),
        "refused: the token is for another purpose",
      );
    }
  });

  test("where it is no token, or more than one", async (t) => {
    const { authority, key, token, said } = await begin(t);
    const head = part({ alg: "ES256", kid: key.kid });
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const encrypted = await new CompactEncrypt(Buffer.from(await token()))
      .setProtectedHeader({ alg: "RSA-OAEP", enc: "A128GCM" })
      .encrypt(rsa.publicKey);
    const deep = part(`{"iss":"${authority.issuer}","x":${"[".repeat(5000)}${"]".repeat(5000)}}`);
    for (const odd of [
      "",
      ".",
      "..",
      "....",
      "a.b.c",
      "ya29.an-opaque-token",
      `${head}.${part("7")}.AA`,
      `${head}.${part("null")}.AA`,
      `${head}.${part("[]")}.AA`,
      `${part("7")}.${part(good(authority))}.AA`,
      `${head}.${part("\u0000\u00ff")}.AA`,
      `${head}.${deep}.AA`,
      `${head}.${part(await token())}.AA`,
      await signToken(key, good(authority)).then((inner) => `${head}.${part(inner)}.AA`),
      encrypted,
      `${await token()}.`,
      `${await token()}=`,
      `${await token()}\0`,
      ` ${await token()}`,
    ]) {
      assert.match(await said(odd), /^refused/, odd.slice(0, 60));
    }
    const huge = await token({ filling: "x".repeat(20_000) });
    assert.equal(await said(huge), "refused: the token is too long");
    assert.equal(await said("a".repeat(10_000_000)), "refused: the token is too long");
    const nested = await token({ filling: JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`) });
    assert.equal(await said(nested), ann, "depth alone is no fault");
  });

  test("and what is said of it holds nothing of it", async (t) => {
    const { key, token, said } = await begin(t);
    for (const odd of [
      await token({ iss: "SECRET" }),
      await token({ email: "SECRET" }),
      await token({ aud: "SECRET" }),
      await token({}, { typ: "SECRET" }),
      await token({}, { kid: "SECRET" }),
      `${part({ alg: "ES256", kid: key.kid, crit: ["SECRET"], SECRET: 1 })}.${part("{}")}.AA`,
    ]) {
      assert.doesNotMatch(await said(odd), /SECRET/);
    }
  });
});

describe("an issuer over HTTPS", () => {
  test("is believed with a certificate that this host trusts, and with no other", async (t) => {
    const made = makeSelfSigned({ names: ["localhost"], now: Date.now() });
    const key = makeKey("RS256");
    const authority = await startAuthority(t, {
      keys: [key],
      tls: { cert: made.certificate, key: made.key },
    });
    const { issuer } = authority;
    const token = await signToken(key, good(authority));
    const settings = { issuer, audience: ["mail.example.org"], accountClaim: "email" };
    const begun = () => createTokenSource([settings], { now: () => now, monotonic: () => 0 });
    assert.match(await saidBy(begun(), token), /^temporary: https:.*self-signed certificate/);
    const before = getCACertificates("default");
    t.after(() => setDefaultCACertificates(before));
    setDefaultCACertificates([...before, made.certificate]);
    assert.equal(await saidBy(begun(), token), ann);
  });
});
