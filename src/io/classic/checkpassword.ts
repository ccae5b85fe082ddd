// A program with the interface of checkpassword (https://cr.yp.to/checkpwd/interface.html), such as
// vpopmail's vchkpw: it reads login and password from descriptor 3, and ends with an exit code.

import type {
  LoginAccount,
  LoginOutcome,
  LoginRequest,
  LoginService,
  LoginSource,
} from "../../core/login/source.ts";
import { noFlags } from "../../core/login/source.ts";
import { mailboxKey, parseAddress } from "../../core/mail/address.ts";
import { createGate } from "../process/gate.ts";
import { type Ending, runChecker } from "./checker.ts";

/** Octets that the interface allows on descriptor 3. */
const longest = 512;

export interface CheckpasswordOptions {
  /** The program's absolute path and its arguments: what it runs when the password is good. */
  readonly program: readonly [string, ...string[]];
  /** Milliseconds for one check. */
  readonly timeout: number;
  /** Processes at once; as many again may wait, for as long as one check may take. */
  readonly atOnce: number;
  /** New each time, printable, not to be guessed: whom and what no program knows. */
  readonly random: () => string;
}

export interface Checkpassword extends LoginSource {
  /** What is wrong with the program, undefined where it has refused whom it must: asked at start, so
   * that the operator hears of it before the first user does. */
  probe(): Promise<TemporaryFailure | undefined>;
}

type TemporaryFailure = Extract<LoginOutcome, { readonly result: "temporary" }>;

/**
 * The exit codes: 0 is good; 1 is no. To vchkpw a wrong password is 3, and what else is wrong with a
 * login is 12, 13, 15 and 20 to 23: those are no as well. 2 is for misuse, 111 for what is temporary, and
 * all the rest (a crash, a program that had to be stopped) is neither yes nor no: temporary.
 *
 * No is `unknown`, not `refused`: a program cannot say whether it knows the login.
 *
 * A program that lets everyone in is never believed. Before the first login, and again until it has
 * passed, it is asked about a user whom nobody knows; only when it has refused that one do its
 * answers count. `/bin/true` in its place, which made open relays of many hosts, never passes.
 */
export function createCheckpassword(options: CheckpasswordOptions): Checkpassword {
  const { program, timeout, atOnce, random } = options;
  const [path] = program;
  const gate = createGate({ places: atOnce, waiting: atOnce, patience: timeout });
  let probed: Promise<LoginOutcome> | undefined;

  async function run(request: LoginRequest, input: Buffer): Promise<LoginOutcome> {
    const environment = environmentFor(request.service);
    const ending = await gate.run(() => runChecker({ program, input, environment, timeout }));
    if (ending.ok) return judge(path, ending.value, request);
    return temporary("busy", `${path} runs ${atOnce} times already`);
  }

  async function runProbe(): Promise<LoginOutcome> {
    const [login, password] = [`${random()}@probe.invalid`, random()];
    const request = { login, password, service: "smtp" } as const;
    const outcome = await run(request, Buffer.from(`${login}\0${password}\0\0`));
    if (outcome.result !== "good") return outcome;
    return temporary(
      "misconfigured",
      `${path} let a user in that does not exist, with a random password: it would let everyone ` +
        "in; name the program that checks passwords, with its own arguments behind it",
    );
  }

  /** Several logins wait for one probe, and one that has passed is kept. */
  async function probe(): Promise<LoginOutcome> {
    probed ??= runProbe();
    const outcome = await probed;
    if (outcome.result !== "unknown") probed = undefined;
    return outcome;
  }

  return {
    name: "checkpassword",
    async probe() {
      const outcome = await probe();
      return outcome.result === "temporary" ? outcome : undefined;
    },
    async verify(request) {
      const input = Buffer.from(`${request.login}\0${request.password}\0\0`);
      if (input.length > longest) {
        return unknown(`checkpassword takes ${longest} octets, and these are ${input.length}`);
      }
      if (input.filter((octet) => octet === 0).length !== 3) {
        return unknown("there is a NUL in the login or the password");
      }
      const outcome = await probe();
      return outcome.result === "unknown" ? run(request, input) : outcome;
    },
    close: () => Promise.resolve(),
  };
}

/** vchkpw knows by the port what the login is for, and so which of an account's flags count. It is
 * not told the client's address: it would write it into its own table of relay grants. */
function environmentFor(service: LoginService): Readonly<Record<string, string>> {
  const ports: Readonly<Record<LoginService, string>> = { smtp: "587", pop3: "110" };
  return { PATH: "/usr/bin:/bin", PROTO: "TCP", TCPLOCALPORT: ports[service] };
}

/** vchkpw's own codes for a login that is wrong, beside 1. */
const vchkpwRefusals: ReadonlySet<number> = new Set([3, 12, 13, 15, 20, 21, 22, 23]);

function judge(path: string, ending: Ending, request: LoginRequest): LoginOutcome {
  switch (ending.kind) {
    case "not-started":
      return temporary(
        ending.passing ? "unavailable" : "misconfigured",
        `${path} cannot be run: ${ending.why}`,
      );
    case "timed-out":
      return temporary("unavailable", `${path} took too long and was stopped`);
    case "killed":
      return temporary("unavailable", `${path} was ended by ${ending.signal}`);
    case "exited":
      return judgeCode(path, ending.code, request);
  }
}

function judgeCode(path: string, code: number, { login }: LoginRequest): LoginOutcome {
  if (code === 0) return { result: "good", account: accountOf(login) };
  if (code === 1 || vchkpwRefusals.has(code)) return unknown(`${path} refused it (exit ${code})`);
  if (code === 2) {
    return temporary(
      "misconfigured",
      `${path} says that it is used wrongly (exit 2); see its manual`,
    );
  }
  return temporary("unavailable", `${path} could not find it out (exit ${code})`);
}

function accountOf(login: string): LoginAccount {
  const address = parseAddress(login);
  if (!address.ok) return { name: login, addresses: [], flags: noFlags };
  return { name: mailboxKey(address.value), addresses: [address.value], flags: noFlags };
}

function unknown(why: string): LoginOutcome {
  return { result: "unknown", why };
}

function temporary(fault: TemporaryFailure["fault"], why: string): TemporaryFailure {
  return { result: "temporary", why, fault };
}
