// The client's mechanisms against the server's own.

import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { saslPorts, storeWith } from "../../../../test/support/sasl.ts";
import type { ChannelBindings } from "../context.ts";
import type { Outcome } from "../exchange.ts";
import { contextWith, octets } from "../fixture.test.ts";
import { mechanisms } from "../mechanisms.ts";
import { saslPrep } from "../prepare.ts";
import type { ClientContext } from "./context.ts";
import { chooseMechanisms } from "./mechanisms.ts";
import type { Turn } from "./turn.ts";

const exporter: ChannelBindings = { "tls-exporter": octets("exported") };
const salting = { salt: octets("0123456789abcdef"), iterations: 4096 };
const all = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"];

interface Play {
  readonly mechanism: string;
  readonly user?: string;
  readonly password?: string;
  readonly known?: { readonly user: string; readonly password: string };
  readonly client?: ChannelBindings;
  readonly server?: ChannelBindings;
  /** As the client hears it. */
  readonly offered?: readonly string[];
}

/** What the two come to. */
function play(given: Play): { readonly client: Turn; readonly server: Outcome | undefined } {
  const { mechanism, user = "ann", password = "secret", client = {}, server = client } = given;
  const { known = { user, password }, offered = all } = given;
  const [chosen] = chooseMechanisms([mechanism], client);
  assert.ok(chosen !== undefined, `${mechanism} is not chosen`);
  const context: ClientContext = {
    ports: saslPorts("ours"),
    user,
    password,
    channelBindings: client,
    offered: new Set(offered),
  };
  const store = storeWith({ ...known, salting });
  let turn = chosen.start(context);
  if (turn.kind !== "say") return { client: turn, server: undefined };
  const other = contextWith({ channelBindings: server, offered: new Set(all), nonce: "theirs" });
  let exchange = mechanisms.get(mechanism)!.start(other, turn.octets);
  for (;;) {
    if (exchange.kind === "check") exchange = exchange.answered(store(exchange.question));
    else if (exchange.kind !== "challenge") return { client: turn, server: exchange };
    else {
      turn = turn.kind === "say" ? turn.heard(exchange.octets) : turn;
      if (turn.kind === "derive") {
        const { hash, salt, iterations } = turn.derivation;
        const length = hash === "sha1" ? 20 : 32;
        turn = turn.derived(pbkdf2Sync(turn.derivation.password, salt, iterations, length, hash));
      }
      if (turn.kind !== "say" || turn.octets === undefined) {
        return { client: turn, server: exchange.ifCancelled };
      }
      exchange = exchange.respond(turn.octets);
    }
  }
}

function isGood({ client, server }: ReturnType<typeof play>): boolean {
  return server?.kind === "success" && client.kind === "say" && client.mayEnd;
}

describe("a login comes to the same on both sides", () => {
  for (const mechanism of all) {
    test(mechanism, () => {
      assert.ok(isGood(play({ mechanism, client: exporter })));
      assert.ok(
        !isGood(play({ mechanism, client: exporter, known: { user: "ann", password: "x" } })),
      );
      assert.ok(
        !isGood(play({ mechanism, client: exporter, known: { user: "bob", password: "secret" } })),
      );
    });
  }

  test("without a channel, and with one that is bound to the certificate", () => {
    assert.ok(isGood(play({ mechanism: "SCRAM-SHA-256" })));
    const endPoint = { "tls-server-end-point": octets("certificate") };
    assert.ok(isGood(play({ mechanism: "SCRAM-SHA-256-PLUS", client: endPoint })));
  });

  test("whatever user and password are made of", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((each) => saslPrep(each) !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...all), text, text, (mechanism, user, password) => {
        const known = { user: saslPrep(user)!, password: saslPrep(password)! };
        assert.ok(isGood(play({ mechanism, user, password, known, client: exporter })));
      }),
      { numRuns: 40 },
    );
  });

  test("names with commas and equals signs", () => {
    assert.ok(isGood(play({ mechanism: "SCRAM-SHA-256", user: "a,b=c,=2C", password: ",=" })));
  });
});

describe("somebody between is found out", () => {
  test("who ends TLS on both sides", () => {
    const server = { "tls-exporter": octets("another channel") };
    assert.ok(!isGood(play({ mechanism: "SCRAM-SHA-256-PLUS", client: exporter, server })));
  });

  test("who hides that the server can bind", () => {
    const hidden = all.filter((name) => !name.endsWith("-PLUS"));
    const told = { mechanism: "SCRAM-SHA-256", client: exporter };
    assert.ok(!isGood(play({ ...told, offered: hidden })));
    assert.ok(isGood(play({ ...told, offered: all })));
  });
});

const chosen = (offered: readonly string[], bindings: ChannelBindings = exporter) =>
  chooseMechanisms(offered, bindings)
    .map(({ name }) => name)
    .join(" ");

describe("what is chosen", () => {
  test("the best first", () => assert.equal(chosen(all.toReversed()), all.join(" ")));
  test("no binding without a channel", () => {
    assert.equal(chosen(all, {}), "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN");
  });
  test("nothing that is unknown", () =>
    assert.equal(chosen(["XOAUTH2", "GSSAPI", "constructor"]), ""));
});

test("characters that no login may have are not sent with SCRAM", () => {
  const { client } = play({ mechanism: "SCRAM-SHA-256", password: "a\u0007" });
  assert.equal(client.kind, "give-up");
});

test("whatever a server says, the client takes no login for good that was not proven", () => {
  const message = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "r=oursX,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096",
      "r=ours,s=MDEy,i=4096",
      "r=oursX,s=MDEy,i=99999999",
      "r=oursX,s=,i=4096",
      "m=x,r=oursX,s=MDEy,i=4096",
      "v=AAAA",
      "e=other-error",
      "",
    ),
  );
  const names = all.filter((name) => name.startsWith("SCRAM"));
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(message, { maxLength: 4 }),
      (name, messages) => {
        const [mechanism] = chooseMechanisms([name], exporter);
        let turn = mechanism!.start({
          ports: saslPorts("ours"),
          user: "ann",
          password: "secret",
          channelBindings: exporter,
          offered: new Set(all),
        });
        for (const said of messages) {
          if (turn.kind === "say") turn = turn.heard(octets(said));
          if (turn.kind === "derive") turn = turn.derived(new Uint8Array(32));
        }
        assert.ok(turn.kind === "give-up" || (turn.kind === "say" && !turn.mayEnd));
      },
    ),
    { numRuns: 500 },
  );
});
