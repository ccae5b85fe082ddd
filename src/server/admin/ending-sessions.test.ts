import assert from "node:assert/strict";
import { test } from "node:test";
import { endingSessions } from "./ending-sessions.ts";
import { OperationError } from "./operations.ts";

const ann = { local: "Ann", domain: "example.org" };
const password = { id: "p1", account: "bob@example.org", name: "phone", scope: "all" } as const;

function world() {
  const done: string[] = [];
  const passwords = [{ ...password, createdAt: 0 }];
  const act = async ({ local }: typeof ann) => {
    if (local === "nobody") throw new OperationError("there is no account");
    done.push("changed");
  };
  const operations = endingSessions(
    {
      accountRemove: act,
      accountSetDisabled: act,
      accountSetCredentials: act,
      appPasswordList: async () => [...passwords],
      async appPasswordRemove(id) {
        if (id !== password.id) throw new OperationError("there is no app password");
        passwords.pop();
        done.push("changed");
      },
    },
    (account) => void done.push(`ended ${account}`),
  );
  return { operations, done };
}

test("sessions end after what makes their logins bad", async () => {
  const { operations, done } = world();
  await operations.accountSetCredentials(ann, null);
  await operations.accountSetDisabled(ann, true);
  await operations.accountRemove(ann);
  await operations.appPasswordRemove("p1");
  const [changed, ended] = ["changed", "ended ann@example.org"];
  const both = [changed, ended];
  assert.deepEqual(done, [...both, ...both, ...both, changed, "ended bob@example.org"]);
});

test("none ends where an account is opened, or nothing was done", async () => {
  const { operations, done } = world();
  await operations.accountSetDisabled(ann, false);
  await assert.rejects(operations.accountRemove({ ...ann, local: "nobody" }), OperationError);
  await assert.rejects(operations.appPasswordRemove("p2"), OperationError);
  assert.deepEqual(done, ["changed"]);
});
