import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { saslPorts, storeWith } from "../../../test/support/sasl.ts";
import { octetsRichIn } from "../../../test/support/pieces.ts";
import { contextWith, octets } from "./fixture.test.ts";
import type { CredentialSource } from "./mechanism.ts";
import { mechanisms, type Offer, offeredMechanisms } from "./mechanisms.ts";

const allSources: ReadonlySet<CredentialSource> = new Set([
  "password",
  "scram-sha-256-keys",
  "scram-sha-1-keys",
  "clear-password",
  "token",
  "certificate",
]);
const everything: Offer = {
  sources: allSources,
  mayLogIn: true,
  channelBindings: { "tls-exporter": octets("x") },
  hasCertificate: true,
};
const namesOf = (offer: Partial<Offer>) =>
  offeredMechanisms({ ...everything, ...offer })
    .map(({ name }) => name)
    .join(" ");

describe("what is offered", () => {
  const all =
    "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2 PLAIN LOGIN CRAM-MD5";

  test("everything, where everything is there", () => assert.equal(namesOf({}), all));

  test("nothing in the clear, not even SCRAM", () => {
    assert.equal(namesOf({ mayLogIn: false }), "");
  });

  test("nothing where no store can do anything", () => {
    assert.equal(namesOf({ sources: new Set() }), "");
  });

  test("no -PLUS without a channel to bind, no EXTERNAL without a certificate", () => {
    const offer = { channelBindings: {}, hasCertificate: false };
    const rest = all.replace("EXTERNAL SCRAM-SHA-256-PLUS ", "");
    assert.equal(namesOf(offer), rest);
  });

  const bySource: Readonly<Record<CredentialSource, string>> = {
    password: "PLAIN LOGIN",
    "scram-sha-256-keys": "SCRAM-SHA-256-PLUS SCRAM-SHA-256",
    "scram-sha-1-keys": "SCRAM-SHA-1",
    "clear-password": "CRAM-MD5",
    token: "OAUTHBEARER XOAUTH2",
    certificate: "EXTERNAL",
  };
  for (const source of allSources) {
    test(`${source} alone`, () => {
      assert.equal(namesOf({ sources: new Set([source]) }), bySource[source]);
    });
  }
});

describe("whatever a client says that knows no secret, it is not let in and breaks nothing", () => {
  const store = storeWith({
    user: "ann",
    password: "a secret that nobody guesses",
    token: "a token that nobody guesses",
    certificate: "ann's",
  });
  const context = contextWith({
    ports: saslPorts("ours"),
    channelBindings: { "tls-exporter": octets("exported") },
    certificate: "another's",
  });
  const proof = Buffer.alloc(32, 1).toString("base64");
  const proofSha1 = Buffer.alloc(20, 1).toString("base64");
  const debris = octetsRichIn(
    "\0",
    "ann",
    "n,,",
    "y,,",
    "p=tls-exporter,,",
    "n=ann,r=x",
    "c=biws,r=xours,p=",
    `c=biws,r=xours,p=${proof}`,
    ",",
    "=",
    "\u0001",
    "\u0001\u0001",
    "user=ann",
    "auth=Bearer ",
    "token",
    " 0123456789abcdef0123456789abcdef",
  );
  const binding = Buffer.from("p=tls-exporter,,exported").toString("base64");
  const scram = ["n,,n=ann,r=x", `c=biws,r=xours,p=${proof}`, ""];
  /** What is right but for the secret. */
  const guesses: Readonly<Record<string, readonly string[]>> = {
    EXTERNAL: ["ann"],
    "SCRAM-SHA-256-PLUS": ["p=tls-exporter,,n=ann,r=x", `c=${binding},r=xours,p=${proof}`, ""],
    "SCRAM-SHA-256": scram,
    "SCRAM-SHA-1": [scram[0]!, `c=biws,r=xours,p=${proofSha1}`, ""],
    OAUTHBEARER: ["n,a=ann,\u0001auth=Bearer guess\u0001\u0001", "\u0001"],
    XOAUTH2: ["user=ann\u0001auth=Bearer guess\u0001\u0001", ""],
    PLAIN: ["\0ann\0guess"],
    LOGIN: ["ann", "guess"],
    "CRAM-MD5": ["ann 0123456789abcdef0123456789abcdef"],
  };
  for (const [name, mechanism] of mechanisms) {
    test(name, () => {
      const guess = guesses[name]!.map(octets);
      const message = fc.oneof(debris, fc.constantFrom(...guess));
      const dialogue = fc.oneof(fc.constant(guess), fc.array(message, { maxLength: 4 }));
      fc.assert(
        fc.property(fc.option(message), dialogue, (initial, rest) => {
          let now = mechanism.start(context, initial ?? undefined);
          const left = [...rest];
          while (now.kind === "check" || now.kind === "challenge") {
            if (now.kind === "check") now = now.answered(store(now.question));
            else {
              const next = left.shift();
              now = next === undefined ? now.ifCancelled : now.respond(next);
            }
          }
          assert.equal(now.kind, "failure");
        }),
        { numRuns: 300 },
      );
    });
  }
});
