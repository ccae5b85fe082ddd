// What the blocklists of the configuration say of ourselves.

import { judgeBlocklists, type LookedUpAddress } from "../../../core/doctor/blocklists.ts";
import { formatIp } from "../../../core/mail/ip.ts";
import { createBlocklistOperations } from "../../../server/blocklists/operations.ts";
import { startBlocklists } from "../../server/blocklists.ts";
import type { Check } from "../check.ts";
import { seenAt } from "./reverse-names.ts";

const quiet = { info() {}, warn() {}, error() {} };

export const blocklists: Check = {
  topic: "blocklists",
  async run(look, signal) {
    const { settings, clock } = look;
    // An allow list says nothing bad.
    const zones = settings.blocklists.lists
      .filter(({ score }) => score > 0)
      .map(({ zone }) => zone);
    const lists = zones.length === 0 ? undefined : startBlocklists(settings, clock, quiet);
    if (lists === undefined) return judgeBlocklists({ zones: [], looked: [] });
    try {
      const operations = createBlocklistOperations(() => lists, clock.elapsed);
      const looked: LookedUpAddress[] = [];
      for (const address of await seenAt(look, signal)) {
        const text = formatIp(address);
        // oxlint-disable-next-line no-await-in-loop -- a machine has one or two
        const { answers } = await operations.blocklistLookUp(text);
        for (const { zone, answer, reason } of answers) {
          if (!zones.includes(zone)) continue;
          looked.push({ address: text, zone, answer: readAnswer(answer, reason) });
        }
      }
      return judgeBlocklists({ zones, looked });
    } finally {
      lists.close();
    }
  },
};

function readAnswer(
  answer:
    | { readonly kind: "listed" | "not-listed" }
    | { readonly kind: "unknown"; readonly why: string },
  reason: string | null,
): LookedUpAddress["answer"] {
  if (answer.kind === "unknown") return answer;
  return answer.kind === "listed" ? { kind: "listed", reason } : { kind: "clean" };
}
