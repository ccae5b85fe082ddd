import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { asNobody } from "../../../test/support/as-nobody.ts";
import { temporaryFolder } from "../../../test/support/server.ts";
import { writeFiles } from "./files.ts";

function writing(path: string): Promise<void> {
  return writeFiles([{ path, octets: Buffer.from("x"), mode: 0o600 }], false);
}

test("why a file cannot be written is said of its folder, not of a file between", async (t) => {
  const folder = await temporaryFolder(t);
  const none = join(folder, "none");
  await assert.rejects(writing(join(none, "x.yaml")), {
    name: "ConfigurationError",
    message: `${none}/x.yaml cannot be written: there is no folder ${none}; make it first`,
  });
  const file = join(folder, "file");
  await writeFile(file, "");
  await assert.rejects(
    asNobody(() => writing(join(folder, "x.yaml"))),
    {
      message: `${folder}/x.yaml cannot be written: this user may not write in the folder ${folder}`,
    },
  );
});
