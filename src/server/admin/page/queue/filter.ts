// Which messages the page *Queue* is asked for: in its address, so that it can be passed on.

import { durationExpected, readDuration } from "../../../../core/config/values/duration.ts";
import { parseDomain } from "../../../../core/mail/domain.ts";
import { formatMessageId, type MessageId, parseMessageId } from "../../../../core/queue/message.ts";
import { readWrittenAddress } from "../../../../core/smtp/server/written-address.ts";
import type { QueueWish } from "../../operations.ts";
import { href, type Query } from "../links.ts";

export interface QueueForm {
  readonly domain: string;
  readonly sender: string;
  readonly destination: string;
  readonly state: "" | "waiting" | "held";
  /** As a configuration writes it. */
  readonly older: string;
}

export type QueueProblems = Partial<Record<keyof QueueForm, string>>;

export interface ReadFilter {
  readonly form: QueueForm;
  readonly wish: QueueWish;
  /** Where there are some, `wish` is not what was meant. */
  readonly problems: QueueProblems;
}

/** @param now UTC milliseconds */
export function readFilter(query: URLSearchParams, now: number): ReadFilter {
  const field = (name: string) => (query.get(name) ?? "").trim();
  const state = field("state");
  const form: QueueForm = {
    domain: field("domain"),
    sender: field("sender"),
    destination: field("destination"),
    state: state === "waiting" || state === "held" ? state : "",
    older: field("older"),
  };
  const domain = form.domain === "" ? undefined : parseDomain(form.domain.replace(/^@/, ""));
  const sender = senderOf(form.sender);
  const older = form.older === "" ? undefined : readDuration(form.older);
  return {
    form,
    wish: {
      ...(domain !== undefined && { recipientDomain: domain }),
      ...(sender?.path !== undefined && { sender: sender.path }),
      ...(form.destination !== "" && { destination: form.destination.toLowerCase() }),
      ...(older?.ok === true && { receivedBefore: now - older.value }),
      ...(form.state !== "" && { state: form.state }),
    },
    problems: {
      ...(form.domain !== "" &&
        domain === undefined && { domain: "Write a domain such as example.org." }),
      ...(form.sender !== "" &&
        sender === undefined && { sender: "Write an address such as ann@example.org, or <>." }),
      ...(older?.ok === false && { older: `Write ${durationExpected}.` }),
    },
  };
}

/** Undefined for what is no sender. */
function senderOf(text: string) {
  if (text === "") return undefined;
  if (text === "<>") return { path: null };
  const path = readWrittenAddress(text);
  return path && { path };
}

export function formQuery({ domain, sender, destination, state, older }: QueueForm): Query {
  return { domain, sender, destination, state, older };
}

/** Where in the list the page is. */
export interface ListPlace {
  readonly first: "oldest" | "newest";
  /** The page begins behind that message; 0 where it begins with the first. */
  readonly after: MessageId;
  /** It ends before that one. */
  readonly before?: MessageId;
}

export function readPlace(query: URLSearchParams): ListPlace {
  const before = parseMessageId(query.get("before") ?? "");
  return {
    first: query.get("first") === "newest" ? "newest" : "oldest",
    after: parseMessageId(query.get("after") ?? "") ?? 0,
    ...(before !== undefined && { before }),
  };
}

export function placeQuery({ first, after, before }: ListPlace): Query {
  return {
    first: first === "newest" ? first : undefined,
    after: after === 0 ? undefined : formatMessageId(after),
    before: before === undefined ? undefined : formatMessageId(before),
  };
}

export function listHref(form: QueueForm, place: Query): string {
  return href("/queue", { ...formQuery(form), ...place });
}
