// The commands of the manual, in the order of each page, in a world that has what the page speaks of
// (support/worlds.ts). A comment above a block says what is special about it:
//
//   <!-- not run: REASON -->       it cannot run here; the reasons are counted below
//   <!-- may end with CODE -->     the page says so, or it is plain from what it is about
//   <!-- output -->                what the block before prints, but for times, numbers and ids
//   <!-- file: NAME -->            the page's file, which its commands use

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyMissing } from "../support/command.ts";
import { isShownBy } from "./support/output.ts";
import { type Block, blocksOf, isOfItsTime, type Page, readPages } from "./support/pages.ts";
import { createWorld, type World } from "./support/world.ts";
import { worlds } from "./support/worlds.ts";

const pages = readPages().filter((page) => !isOfItsTime(page));
const why = process.platform === "linux" ? await whyMissing("bash") : "there is no /proc here";

interface Step {
  readonly block: Block;
  readonly output?: Block;
}

function noteOf({ notes }: Block, beginning: string): string | undefined {
  return notes.find((note) => note.startsWith(beginning))?.slice(beginning.length);
}

/** What is run, each with the output that follows it. */
function stepsOf(page: Page): readonly Step[] {
  const steps: Step[] = [];
  for (const block of blocksOf(page)) {
    const last = steps.at(-1);
    if (block.language === "sh") steps.push({ block });
    else if (block.notes.includes("output")) {
      assert.ok(last !== undefined, `${page.path}:${block.line}: no command is before this output`);
      steps[steps.length - 1] = { ...last, output: block };
    }
  }
  return steps;
}

function isRun({ block }: Step): boolean {
  return noteOf(block, "not run: ") === undefined;
}

for (const page of pages) {
  const steps = stepsOf(page).filter(isRun);
  if (steps.length === 0) continue;
  describe(page.path, { skip: why }, () => {
    const cleanups: (() => Promise<void>)[] = [];
    let world: World;
    before(async () => {
      const options = worlds[page.path];
      assert.ok(options !== undefined, `${page.path} has commands, and no world`);
      world = await createWorld({ after: (act) => cleanups.unshift(act) }, options);
      for (const block of blocksOf(page)) {
        const name = noteOf(block, "file: ");
        // oxlint-disable-next-line no-await-in-loop -- there are a few
        if (name !== undefined) await world.write(name, block.text);
      }
    });
    after(async () => {
      // oxlint-disable-next-line no-await-in-loop -- each may need the one before
      for (const act of cleanups) await act();
    });
    for (const { block, output } of steps) {
      test(`${page.path}:${block.line} does what the page says`, async () => {
        const code = Number(noteOf(block, "may end with ") ?? 0);
        const answer = await world.run(block.text, code);
        assert.ok([0, code].includes(answer.code), `${answer.stderr}\n${answer.stdout}`);
        if (output?.language === "json") {
          assert.deepEqual(JSON.parse(answer.stdout), JSON.parse(output.text));
        } else if (output !== undefined && !isShownBy(output.text, answer.stdout)) {
          assert.equal(answer.stdout, output.text);
        }
      });
    }
  });
}

test("what cannot run says why, and is counted", () => {
  const counts: Record<string, number> = {};
  for (const step of pages.flatMap(stepsOf)) {
    const reason = noteOf(step.block, "not run: ");
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  assert.deepEqual(counts, {});
});

test("blocks of JSON can be read", () => {
  for (const block of pages.flatMap(blocksOf)) {
    if (block.language === "json") JSON.parse(block.text);
  }
});
