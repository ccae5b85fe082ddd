// The whole test: every form in every context, one connection at a time, to one server.

import { type Context, contexts } from "../../core/relay-test/contexts.ts";
import { formatProbeMessage } from "../../core/relay-test/message.ts";
import { type Answer, outcomeOf } from "../../core/relay-test/outcome.ts";
import { allPairs, controlOf, controlPairs, type Pair } from "../../core/relay-test/pairs.ts";
import type { ContextResult, FormResult, Report, Survey } from "../../core/relay-test/report.ts";
import { formatIp } from "../../core/mail/ip.ts";
import { Asking } from "./asking.ts";
import { deliver } from "./deliver.ts";
import type { Dialog } from "./dialog.ts";
import { open } from "./opening.ts";
import { survey, type SurveyOptions } from "./survey.ts";

export interface RelayTestOptions extends SurveyOptions {
  /** Send a message in each recipient's form that is taken; it goes to `foreign`. */
  readonly deliver: boolean;
  /** Milliseconds between connections. */
  readonly pause: number;
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  /** Forms that are done with, of so many. */
  readonly done: number;
  readonly all: number;
  readonly context: string;
}

/** Contexts in a row without any answer, after which the others are not tried. */
const mostSilent = 2;

/** Tests a server. When the signal comes, what was found so far is the report.
 * @throws {DialogError} where there is no server to be tested */
export async function testRelay(options: RelayTestOptions): Promise<Report> {
  const found = await survey(options);
  const results = await new RelayTest(found, options).run();
  const { foreign } = options;
  return { survey: found, contexts: results, ...(options.deliver && { deliver: foreign }) };
}

class RelayTest {
  readonly #survey: Survey;
  readonly #options: RelayTestOptions;
  readonly #pairs: readonly Pair[];
  /** Recipients' forms in which a message was sent: one of each is enough to see. */
  readonly #sent = new Set<string>();

  constructor(found: Survey, options: RelayTestOptions) {
    this.#survey = found;
    this.#options = options;
    this.#pairs = allPairs(found.names);
  }

  async run(): Promise<readonly ContextResult[]> {
    const results: ContextResult[] = [];
    let silent = 0;
    for (const context of contexts) {
      if (silent === mostSilent) {
        const said = "not tried, because it had stopped answering";
        results.push({ context, results: [], obstacle: { kind: "unanswered", said } });
        continue;
      }
      const result = await this.#probe(context);
      results.push(result);
      silent = isSilent(result) ? silent + 1 : 0;
    }
    return results;
  }

  async #probe(context: Context): Promise<ContextResult> {
    let done = contexts.indexOf(context) * this.#pairs.length;
    const all = contexts.length * this.#pairs.length;
    const tell = () => this.#options.onProgress({ done: done++, all, context: context.name });
    const { obstacle, answers } = await this.#ask(context, this.#pairs, tell);
    const controls = await this.#ask(context, controlPairs(answers), () => {});
    const results: FormResult[] = [];
    for (const [pair, answer] of answers) {
      const outcome = outcomeOf(pair.sender, answer, answerForControl(pair, controls.answers));
      const result = { ...pair, outcome, answer };
      const isTaken = outcome === "hole" || outcome === "taken";
      results.push(isTaken ? await this.#deliver(context, result) : result);
    }
    return { context, results, ...(obstacle && { obstacle }) };
  }

  async #ask(context: Context, pairs: readonly Pair[], onAnswer: () => void) {
    const { pause, signal } = this.#options;
    const { names } = this.#survey;
    const connect = () => this.#connect();
    const asking = new Asking(pairs, { context, names, connect, pause, signal, onAnswer });
    return { obstacle: await asking.run(), answers: asking.answers };
  }

  /** Always to the address that was surveyed: a name may have several. */
  async #connect(): Promise<Dialog> {
    const host = formatIp(this.#survey.names.ip);
    const { port } = this.#options.endpoint;
    return (await open({ ...this.#options, endpoint: { host, port } })).dialog;
  }

  async #deliver(context: Context, result: FormResult): Promise<FormResult> {
    const { sender, recipient } = result;
    if (!this.#options.deliver || this.#sent.has(recipient)) return result;
    this.#sent.add(recipient);
    const { names, server } = this.#survey;
    const pair = { sender, recipient };
    const now = this.#options.now();
    const content = formatProbeMessage({ ...pair, server, names, context: context.name, now });
    const connect = () => this.#connect();
    return { ...result, delivery: await deliver({ connect, context, names, pair, content }) };
  }
}

function answerForControl(
  { sender, recipient }: Pair,
  controls: ReadonlyMap<Pair, Answer>,
): Answer | undefined {
  const control = controlOf(recipient);
  if (control === undefined) return undefined;
  for (const [pair, answer] of controls) {
    if (pair.sender === sender && pair.recipient === control) return answer;
  }
  return { to: "nothing", after: "RCPT", why: "not asked" };
}

function isSilent({ obstacle, results }: ContextResult): boolean {
  return (
    obstacle?.kind === "unanswered" && results.every(({ outcome }) => outcome === "unanswered")
  );
}
