// What the host offers, and what we make of it, once mail can go.

import { becomeIdle } from "./ending.ts";
import type { Extensions } from "./extensions.ts";
import { isAuthenticated, type Opening } from "./opening.ts";
import type { ClientOutput, Step } from "./session-values.ts";

/** Recipients in one transaction. RFC 5321 §4.5.3.1.8 has every host take so many; what is written
 * ahead of the answers stays small with it. */
const maxRecipients = 100;

/** All that the session had to come by is there: mail can go. */
export function ready(
  opening: Opening,
  extensions: Extensions,
  ...before: readonly ClientOutput[]
): Step {
  const { options } = opening;
  const { messagesPerConnection = Infinity, recipientsPerMessage = maxRecipients } = options;
  return becomeIdle(
    {
      extensions: {
        ...extensions,
        messagesMax: Math.min(extensions.messagesMax, messagesPerConnection),
        recipientsMax: Math.min(extensions.recipientsMax, recipientsPerMessage),
      },
      keepsRequireTls: isAuthenticated(opening) && extensions.requireTls,
      answersEach: options.protocol === "lmtp",
      endsHere: options.endsHere === true,
      messages: 0,
      open: false,
    },
    ...before,
  );
}
