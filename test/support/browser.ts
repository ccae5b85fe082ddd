// A real browser, Debian's Chromium, that works with pages as an operator does.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { z } from "zod";
import type { Cleanup } from "./cleanup.ts";
import { whyMissing } from "./command.ts";

/** Why a test that needs a browser is skipped; false where there is one. */
export function whyNoBrowser(): Promise<string | false> {
  return whyMissing("chromium");
}

/** Chromium's own sandbox does not work for root; nobody but the test speaks to it. */
export async function startBrowser(cleanup: Cleanup): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  cleanup.after(() => browser.close());
  return browser;
}

export const screens = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const;

export type Screen = keyof typeof screens;

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Whatever the browser complained of. */
  readonly complaints: readonly string[];
}

export interface VisitOptions {
  readonly screen: Screen;
  /** Where paths begin: `http://127.0.0.1:8025`. */
  readonly baseURL: string;
  readonly scheme?: "light" | "dark";
  readonly hasScript?: boolean;
}

/** A window of its own, with its own cookies. */
export async function openWindow(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { screen, baseURL, scheme = "light", hasScript = true } = options;
  const context = await browser.newContext({
    viewport: screens[screen],
    baseURL,
    colorScheme: scheme,
    javaScriptEnabled: hasScript,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.text()} (${page.url()})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.setDefaultTimeout(10_000);
  return { page, context, complaints };
}

const axeFile = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));

const findings = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullable(),
      help: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

/** Fails where axe-core finds something of the page that keeps people out, or where it is wider than the
 * window. */
export async function examine(page: Page): Promise<void> {
  await page.evaluate(await readFile(axeFile, "utf8"));
  const run = 'axe.run(document, { resultTypes: ["violations"] })';
  const { violations } = findings.parse(await page.evaluate(run));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious, [], page.url());
  const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(Number(beyond) <= 0, `${page.url()} is ${String(beyond)} px wider than the window`);
}
