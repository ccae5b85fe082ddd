import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { storeWith } from "../../../../test/support/sasl.ts";
import type { ChannelBindingType, SaslContext } from "../context.ts";
import type { CredentialAnswer, CredentialQuestion } from "../credentials.ts";
import { saslPrep } from "../prepare.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { clientFinal, clientFirst, type ScramClient } from "../scram/client.test.ts";
import { scramSha1, scramSha256, scramSha256Plus } from "./scram.ts";

const salt = (base64: string) => ({ salt: Buffer.from(base64, "base64"), iterations: 4096 });
const user = "user";
const password = "pencil";

test("RFC 5802 §5: SCRAM-SHA-1", () => {
  const store = storeWith({ user, password, salting: salt("QSXCR+Q6sek8bf92") });
  const context = contextWith({ nonce: "3rfcNHYJY1ZVvWVs7j" });
  const outcome = converse(
    scramSha1.start(context, octets("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL")),
    store,
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "",
  );
  isSuccess(outcome, "account of user");
  assert.deepEqual(outcome.challenges, [
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  ]);
});

test("RFC 7677 §3: SCRAM-SHA-256", () => {
  const store = storeWith({ user, password, salting: salt("W22ZaJ0SNY7soEsUEjb6gQ==") });
  const context = contextWith({ nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0" });
  const outcome = converse(
    scramSha256.start(context, undefined),
    store,
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "",
  );
  isSuccess(outcome, "account of user");
  assert.deepEqual(outcome.challenges, [
    "",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  ]);
});

const mechanisms = {
  "SCRAM-SHA-1": scramSha1,
  "SCRAM-SHA-256": scramSha256,
  "SCRAM-SHA-256-PLUS": scramSha256Plus,
};
const bindings = { "tls-exporter": octets("exported"), "tls-server-end-point": octets("hashed") };
const withTls = contextWith({
  channelBindings: bindings,
  offered: new Set(Object.keys(mechanisms)),
});

interface Login {
  readonly mechanism: keyof typeof mechanisms;
  readonly client?: Partial<ScramClient>;
  readonly context?: SaslContext;
  readonly store?: (question: CredentialQuestion) => CredentialAnswer;
  /** What becomes of the client's last message but one on its way. */
  readonly final?: (message: string) => string;
}

/** The whole dialogue, which the client leaves where the server fails. */
function logIn(login: Login) {
  const { mechanism, context = withTls, store = storeWith({ user, password }) } = login;
  const { final = (message) => message } = login;
  const client: ScramClient = {
    user,
    password,
    hash: mechanism === "SCRAM-SHA-1" ? "sha1" : "sha256",
    nonce: "theirs",
    header: "n,,",
    ...login.client,
  };
  let serverFinal: string | undefined;
  let now = mechanisms[mechanism].start(context, octets(clientFirst(client)));
  const challenges: string[] = [];
  if (now.kind === "check") now = now.answered(store(now.question));
  if (now.kind === "challenge") {
    challenges.push(Buffer.from(now.octets).toString());
    const answer = clientFinal(client, challenges[0]!);
    serverFinal = answer.serverFinal;
    now = now.respond(octets(final(answer.message)));
  }
  if (now.kind === "challenge") {
    assert.equal(Buffer.from(now.octets).toString(), serverFinal, "the server knows the password");
    now = now.respond(octets(""));
  }
  assert.ok(now.kind === "success" || now.kind === "failure");
  return { ...now, challenges };
}

const plus = (type: ChannelBindingType | "tls-unique", binding: Uint8Array) => ({
  header: `p=${type},,`,
  binding,
});

describe("any name and password", () => {
  const names = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.normalize("NFKC"));
  for (const mechanism of ["SCRAM-SHA-1", "SCRAM-SHA-256"] as const) {
    test(mechanism, () => {
      fc.assert(
        fc.property(names, fc.string({ minLength: 1 }), fc.boolean(), (name, secret, right) => {
          // What SASLprep refuses cannot log in with any mechanism.
          fc.pre(saslPrep(name) === name && saslPrep(secret) !== undefined);
          const store = storeWith({ user: name, password: secret });
          const given = right ? secret : `${secret}x`;
          const outcome = logIn({ mechanism, store, client: { user: name, password: given } });
          if (right) isSuccess(outcome, `account of ${name}`);
          else isFailure(outcome, "rejected", "wrong credentials");
        }),
      );
    });
  }
});

describe("channel binding", () => {
  const mechanism = "SCRAM-SHA-256-PLUS";
  const account = "account of user";

  test("of each type logs in where both see the same channel", () => {
    isSuccess(logIn({ mechanism, client: plus("tls-exporter", octets("exported")) }), account);
    isSuccess(
      logIn({ mechanism, client: plus("tls-server-end-point", octets("hashed")) }),
      account,
    );
  });

  test("of another channel is refused, password or not", () => {
    const why = "the client sees another channel";
    for (const secret of [password, "wrong"]) {
      const client = { ...plus("tls-exporter", octets("of another")), password: secret };
      isFailure(logIn({ mechanism, client }), "rejected", why);
    }
    isFailure(
      logIn({ mechanism, client: plus("tls-exporter", octets("hashed")) }),
      "rejected",
      why,
    );
    isFailure(logIn({ mechanism, client: plus("tls-exporter", octets("")) }), "rejected", why);
  });

  test("of a type that is not here is malformed", () => {
    isFailure(logIn({ mechanism, client: plus("tls-unique", octets("x")) }), "malformed");
    const context = contextWith({ channelBindings: { "tls-exporter": octets("exported") } });
    const client = plus("tls-server-end-point", octets("hashed"));
    isFailure(logIn({ mechanism, client, context }), "malformed");
    isFailure(logIn({ mechanism, client: { header: "p=constructor,," } }), "malformed");
    isFailure(
      logIn({ mechanism, client: plus("tls-exporter", octets("x")), context: contextWith() }),
      "malformed",
    );
  });

  test("belongs to the -PLUS mechanism, and it to binding", () => {
    isFailure(logIn({ mechanism }), "malformed");
    isFailure(logIn({ mechanism, client: { header: "y,," } }), "malformed");
    const client = plus("tls-exporter", octets("exported"));
    isFailure(logIn({ mechanism: "SCRAM-SHA-256", client }), "malformed");
  });

  test("that somebody hid from the client is noticed", () => {
    const client = { header: "y,," };
    const why = "the client was not shown the -PLUS mechanism";
    const deceived = logIn({ mechanism: "SCRAM-SHA-256", client });
    isFailure(deceived, "rejected", why);
    assert.equal(deceived.kind === "failure" && deceived.user, user);
    // No SCRAM-SHA-1-PLUS is there to be hidden.
    isSuccess(logIn({ mechanism: "SCRAM-SHA-1", client }), account);
    isSuccess(logIn({ mechanism: "SCRAM-SHA-256", client, context: contextWith() }), account);
  });

  test("that somebody takes out of the header is noticed", () => {
    const changed = logIn({
      mechanism: "SCRAM-SHA-256",
      client: { header: "y,," },
      context: contextWith(),
      final: (message) => message.replace(/c=[^,]*/, "c=biws"), // of n,,
    });
    isFailure(changed, "rejected", "the client sees another channel");
  });
});

const nobody = { user: "nobody" };

function saltOf(login: Partial<Login>): string {
  const { challenges } = logIn({ mechanism: "SCRAM-SHA-256", client: nobody, ...login });
  return /s=([^,]*)/.exec(challenges[0]!)![1]!;
}

describe("users who do not exist", () => {
  const mechanism = "SCRAM-SHA-256";

  test("look like those who do: same salt each time, same refusal at the same point", () => {
    const first = logIn({ mechanism, client: nobody });
    const second = logIn({ mechanism, client: nobody });
    const wrong = logIn({ mechanism, client: { password: "wrong" } });
    isFailure(first, "rejected", "wrong credentials");
    assert.deepEqual(first, second);
    isFailure(wrong, "rejected", "wrong credentials");
    assert.equal(first.challenges.length, wrong.challenges.length);
    assert.match(first.challenges[0]!, /^r=theirsours,s=[A-Za-z0-9+/]{22}==,i=4096$/);
  });

  test("have each their own salt, by hash and secret, whatever the case of the name", () => {
    const decoy = { ...withTls.decoy, secret: octets("another") };
    const salts = [
      saltOf({}),
      saltOf({ client: { user: "somebody" } }),
      saltOf({ mechanism: "SCRAM-SHA-1" }),
      saltOf({ context: { ...withTls, decoy } }),
    ];
    assert.equal(new Set(salts).size, 4);
    assert.equal(saltOf({ client: { user: "NoBody" } }), salts[0]);
  });

  test("an answer to another question lets nobody in", () => {
    const outcome = logIn({ mechanism, store: () => ({ kind: "account", account: "root" }) });
    isFailure(outcome, "rejected", "wrong credentials");
  });

  test("a store that does not answer is no refusal", () => {
    isFailure(logIn({ mechanism, store: () => ({ kind: "unavailable" }) }), "unavailable");
  });
});

const begin = (message: string) => scramSha256.start(contextWith(), octets(message));

describe("messages that do not fit", () => {
  const mechanism = "SCRAM-SHA-256";
  const store = storeWith({ user, password });
  for (const message of [
    "",
    "n,,",
    "n,,n=user",
    "n,,r=nonce",
    "n,,r=nonce,n=user",
    "n,,n=user,r=",
    "n,,n=user,r=non ce",
    "n,,n=user,r=nonc\u00e9",
    "n,,n=user,r=nonce,",
    "n,,n=user,r=nonce,x",
    "n,,n=user,r=nonce,1=x",
    "n,,n=,r=nonce",
    "n,,n=us=er,r=nonce",
    "n,,n=us=2cer,r=nonce",
    "n,,n=us,er,r=nonce",
    "n,,m=x,n=user,r=nonce",
    "n,,n=user,r=nonce,m=x",
    "n,n=user,r=nonce",
    "n=user,r=nonce",
    "x,,n=user,r=nonce",
    "N,,n=user,r=nonce",
    "p,,n=user,r=nonce",
    "p=,,n=user,r=nonce",
    "p=tls-exporter,,n=user,r=nonce",
    "n,b=user,n=user,r=nonce",
    "n,a=,n=user,r=nonce",
    "n,a=u=ser,n=user,r=nonce",
    "n,,n=us\0er,r=nonce",
    " n,,n=user,r=nonce",
  ]) {
    test(`first: ${JSON.stringify(message)}`, () => {
      isFailure(converse(begin(message), store), "malformed");
    });
  }

  test("first: not UTF-8", () => {
    const message = Buffer.from("n,,n=us\xfcr,r=nonce", "latin1");
    isFailure(converse(scramSha256.start(contextWith(), message), store), "malformed");
  });

  const finals: readonly (readonly [string, (message: string) => string])[] = [
    ["empty", () => ""],
    ["without binding", (message) => message.replace(/^c=[^,]*,/, "")],
    ["without nonce", (message) => message.replace(/r=[^,]*,/, "")],
    ["without proof", (message) => message.replace(/,p=.*/, "")],
    ["empty proof", (message) => message.replace(/,p=.*/, ",p=")],
    ["proof that is no base 64", (message) => message.replace(/,p=.*/, ",p=A")],
    ["binding that is no base 64", (message) => message.replace(/^c=biws/, "c=biw")],
    ["proof first", (message) => message.replace(/^(.*),(p=.*)$/, "$2,$1")],
    ["more behind the proof", (message) => `${message},x=y`],
    ["a mandatory extension", (message) => message.replace(",p=", ",m=x,p=")],
    ["a NUL", (message) => message.replace(",p=", ",x=\0,p=")],
    ["a line end", (message) => `${message}\r\n`],
  ];
  for (const [name, final] of finals) {
    test(`last: ${name}`, () => isFailure(logIn({ mechanism, final }), "malformed"));
  }

  const refusals: readonly (readonly [string, (message: string) => string, string])[] = [
    [
      "a nonce that is not ours",
      (m) => m.replace("r=theirsours", "r=theirsothers"),
      "the nonce is not ours",
    ],
    [
      "the client's nonce alone",
      (m) => m.replace("r=theirsours", "r=theirs"),
      "the nonce is not ours",
    ],
    ["a longer nonce", (m) => m.replace("r=theirsours", "r=theirsoursx"), "the nonce is not ours"],
    ["a shorter proof", (m) => m.replace(/,p=.*/, ",p=AAAA"), "wrong credentials"],
    ["a longer proof", (m) => m.replace(/,p=.*/, `,p=${"A".repeat(64)}`), "wrong credentials"],
    [
      "an extension that the proof does not cover",
      (m) => m.replace(",p=", ",x=y,p="),
      "wrong credentials",
    ],
  ];
  for (const [name, final, why] of refusals) {
    test(`last: ${name}`, () => isFailure(logIn({ mechanism, final }), "rejected", why));
  }

  test("optional extensions are ignored, and covered by the proof", () => {
    // The client of these tests signs `n=user,r=theirs` alone.
    const extended = clientFirst({
      user,
      password,
      hash: "sha256",
      nonce: "theirs",
      header: "n,,",
    });
    const check = begin(`${extended},x=y,z=a=b`);
    assert.equal(check.kind, "check");
    const client = { user, password, hash: "sha256", nonce: "theirs,x=y", header: "n,," } as const;
    const outcome = converse(
      begin(clientFirst(client)),
      store,
      (said) => clientFinal(client, said).message,
      "",
    );
    isSuccess(outcome, "account of user");
  });

  test("a proof that was good once is worth nothing with another nonce", () => {
    const client: ScramClient = { user, password, hash: "sha256", nonce: "theirs", header: "n,," };
    let heard = "";
    isSuccess(
      converse(
        begin(clientFirst(client)),
        store,
        (said) => (heard = clientFinal(client, said).message),
        "",
      ),
      "account of user",
    );
    const later = scramSha256.start(contextWith({ nonce: "new" }), octets(clientFirst(client)));
    isFailure(converse(later, store, heard), "rejected", "the nonce is not ours");
    const changed = heard.replace("theirsours", "theirsnew");
    isFailure(converse(later, store, changed), "rejected", "wrong credentials");
  });

  test("the last response must be empty", () => {
    const client: ScramClient = { user, password, hash: "sha256", nonce: "theirs", header: "n,," };
    const outcome = converse(
      begin(clientFirst(client)),
      store,
      (said) => clientFinal(client, said).message,
      "x",
    );
    isFailure(outcome, "malformed");
  });

  test("acting as another", () => {
    isFailure(logIn({ mechanism, client: { header: "n,a=boss," } }), "rejected");
    isSuccess(logIn({ mechanism, client: { header: "n,a=user," } }), "account of user");
    const asked: CredentialQuestion[] = [];
    const boss = storeWith({ user: "user", password });
    const grant = (question: CredentialQuestion) => {
      asked.push(question);
      return boss({ kind: "scram-keys", hash: "sha256", user, actAs: undefined });
    };
    const context = contextWith({ mayActAs: true });
    const client = { header: "n,a=b=2Coss," };
    isSuccess(logIn({ mechanism, context, store: grant, client }), "account of user");
    assert.deepEqual(asked, [{ kind: "scram-keys", hash: "sha256", user, actAs: "b,oss" }]);
  });
});
