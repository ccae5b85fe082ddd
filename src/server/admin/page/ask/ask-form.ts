// The question of the page *Ask*, as its form sends it: in the address, so that it can be passed on.

import { parseAddress } from "../../../../core/mail/address.ts";
import { parseIp } from "../../../../core/mail/ip.ts";
import { bad, good, type Result } from "../../../../core/result.ts";
import { readWrittenAddress } from "../../../../core/smtp/server/written-address.ts";
import type { ExplainQuestion } from "../../operations.ts";

export interface AskForm {
  readonly role: "mx" | "submission";
  readonly ip: string;
  readonly isEncrypted: boolean;
  readonly login: string;
  readonly from: string;
  readonly to: string;
}

export type AskProblems = Partial<Record<keyof AskForm, string>>;

export const emptyForm: AskForm = {
  role: "mx",
  ip: "",
  isEncrypted: false,
  login: "",
  from: "",
  to: "",
};

/** Undefined where nothing is asked. */
export function readAskForm(query: URLSearchParams): AskForm | undefined {
  const field = (name: string) => (query.get(name) ?? "").trim();
  if (!["ip", "from", "to"].some((name) => query.has(name))) return undefined;
  return {
    role: query.get("role") === "submission" ? "submission" : "mx",
    ip: field("ip"),
    isEncrypted: query.get("tls") === "yes",
    login: field("login"),
    from: field("from"),
    to: field("to"),
  };
}

/** What `explain` is asked, or what is wrong with which field. */
export function questionOf(form: AskForm): Result<ExplainQuestion, AskProblems> {
  const { role, isEncrypted } = form;
  const client = parseIp(form.ip);
  const login = form.login === "" ? undefined : parseAddress(form.login);
  const isNobody = form.from === "<>" || form.from === "";
  const sender = isNobody ? null : readWrittenAddress(form.from);
  const recipient = readWrittenAddress(form.to);
  const loginIsWrong = login !== undefined && !login.ok;
  if (client !== undefined && sender !== undefined && recipient !== undefined && !loginIsWrong) {
    const account = login?.ok === true ? login.value : null;
    return good({ role, client, isEncrypted, login: account, sender, recipient });
  }
  return bad({
    ...(client === undefined && { ip: "Write an IP address, such as 192.0.2.9 or 2001:db8::9." }),
    ...(loginIsWrong && { login: "Write the account's address, such as ann@example.org." }),
    ...(sender === undefined && { from: "Write an address such as ann@example.org, or <>." }),
    ...(recipient === undefined && { to: "Write an address such as bob@example.org." }),
  });
}
