// Everything that the store promises, once more on MariaDB: the same tests as in the files beside the
// repositories, each on a database of its own.

import { after, test } from "node:test";
import { startMariaDb, whyNoMariaDb } from "../../../../test/support/mariadb.ts";

const skip = await whyNoMariaDb();

if (skip !== false) {
  test("the store on MariaDB", { skip }, () => {});
} else {
  const { socket } = await startMariaDb({ after });
  process.env["BAILIWICK_TEST_MARIADB"] = socket;
  await import("../messages/messages.test.ts");
  await import("../messages/body.test.ts");
  await import("../messages/settle.test.ts");
  await import("../messages/operate.test.ts");
  await import("../messages/lines.test.ts");
  await import("../messages/size.test.ts");
  await import("../accounts.test.ts");
  await import("../forwards.test.ts");
  await import("../bans.test.ts");
  await import("../dkim-keys.test.ts");
  await import("../decisions.test.ts");
  await import("../grants.test.ts");
  await import("../sts-policies.test.ts");
  await import("../tls-reports.test.ts");
  await import("../recipients.test.ts");
  await import("../administration.test.ts");
  await import("../history.test.ts");
}
