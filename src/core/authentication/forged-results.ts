// Takes out of a message what claims to be our own word about it: an Authentication-Results field with
// our name, which readers would believe (RFC 8601 §5). All else passes as it is. No more is held
// than the beginning of one such field.

import { parseDomain } from "../mail/domain.ts";

export interface ForgedResultsFilter {
  /** Octets of the message, whose lines end with CR LF. */
  take(octets: Uint8Array): void;
  /** The message is whole; hands on what is still held. */
  finish(): void;
}

const LF = 10;
const CR = 13;
const letterA = 97;
const colon = 58;
const fieldName = new TextEncoder().encode("authentication-results");

/** Octets of a field in which its name of us must have ended; a longer one has something to hide. */
const mostHeld = 4_096;

type State =
  | "line-start"
  /** In a line that passes. */
  | "passing"
  /** In a line that may begin with the field's name; held. */
  | "name"
  /** In a field whose word is not known yet; held. */
  | "value"
  | "dropping"
  | "body";

/** @param ownName the host name that we write into such fields
 * @param pass takes the octets that go on; they are valid during the call only */
export function createForgedResultsFilter(
  ownName: string,
  pass: (octets: Uint8Array) => void,
): ForgedResultsFilter {
  let state: State = "line-start";
  /** What becomes of a line that goes on with the field before it. */
  let nextLine: "passing" | "value" | "dropping" = "passing";
  let held: number[] = [];
  let valueAt = 0; // in `held`

  const isInBody = () => state === "body";

  function release(): void {
    if (held.length > 0) pass(Uint8Array.from(held));
    held = [];
  }

  /** Where the field's end has come, or no more of it is held. */
  function settle(isWhole: boolean): void {
    const text = String.fromCharCode(...held.slice(valueAt));
    const name = authservId(text, isWhole);
    const isOurs = name === undefined ? mayNameUs(text) : isSameName(name, ownName);
    if (isOurs) held = [];
    else release();
    nextLine = isOurs ? "dropping" : "passing";
  }

  /** Of what cannot be read. */
  function mayNameUs(text: string): boolean {
    return held.length >= mostHeld || text.toLowerCase().includes(ownName.toLowerCase());
  }

  function beginLine(octet: number): State {
    const goesOn = octet === 32 || octet === 9;
    if (goesOn) return nextLine;
    if (nextLine === "value") settle(true);
    nextLine = "passing";
    if (octet === CR || octet === LF) return "body";
    return (octet | 0x20) === letterA ? "name" : "passing";
  }

  /** The line's beginning so far is, or may become, the field's name and its colon. */
  function takeName(octet: number): State {
    const matched = held.length;
    held.push(octet);
    if ((octet | 0x20) === fieldName[matched]) return "name";
    const isBehindName = matched >= fieldName.length;
    if (isBehindName && (octet === 32 || octet === 9) && matched < mostHeld) return "name";
    if (isBehindName && octet === colon) {
      valueAt = held.length;
      nextLine = "value";
      return "value";
    }
    release();
    return octet === LF ? "line-start" : "passing";
  }

  function takeValue(octet: number): State {
    held.push(octet);
    if (held.length < mostHeld) return octet === LF ? "line-start" : "value";
    // Looked at once: a field of many short lines must not be read anew with each of them.
    settle(false);
    return octet === LF ? "line-start" : nextLine;
  }

  /** Up to a line that may be something else: nearly all of a header at once. */
  function passLines(octets: Uint8Array, from: number): number {
    // Lines are short: looking at each octet here costs less than a search for each line's end.
    for (let at = from, before = 0; at < octets.length; at++) {
      const octet = octets[at] ?? 0;
      const mayMatter = octet === CR || octet === LF || (octet | 0x20) === letterA;
      if (before === LF && mayMatter) {
        state = "line-start";
        return at;
      }
      before = octet;
    }
    if (octets.at(-1) === LF) state = "line-start";
    return octets.length;
  }

  /** Takes octets from `at` on, up to where the state may change; returns that place. */
  function step(octets: Uint8Array, at: number): number {
    const octet = octets[at] ?? 0;
    switch (state) {
      case "line-start":
        state = beginLine(octet);
        return at;
      case "name":
        state = takeName(octet);
        return at + 1;
      case "value":
        state = takeValue(octet);
        return at + 1;
      case "passing":
        return passLines(octets, at);
      case "dropping": {
        const end = octets.indexOf(LF, at);
        if (end === -1) return octets.length;
        state = "line-start";
        return end + 1;
      }
      case "body":
        return octets.length;
    }
  }

  return {
    take(octets) {
      if (isInBody()) return pass(octets);
      let from = 0; // of what passes and has not been handed on
      for (let at = 0; at < octets.length;) {
        const before = state;
        const next = step(octets, at);
        if (before === "passing" || before === "body") {
          at = next;
          continue;
        }
        // What stands before a field that is held goes first.
        if (isHeldBack(state) && before === "line-start" && from < at) {
          pass(octets.subarray(from, at));
        }
        if (before !== "line-start" || isHeldBack(state)) from = next;
        at = next;
      }
      if (from < octets.length && !isHeldBack(state)) pass(octets.subarray(from));
    },
    finish() {
      if (nextLine === "value") settle(true);
      else release();
    },
  };
}

function isHeldBack(state: State): boolean {
  return state === "name" || state === "value" || state === "dropping";
}

/** Whom a field's value names as having made it. Undefined where the text does not say so yet, or (where
 * it is whole) not at all. */
function authservId(text: string, isWhole: boolean): string | undefined {
  let at = 0;
  for (;;) {
    at = text.length - text.slice(at).trimStart().length;
    if (text.charAt(at) !== "(") break;
    const end = commentEnd(text, at);
    if (end === undefined) return undefined;
    at = end;
  }
  if (text.charAt(at) === '"') {
    const quoted = /^"((?:[^"\\]|\\[^])*)"/.exec(text.slice(at));
    return quoted?.[1]?.replace(/\\([^])/g, "$1").replace(/\r\n(?=[ \t])/g, "");
  }
  const token = /^[^\s;()]*/.exec(text.slice(at))?.[0] ?? "";
  return at + token.length < text.length || isWhole ? token : undefined;
}

function commentEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at + 1;
  }
  return undefined;
}

function isSameName(written: string, own: string): boolean {
  const octets = Uint8Array.from(written, (character) => character.charCodeAt(0));
  const name = new TextDecoder().decode(octets).trim().replace(/\.$/, "");
  return (parseDomain(name) ?? name.toLowerCase()) === own.toLowerCase();
}
