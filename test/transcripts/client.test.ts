// The client session against every dialogue in client/, however the network cuts the host's octets.

import { describe, test } from "node:test";
import { octetsOf, readDialogues } from "./dialogue.ts";
import { play } from "./client-player.ts";

for (const dialogue of readDialogues(new URL("client/", import.meta.url))) {
  describe(`${dialogue.file}: ${dialogue.title}`, () => {
    test("whole", () => play(dialogue, () => false));
    test("octet by octet", () => play(dialogue, () => true));
    test("cut in two at every offset", () => {
      const fromHost = dialogue.lines.filter(({ label }) => label === "S");
      const total = fromHost.reduce((sum, { text }) => sum + octetsOf(text).length, 0);
      for (let offset = 0; offset < total; offset++) play(dialogue, (index) => index === offset);
    });
  });
}
