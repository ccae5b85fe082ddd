import assert from "node:assert/strict";
import { test } from "node:test";
import { reply } from "../smtp/reply.ts";
import { type Answer, describeAnswer, judge, type Outcome, outcomeOf } from "./outcome.ts";

function said(code: number, enhanced: string, text: string, to: "MAIL" | "RCPT" = "RCPT"): Answer {
  return { to, reply: reply(code, enhanced, text) };
}

const nothing: Answer = { to: "nothing", after: "RCPT", why: "it closed the connection" };

const judgements: readonly (readonly [Outcome, string, Answer])[] = [
  ["taken", "<a@X>", said(250, "2.1.5", "Ok")],
  ["taken", "<a@X>", said(251, "", "will forward")],
  ["refused", "<a@X>", said(550, "5.7.1", "Relaying denied")],
  ["refused", "<a@X>", said(553, "", "sorry, that domain isn't in my list of allowed rcpthosts")],
  ["refused", "<a@X>", said(530, "5.7.0", "Authentication required")],
  ["refused", "<a@X>", said(503, "5.5.1", "HELO first", "MAIL")],
  ["refused", "<a@X>", said(454, "4.7.1", "<v@X>: Relay access denied")],
  ["refused", "<a@X>", said(450, "4.7.1", "relaying not permitted from here")],
  ["refused", "<a@X>", said(550, "5.1.2", "Relaying to example.com denied: relaying prohibited")],
  ["deferred", "<a@X>", said(450, "4.2.0", "Greylisted")],
  ["deferred", "<a@X>", said(451, "4.7.1", "Greylisting in action, the relay will try again")],
  ["deferred", "<a@X>", said(452, "4.5.3", "Too many recipients")],
  ["deferred", "<a@X>", said(354, "", "what?")],
  ["hidden", "<a@X>", said(450, "4.1.2", "Domain not found")],
  ["hidden", "<>", said(556, "5.1.10", "example.com does not accept mail")],
  ["hidden", "<a@X>", said(550, "5.7.27", "The sender's domain takes no mail", "MAIL")],
  ["hidden", "<X!a>", said(450, "4.1.8", "Domain not found")],
  // What is said of a sender that is not of X is said of that sender.
  ["refused", "<a@localhost>", said(450, "4.1.8", "Domain not found")],
  ["unanswered", "<a@X>", nothing],
];

for (const [outcome, sender, answer] of judgements) {
  test(`${describeAnswer(answer)} to ${sender}: ${outcome}`, () => {
    assert.equal(judge(sender, answer), outcome);
  });
}

test("what is taken is a hole where a mailbox that is not there is refused, or the way leads out", () => {
  const taken = said(250, "2.1.5", "Ok");
  const refused = said(550, "5.1.1", "No such mailbox");
  assert.equal(outcomeOf("<a@X>", taken, undefined), "hole");
  assert.equal(outcomeOf("<a@X>", taken, refused), "hole");
  assert.equal(outcomeOf("<a@X>", taken, taken), "taken");
  assert.equal(outcomeOf("<a@X>", taken, nothing), "taken");
  assert.equal(outcomeOf("<a@X>", taken, said(450, "4.2.0", "Greylisted")), "taken");
  assert.equal(outcomeOf("<a@X>", refused, taken), "refused");
});

test("what a server says cannot ring the bell of a terminal", () => {
  assert.equal(describeAnswer(said(250, "", "O\u0007k\u001b[2J")), "250 O?k?[2J");
});
