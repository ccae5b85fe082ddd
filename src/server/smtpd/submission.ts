// The message of a client that has logged in, on its way from the connection to where it is collected:
// its header is edited as it passes, and at its end it is asked whether its authors are the login's.

import type { SubmissionSettings } from "../../core/config/settings.ts";
import type { Address } from "../../core/mail/address.ts";
import type { ContentTraits } from "../../core/mail/envelope.ts";
import type { Fact } from "../../core/policy/fact.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import { type Author, findAuthors } from "../../core/submission/authors.ts";
import type { AddedFields } from "../../core/submission/edit-header.ts";
import { createHeaderFilter } from "../../core/submission/header-filter.ts";
import {
  describeProblem,
  headerTooLong,
  notChecked,
  notOwned,
} from "../../core/submission/refusals.ts";

/** What holds for the mail of those who have logged in. */
export interface SubmissionRules extends Pick<SubmissionSettings, "checkFrom" | "hideClient"> {
  /** Whether an account may send as an address. Never throws: what cannot be found out is unknown. */
  readonly ownsSender: (account: string, sender: Address) => Fact<boolean> | Promise<Fact<boolean>>;
}

export interface SubmissionOptions {
  readonly rules: SubmissionRules;
  /** The account that is logged in. */
  readonly account: string;
  /** What is added where it is missing. */
  readonly added: AddedFields;
  /** Takes the octets that go on; they are valid during the call only. */
  readonly pass: (octets: Uint8Array) => void;
}

export interface Submission {
  take(octets: Uint8Array): void;
  /** The message is whole; hands on what is still held. */
  finish(): void;
  /** Why the message cannot go out, if so; to be asked after `finish`. */
  refusal(): Promise<Judgement>;
  /** Traits of what was handed on. @param before those of what was taken. */
  traitsAfter(before: ContentTraits): ContentTraits;
}

/** `why` is for the log: what could not be found out. */
type Judgement = { readonly reply: Reply; readonly why?: string } | undefined;

export function createSubmission(options: SubmissionOptions): Submission {
  const { rules, account, added, pass } = options;
  const filter = createHeaderFilter(added, pass);

  async function judge(author: Author): Promise<Judgement> {
    const owns = await rules.ownsSender(account, author.address);
    if (!owns.known) return { reply: notChecked, why: owns.why };
    return owns.value ? undefined : { reply: notOwned(author) };
  }

  return {
    take: (octets) => filter.take(octets),
    finish: () => filter.finish(),
    async refusal() {
      const { findings } = filter;
      if (findings.isTooLong) return { reply: headerTooLong };
      if (!rules.checkFrom) return undefined;
      const authors = findAuthors(findings);
      if (!authors.ok) return { reply: describeProblem(authors.problem) };
      for (const author of authors.value) {
        // One after the other: there is nearly always one, and the first stranger decides.
        // oxlint-disable-next-line no-await-in-loop
        const judgement = await judge(author);
        if (judgement !== undefined) return judgement;
      }
      return undefined;
    },
    traitsAfter: (before) => filter.traitsAfter(before),
  };
}
