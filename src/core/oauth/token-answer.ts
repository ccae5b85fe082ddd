// What a token endpoint answers (RFC 6749 §5).

import { bad, good, type Result } from "../result.ts";
import { printable } from "../smtp/reply.ts";

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds from now for which it is good. */
  readonly lifetime: number;
  /** A new refresh token, which takes the place of the old one (§6). */
  readonly refreshToken?: string;
}

/** For those that do not say: short, so that one that is good for longer is only fetched too often. */
const unstatedLifetime = 300_000;
/** Longer ones are renewed all the same, once a day. */
const longestLifetime = 86_400_000;
const longestText = 300;

/** RFC 6750 §2.1: what may stand behind `Bearer`. */
const tokenShape = /^[A-Za-z0-9._~+/-]+=*$/;

/** @param status of HTTP.
 * @param text what stands in the answer.
 * @param secrets never to be repeated in a problem, whoever sends them back to us. */
export function readTokenAnswer(
  status: number,
  text: string,
  secrets: readonly string[],
): Result<IssuedToken, string> {
  const answer = parse(text);
  if (status !== 200) return bad(hide(explainRefusal(status, answer), secrets));
  if (answer === undefined) return bad("the answer is no JSON object");
  const { access_token: token, token_type: type, expires_in: seconds } = answer;
  if (typeof token !== "string" || !tokenShape.test(token)) {
    return bad("the answer holds no access_token that could be used");
  }
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    return bad(`the token is of a type that is not known here (${describe(type)}), not Bearer`);
  }
  const lifetime = readLifetime(seconds);
  if (lifetime === undefined) {
    return bad(`the answer's expires_in (${describe(seconds)}) is no number of seconds`);
  }
  const { refresh_token: refreshToken } = answer;
  const isRefreshToken =
    typeof refreshToken === "string" && /^[\u0020-\u007e]+$/.test(refreshToken);
  return good({ token, lifetime, ...(isRefreshToken && { refreshToken }) });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Some write it as a text, against the RFC. */
function readLifetime(seconds: unknown): number | undefined {
  if (seconds === undefined || seconds === null) return unstatedLifetime;
  const isNumber = typeof seconds === "number" || typeof seconds === "string";
  const number = isNumber && seconds !== "" ? Number(seconds) : Number.NaN;
  return number > 0 ? Math.min(number * 1_000, longestLifetime) : undefined;
}

/** RFC 6749 §5.2. */
function explainRefusal(status: number, answer: Readonly<Record<string, unknown>> = {}): string {
  const { error, error_description: description } = answer;
  const words = [error, description].filter((one) => typeof one === "string" && one !== "");
  const code = `status ${status}`;
  return words.length === 0
    ? code
    : `${code}: ${printable(words.join(": ")).slice(0, longestText)}`;
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  return printable(JSON.stringify(value)).slice(0, 40);
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (hidden, secret) => (secret === "" ? hidden : hidden.replaceAll(secret, "…")),
    text,
  );
}
