// The keys that the domain's mail is signed with.

import { keyAlgorithms, type KeyAlgorithm } from "../../dkim/key.ts";
import { formatKeyRecord, keyRecordName, keyRecordProblem } from "../../dkim/key-record.ts";
import type { DomainFacts, PublishedKeys } from "../facts.ts";
import { differs, type Item, judge, missing, ok } from "../item.ts";
import { lookedUp } from "../published.ts";

export function dkimItems(facts: DomainFacts): readonly Item[] {
  const { domain, keys, deliver } = facts;
  const inUse = keys.filter(({ isOver }) => !isOver);
  const items = inUse.flatMap((pair) =>
    keyAlgorithms.map((algorithm) => keyItem(domain, pair, algorithm)),
  );
  // A domain that is only handed on has its mail signed elsewhere.
  const lacksKeys = deliver !== "relay" && inUse.every(({ state }) => state === "retired");
  return lacksKeys ? [noKeys(domain), ...items] : items;
}

/** The records of keys that nobody needs any more. */
export function overItems({ domain, keys }: DomainFacts): readonly Item[] {
  return keys
    .filter(({ isOver }) => isOver)
    .flatMap(({ name }) => keyAlgorithms.map((algorithm) => keyRecordName(domain, name, algorithm)))
    .map((record) => ({
      title: `a key that nobody needs any more (${record})`,
      need: "useful",
      records: [],
      check: ({ texts }) =>
        judge(lookedUp(texts, record), (found) =>
          found.length === 0
            ? ok
            : { state: "unneeded", remedy: `Take the TXT record of ${record} out of the DNS.` },
        ),
    }));
}

const titles: Readonly<Record<PublishedKeys["state"], string>> = {
  prepared: "the key that will sign its mail (DKIM)",
  active: "the key that signs its mail (DKIM)",
  retired: "a key that has signed its mail (DKIM)",
};

function keyItem(domain: string, pair: PublishedKeys, algorithm: KeyAlgorithm): Item {
  const name = keyRecordName(domain, pair.name, algorithm);
  const key = pair.publicKeys[algorithm];
  return {
    title: titles[pair.state],
    need: "needed",
    records: [{ name, type: "TXT", text: formatKeyRecord(algorithm, key) }],
    check: ({ texts }) =>
      judge(lookedUp(texts, name), (found) => {
        const [text, ...more] = found;
        if (text === undefined) return missing();
        if (more.length > 0) {
          return differs(
            found,
            "Several records stand there, and nobody knows which one counts: leave one.",
          );
        }
        const problem = keyRecordProblem(text, algorithm, key);
        return problem === undefined ? ok : differs(found, `Replace it: ${problem}.`);
      }),
  };
}

function noKeys(domain: string): Item {
  return {
    title: "the key that signs its mail (DKIM)",
    need: "needed",
    records: [],
    note: `it has none; make keys: bailiwick dkim rotate ${domain}`,
    check: () => missing(`Make keys: bailiwick dkim rotate ${domain}`),
  };
}
