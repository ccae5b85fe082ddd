// The commands of the manual, in the order of each page, in a world that has what the page speaks of
// (support/worlds.ts). A comment above a block says what is special about it:
//
//   <!-- not run: REASON -->       it cannot run here; the reasons are counted below
//   <!-- may end with CODE -->     the page says so, or it is plain from what it is about
//   <!-- after a while -->         it is run again until it prints what the page shows
//   <!-- the smart host gets it --> one message more has come to the sink that plays it
//   <!-- output -->                what the block before prints, but for times, numbers and ids
//   <!-- file: NAME -->            the page's file, which its commands use

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { whyMissing } from "../support/command.ts";
import { isShownBy } from "./support/output.ts";
import { type Block, blocksOf, isOfItsTime, type Page, readPages } from "./support/pages.ts";
import { createWorld, type World } from "./support/world.ts";
import { worlds } from "./support/worlds.ts";

const pages = readPages().filter((page) => !isOfItsTime(page));
const why = await whyNot();

/** Why nothing is run; false where it can be. */
async function whyNot(): Promise<string | false> {
  if (process.platform !== "linux") return "there is no /proc here";
  const missing = await Promise.all(["bash", "curl", "openssl"].map(whyMissing));
  return missing.find((each) => each !== false) ?? false;
}

interface Step {
  readonly block: Block;
  readonly output?: Block;
  /** Files that the page shows before. */
  readonly files: readonly Block[];
  /** Variables that the page has set before: `AUTH=…`. */
  readonly names: readonly string[];
}

function noteOf({ notes }: Block, beginning: string): string | undefined {
  return notes.find((note) => note.startsWith(beginning))?.slice(beginning.length);
}

/** What is run, each with the output that follows it. */
function stepsOf(page: Page): readonly Step[] {
  const steps: Step[] = [];
  let files: Block[] = [];
  let names: readonly string[] = [];
  for (const block of blocksOf(page)) {
    const last = steps.at(-1);
    if (noteOf(block, "file: ") !== undefined) files.push(block);
    if (block.language === "sh") {
      steps.push({ block, files, names });
      files = [];
      names = [...names, ...block.text.split("\n").filter((line) => /^[A-Z]+=/.test(line))];
    } else if (block.notes.includes("output")) {
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
    });
    after(async () => {
      // oxlint-disable-next-line no-await-in-loop -- each may need the one before
      for (const act of cleanups) await act();
    });
    for (const step of steps) {
      test(`${page.path}:${step.block.line} does what the page says`, () => take(world, step));
    }
  });
}

async function take(world: World, { block, output, files, names }: Step): Promise<void> {
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- there are a few
    await world.write(noteOf(file, "file: ") ?? "", file.text);
  }
  const code = Number(noteOf(block, "may end with ") ?? 0);
  const run = () => world.run(`${names.join("\n")}\n${block.text}`, code);
  const count = world.sink.messages.length;
  let answer = await run();
  const isShown = () => output === undefined || shows(output, answer.stdout);
  for (let tries = 0; tries < 50 && block.notes.includes("after a while") && !isShown(); tries++) {
    // oxlint-disable-next-line no-await-in-loop -- until it is so
    await delay(100);
    // oxlint-disable-next-line no-await-in-loop
    answer = await run();
  }
  assert.ok([0, code].includes(answer.code), `${answer.stderr}\n${answer.stdout}`);
  if (block.notes.includes("the smart host gets it")) await world.sink.until(count + 1);
  if (!isShown()) assert.equal(answer.stdout, output?.text);
}

function shows({ language, text }: Block, printed: string): boolean {
  if (language !== "json") return isShownBy(text, printed);
  return isDeepStrictEqual(JSON.parse(printed), JSON.parse(text));
}

test("what cannot run says why, and is counted", () => {
  const counts: Record<string, number> = {};
  for (const step of pages.flatMap(stepsOf)) {
    const reason = noteOf(step.block, "not run: ");
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  assert.deepEqual(counts, {
    ".ci/run does it": 2,
    "it changes the machine": 6,
    "it needs the Internet": 1,
    "it takes minutes": 1,
    "there is no container engine here": 1,
    "test/end-to-end/14-toaster.test.ts does it": 1,
    "test/end-to-end/18-sendmail.test.ts does it": 1,
    "test/packages does it": 2,
    "test/relay-test does it": 2,
    "test/tls/acme.test.ts does it": 3,
  });
});

test("blocks of JSON can be read", () => {
  for (const block of pages.flatMap(blocksOf)) {
    if (block.language === "json") JSON.parse(block.text);
  }
});
