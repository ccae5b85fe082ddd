// What somebody who means no good may have written, and how a page must show it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { frame } from "./frame.ts";
import type { Page } from "./page.ts";

export const bad = `"'><script>alert(1)</script><img src=x onerror=alert(2)>\u001b[2J\u0000`;

/** Tests that each page shows it, and lets nothing of it out of its quotes.
 * @param path of the section that the pages belong to */
export function testEscapes(pages: Readonly<Record<string, Page>>, path: string): void {
  for (const [name, page] of Object.entries(pages)) {
    test(name, async () => {
      const text = String(
        await frame(page, {
          hostname: "mail.example.org",
          files: { urlOf: () => "/static/x" },
          path,
          visitor: { name: bad, csrf: bad },
          outcome: { tone: "ok", text: bad },
        }),
      );
      assert.ok(text.includes("&lt;script&gt;alert(1)"), "it is shown");
      assert.ok(!/<script>|<img|"'>/.test(text), text);
    });
  }
}
