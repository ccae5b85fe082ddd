// What the players of dialogues share: a dialogue as acts, each of them what the client sends before it
// has to wait, with all that must come of it.
//
// `{3*text}` stands for text three times, and the lines from `repeat: 3` to `end:` are played three
// times.

import { type Dialogue, type DialogueLine, octetsOf } from "./dialogue.ts";

export interface Style {
  /** The client waits for every reply, or sends all that it can before the first one. */
  readonly client: "waits" | "pipelines";
  /** Cuts what the client sends at once into what the network delivers at once. */
  readonly cut: (octets: Buffer) => readonly Uint8Array[];
  /** A question is answered before `ask` returns, before more octets arrive, or after them. */
  readonly answers: "at-once" | "before-more" | "after-more";
}

/** A stretch of the dialogue: at most one event, then octets and answers, then nothing is left. */
export interface Act {
  /** Of the line that it begins with. */
  readonly number: number;
  readonly event: DialogueLine | undefined;
  readonly sent: Buffer[];
  readonly answers: string[];
  readonly expected: string[];
  waitingFor?: string;
}

export interface Labels {
  /** What the server says to the session. */
  readonly events: ReadonlySet<string>;
  /** What the session says to the server, beside its replies. */
  readonly outputs: ReadonlySet<string>;
  /** Lines about the world in which the dialogue takes place. */
  readonly preparations: ReadonlySet<string>;
  /** The label of content, which is one entry of the log in however many pieces it came. */
  readonly content?: string;
}

export function actsOf(
  dialogue: Dialogue,
  client: Style["client"],
  labels: Labels,
): readonly Act[] {
  const acts: Act[] = [{ number: 1, event: undefined, sent: [], answers: [], expected: [] }];
  let last = "";
  for (const line of withRepeats(dialogue.lines)) {
    const { label, number } = line;
    if (labels.preparations.has(label)) continue;
    const isEvent = labels.events.has(label);
    const isTurn = client === "waits" && label === "C" && last !== "C" && last !== "";
    if (isEvent || isTurn) {
      const event = isEvent ? line : undefined;
      acts.push({ number, event, sent: [], answers: [], expected: [] });
    }
    if (!isEvent) addLine(acts.at(-1)!, line, labels, dialogue.file);
    last = label;
  }
  return acts;
}

function addLine(
  act: Act,
  { label, text, number }: DialogueLine,
  { outputs, content }: Labels,
  file: string,
): void {
  const whole = withRuns(text);
  if (label === content) return addContent(act.expected, octetsOf(whole));
  if (outputs.has(label)) {
    act.expected.push(`${label}: ${whole}`.trim());
    return;
  }
  switch (label) {
    case "C":
      act.sent.push(octetsOf(whole));
      return;
    case "answer":
      act.answers.push(whole);
      return;
    case "waiting":
      act.waitingFor = whole;
      return;
    case "S":
      act.expected.push(`S: ${whole.replace(/\\x20$/, " ")}`); // a space that an editor would take away
      return;
    default:
      throw new Error(`${file}:${number}: unknown label ${label}`);
  }
}

function withRepeats(lines: readonly DialogueLine[]): readonly DialogueLine[] {
  const start = lines.findIndex(({ label }) => label === "repeat");
  if (start === -1) return lines;
  const end = lines.findIndex(({ label }, index) => label === "end" && index > start);
  const block = lines.slice(start + 1, end);
  const times = Array.from({ length: Number(lines[start]?.text) }, () => block);
  return [...lines.slice(0, start), ...times.flat(), ...withRepeats(lines.slice(end + 1))];
}

function withRuns(text: string): string {
  return text.replace(/\{(\d+)\*([^{}]*)\}/g, (_run, times: string, what: string) =>
    what.repeat(Number(times)),
  );
}

/** Content is one entry, in however many pieces it came. */
export function addContent(log: string[], octets: Buffer): void {
  const text = octets.toString("latin1");
  const before = log.at(-1)?.startsWith("content: ") === true ? log.pop() : undefined;
  log.push(`${before ?? "content: "}${text}`);
}

/** The words of the dialogue's `settings:` line. */
export function settingsOf({ lines }: Dialogue): readonly string[] {
  return lines.find(({ label }) => label === "settings")?.text.split(" ") ?? [];
}
