// What acts on an account will touch, before they are done.

import { type Address, formatAddress, mailboxKey } from "../../../../core/mail/address.ts";
import { html } from "hono/html";
import type { AdminContext } from "../../http/route.ts";
import { type Confirmation, confirmPage } from "../confirm-page.ts";
import { foreign, type Html } from "../html.ts";
import type { PageParts } from "../page-parts.ts";
import { counted } from "../quantities.ts";
import { accountPath, paths } from "./people-links.ts";

/** Undefined where there is no such account any more. */
type Confirming = Promise<Response | undefined>;

/** Names that are listed. */
const mostNamed = 10;

export async function confirmDisable(
  context: AdminContext,
  parts: PageParts,
  address: Address,
): Confirming {
  const can = parts.operations(context);
  if ((await can.accountShow(address)) === null) return undefined;
  const name = formatAddress(address);
  const grants = await can.grantList({ client: null, account: mailboxKey(address) }, false);
  return askFirst(context, parts, name, {
    title: `Disable ${name}?`,
    says: [
      "Nobody can log in to it, until it is enabled again; its open sessions end.",
      `${counted(grants.length, "grant")} of it end, and do not come back.`,
      "Mail for it still arrives.",
    ],
    action: paths.disable,
    button: "Disable",
  });
}

export async function confirmRelease(
  context: AdminContext,
  parts: PageParts,
  address: Address,
): Confirming {
  const can = parts.operations(context);
  const account = await can.accountShow(address);
  if (account === null) return undefined;
  const name = formatAddress(address);
  const { stopped } = account;
  const held = await can.queueCount("release", { ids: "all", login: mailboxKey(address) });
  return askFirst(context, parts, name, {
    title: `Let ${name} send again?`,
    says: [
      stopped === null
        ? "Its sending is not stopped any more: somebody else has released it."
        : html`Its sending was stopped: ${foreign(stopped.why)}.`,
      `${counted(held, "held message")} of it will be sent. Delete what is not its user’s first.`,
      "If its password was stolen, set another one first.",
    ],
    action: paths.release,
    button: "Let it send",
  });
}

export async function confirmRemoval(
  context: AdminContext,
  parts: PageParts,
  address: Address,
): Confirming {
  const can = parts.operations(context);
  if ((await can.accountShow(address)) === null) return undefined;
  const key = mailboxKey(address);
  const [addresses, passwords, forwards, grants] = await Promise.all([
    can.addressList(address),
    can.appPasswordList(address),
    can.forwardSearch({ text: null, about: address }, { limit: 100, offset: 0, targets: 0 }),
    can.grantList({ client: null, account: key }, false),
  ]);
  const keeping = forwards.forwards.filter(({ keep }) => keep === key);
  // Whatever concerns it otherwise, and is not its own, leads to it.
  const leading = forwards.forwards.filter((each) => each.key !== key && each.keep !== key);
  const name = formatAddress(address);
  return askFirst(context, parts, name, {
    title: `Remove ${name}?`,
    says: [
      "The account goes, with its password; its open sessions end.",
      ...listed(
        addresses.map((each) => each.key),
        "Its further addresses go:",
      ),
      ...listed(
        passwords.map((each) => each.name),
        "Its app passwords go:",
      ),
      ...(grants.length > 0 ? [`${counted(grants.length, "grant")} of it end.`] : []),
      ...listed(
        keeping.map((each) => each.key),
        "No copy of this mail is kept any more:",
      ),
      ...listed(
        leading.map((each) => each.key),
        "This mail is sent on to it still, and will come back:",
      ),
      "Its mailbox folder stays as it is. Its mail in the queue stays, too.",
    ],
    action: paths.remove,
    button: "Remove",
  });
}

type Asked = Pick<Confirmation, "title" | "says" | "action" | "button">;

function askFirst(
  context: AdminContext,
  { show, csrf }: PageParts,
  name: string,
  asked: Asked,
): ReturnType<PageParts["show"]> {
  const rest = { fields: { address: name }, back: accountPath(name), csrf: csrf(context) };
  return show(context, confirmPage({ ...asked, ...rest }));
}

function listed(names: readonly string[], says: string): readonly Html[] {
  if (names.length === 0) return [];
  const shown = names
    .slice(0, mostNamed)
    .map((name, at) => html`${at > 0 && ", "}${foreign(name)}`);
  const more = names.length > mostNamed && html` and ${names.length - mostNamed} more`;
  return [html`${says} ${shown}${more}.`];
}
