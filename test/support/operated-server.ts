// A whole server in this process, with a listener of the role `admin`, and a browser's and a program's
// way to ask it: for tests of the page and of the HTTP API.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer } from "../../src/app/server/run.ts";
import { loadSettings } from "../../src/app/configuration.ts";
import { connectOperations } from "../../src/app/control.ts";
import { hashOperatorPassword } from "../../src/io/password/operator-password.ts";
import { systemClock } from "../../src/io/process/clock.ts";
import type { Scope } from "../../src/server/admin/access/scopes.ts";
import { digestOf, newToken } from "../../src/server/admin/access/secrets.ts";
import type { ServerOperations } from "../../src/server/admin/server-operations.ts";
import type { Cleanup } from "./cleanup.ts";
import { type Endpoint, temporaryFolder } from "./server.ts";

export const operatorPassword = "correct horse battery";

export interface OperatedServer {
  readonly url: string;
  /** Where it takes mail. */
  readonly mx: Endpoint;
  readonly folder: string;
  readonly configurationFile: string;
  /** What the command line would have done. */
  readonly operations: ServerOperations;
  readonly log: readonly LogLine[];
  /** UTC goes on by so many milliseconds. */
  pass(milliseconds: number): void;
  /** One with a page's manners: keeps the cookie, says whose form it sends. */
  browser(): Browser;
  /** An operator, as `bailiwick operator add` makes it. */
  addOperator(name: string, password?: string): Promise<void>;
  /** A token, as `bailiwick token add` makes it. */
  addToken(name: string, scopes: readonly Scope[], length?: number): Promise<string>;
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
  readonly [field: string]: unknown;
}

export interface Browser {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a form, with the token of the page's forms where somebody is logged in. */
  submit(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  logIn(name: string, password?: string): Promise<Response>;
}

export interface OperatedOptions {
  /** Keys as in docs/configuration.md, beside `hostname`, `data` and `listeners`. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Of one that ran before. */
  readonly folder?: string;
}

export async function startOperatedServer(
  cleanup: Cleanup,
  options: OperatedOptions = {},
): Promise<OperatedServer> {
  const folder = options.folder ?? (await temporaryFolder(cleanup));
  const configurationFile = join(folder, "bailiwick.yaml");
  const configuration = {
    hostname: "mail.example.org",
    listeners: {
      admin: { role: "admin", listen: ["127.0.0.1:0"] },
      mx: { role: "mx", listen: ["127.0.0.1:0"] },
    },
    authentication: { verify: false },
    domains: { "example.org": { deliver: "mailboxes" } },
    ...options.configuration,
  };
  await writeFile(configurationFile, JSON.stringify(configuration));
  const log: LogLine[] = [];
  let ahead = 0;
  const readSettings = () => loadSettings(configurationFile);
  const settings = await readSettings();
  const noteAs = (level: LogLine["level"]) => (fields: object, text: string) =>
    void log.push({ ...fields, level, text });
  const server = await startServer({
    settings,
    readSettings,
    clock: { now: () => Date.now() + ahead, elapsed: systemClock.elapsed },
    random: Math.random,
    log: { info: noteAs("info"), warn: noteAs("warn"), error: noteAs("error") },
    mxPort: 25,
  });
  let isOver = false;
  const stop = async () => {
    if (isOver) return;
    isOver = true;
    await server.stop();
  };
  cleanup.after(stop);
  const operations = await connectOperations(join(settings.data, "control.sock"));
  const addressOf = (role: string) =>
    server.listeners.find(({ listener }) => listener.role === role)?.address;
  const [admin, mx] = [addressOf("admin"), addressOf("mx")];
  assert.ok(operations !== undefined && admin !== undefined && mx !== undefined);
  const url = `http://127.0.0.1:${admin.port}`;
  return {
    url,
    mx,
    folder,
    configurationFile,
    operations,
    log,
    pass: (milliseconds) => void (ahead += milliseconds),
    browser: () => createBrowser(url),
    async addOperator(name, password = operatorPassword) {
      const hash = await hashOperatorPassword(password);
      assert.ok(hash.ok);
      await operations.operatorAdd(name, hash.value);
    },
    async addToken(name, scopes, length) {
      const token = newToken();
      await operations.tokenAdd({ name, scopes, digest: digestOf(token), length: length ?? null });
      return token;
    },
    stop,
  };
}

interface Asked extends RequestInit {
  readonly headers: Record<string, string>;
}

export function createBrowser(url: string): Browser {
  async function ask(path: string, init: Asked): Promise<Response> {
    const cookie = browser.cookie === "" ? {} : { cookie: browser.cookie };
    const headers = { accept: "text/html,*/*", ...cookie, ...init.headers };
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      browser.cookie = /Max-Age=0/i.test(line) ? "" : pair;
    }
    return response;
  }

  const browser: Browser = {
    cookie: "",
    get: (path, headers = {}) => ask(path, { headers }),
    async submit(path, fields, headers = {}) {
      const form = { ...(browser.cookie !== "" && { csrf: await tokenOf(browser) }), ...fields };
      return ask(path, {
        method: "POST",
        headers: {
          origin: url,
          "sec-fetch-site": "same-origin",
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: new URLSearchParams(form).toString(),
      });
    },
    logIn: (name, password = operatorPassword) =>
      browser.submit("/login", { name, password, next: "/password" }),
  };
  return browser;
}

/** As it stands in every form. */
async function tokenOf(browser: Browser): Promise<string> {
  const page = await (await browser.get("/password")).text();
  return /name="csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.["token"] ?? "";
}
