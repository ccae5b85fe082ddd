// An operator sees what goes on and who may relay, and deals with people, in a real browser: at a desk
// and on a phone, with and without JavaScript.

import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import type { Page } from "playwright-core";
import { parseIp, parsePrefix } from "../../../src/core/mail/ip.ts";
import { examine, startBrowser, type VisitOptions, whyNoBrowser } from "../../support/browser.ts";
import { freePort } from "../../support/free-port.ts";
import { startOperatedServer } from "../../support/operated-server.ts";
import { connectSmtps } from "../../support/smtp-client.ts";
import { operator, visitPage } from "./office.ts";

const skip = await whyNoBrowser();

const hostile = `<script>alert("x")</script>`;

suite("people, lists, the map and now", { skip }, async () => {
  if (skip !== false) return;
  const browser = await startBrowser({ after });
  const submissionPort = await freePort();
  const server = await startOperatedServer(
    { after },
    {
      configuration: {
        listeners: {
          admin: { role: "admin", listen: ["127.0.0.1:0"] },
          mx: { role: "mx", listen: ["127.0.0.1:0"] },
          submissions: {
            role: "submission",
            listen: [`127.0.0.1:${submissionPort}`],
            tls: "implicit",
          },
        },
        relay: {
          networks: ["145.97.39.0/24", "10.0.0.0/8", "2001:db8:77::/48"],
          roaming: { lifetime: "3h" },
        },
        blocklists: [{ zone: "zen.blocklist.example", score: 1 }],
        dns: { servers: ["127.0.0.1:9"] },
        routes: [{ to: "*", via: "127.0.0.1:9" }],
      },
    },
  );
  const { operations, url: baseURL } = server;
  await server.addOperator(operator);
  const bob = { local: "bob", domain: "example.org" };
  await operations.accountAdd(bob, null);
  const device = { name: hostile, scope: "send", digest: "a".repeat(64) } as const;
  await operations.appPasswordAdd(bob, device);
  await operations.forwardAdd({ address: { local: "all", domain: "example.org" }, targets: [bob] });
  await operations.dkimPrepare("example.org");

  const visit = (options: Omit<VisitOptions, "baseURL">, path: string) =>
    visitPage(browser, { ...options, baseURL }, path);

  /** All pages, with what stands at their head. */
  const pages = {
    "/now": "Now",
    "/relay": "Who may relay",
    "/relay?view=145.97.39.7": "Who may relay",
    "/people": "People",
    "/people/new": "New account",
    "/people/account?address=bob%40example.org": "bob@example.org",
    "/people/account/remove?address=bob%40example.org": "Remove bob@example.org?",
    "/people/domains": "Domains",
    "/people/forwards": "Forwards",
    "/people/grants": "Grants",
    "/people/grants/report": "Who depends on POP before SMTP",
    "/people/bans": "Bans",
    "/lists": "Lists",
    "/lists/dns?domain=example.org": "The DNS records of example.org",
  };

  for (const [screen, scheme] of [
    ["desktop", "light"],
    ["phone", "dark"],
  ] as const) {
    test(`every page is for everybody: ${screen}, ${scheme}`, async () => {
      const { page, context, complaints } = await visit({ screen, scheme }, "/now");
      await operations.grantAdd(parseIp("203.0.113.77") ?? assert.fail(), bob, null);
      await operations.banAdd(parsePrefix("198.51.100.77/32") ?? assert.fail(), null, hostile);
      for (const [path, heading] of Object.entries(pages)) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
        await examine(page);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  async function canLogIn(address: string, password: string): Promise<string> {
    const client = await connectSmtps({ host: "127.0.0.1", port: submissionPort });
    assert.match(await client.reply(), /^220 /);
    await client.expect("EHLO client.example", "250");
    const plain = Buffer.from(`\0${address}\0${password}`).toString("base64");
    const reply = await client.command(`AUTH PLAIN ${plain}`);
    client.destroy();
    return reply.slice(0, 3);
  }

  for (const { screen, hasScript } of [
    { screen: "desktop", hasScript: true },
    { screen: "phone", hasScript: false },
  ] as const) {
    const how = `${screen}, ${hasScript ? "with" : "without"} JavaScript`;

    test(`an account is created, logs in by SMTP, and is disabled: ${how}`, async () => {
      const address = `${screen}@example.org`;
      const { page, context, complaints } = await visit({ screen, hasScript }, "/people");
      const password = await create(page, address);
      if (hasScript) await examine(page);
      assert.equal(await canLogIn(address, password), "235");
      await page.getByRole("link", { name: "Disable" }).click();
      await page.getByText("Mail for it still arrives.").waitFor();
      await page.getByRole("button", { name: "Disable" }).click();
      await page.getByText(`Nobody can log in to ${address} now.`).waitFor();
      assert.equal(await canLogIn(address, password), "535");
      await page.getByRole("button", { name: "Enable" }).click();
      await page.getByText(`${address} may log in again.`).waitFor();
      await page.getByRole("button", { name: "Set the password" }).click();
      const other = await page.locator(".secret code").innerText();
      assert.equal(await canLogIn(address, password), "535");
      assert.equal(await canLogIn(address, other), "235");
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test(`a grant is revoked and a ban is lifted: ${how}`, async () => {
      const client = parseIp("203.0.113.9") ?? assert.fail();
      await operations.grantAdd(client, bob, null);
      const banned = parsePrefix("198.51.100.7/32") ?? assert.fail();
      await operations.banAdd(banned, 3_600_000, hostile);
      const { page, context, complaints } = await visit({ screen, hasScript }, "/people/grants");
      await page.getByRole("link", { name: "Revoke 203.0.113.9 for bob@example.org" }).click();
      await page.getByText("Only a new login to read mail opens another one.").waitFor();
      await page.getByRole("button", { name: "Revoke" }).click();
      await page.getByText("203.0.113.9 does not relay any more for bob@example.org.").waitFor();
      assert.deepEqual(await operations.grantList({ client, account: null }, false), []);
      await page.getByRole("link", { name: "Bans" }).click();
      await page.getByText(`added by you: ${hostile}`).first().waitFor();
      await page.getByRole("link", { name: "Lift the ban of 198.51.100.7", exact: true }).click();
      await page.getByRole("button", { name: "Lift the ban" }).click();
      await page.getByText("198.51.100.7 may try to log in again.").waitFor();
      assert.deepEqual(await operations.banShow(banned), []);
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test(`the map leads to an address and back: ${how}`, async () => {
      const { page, context, complaints } = await visit({ screen, hasScript }, "/relay");
      await page.getByRole("link", { name: /^145\.0\.0\.0\/8: 256 addresses/ }).click();
      await page.getByRole("link", { name: /^145\.97\.0\.0\/16/ }).click();
      await page.getByRole("link", { name: /^145\.97\.39\.0\/24: all of it/ }).click();
      await page.getByRole("heading", { name: /145\.97\.39\.0\/24, of which 256/ }).waitFor();
      await page.getByRole("link", { name: "145.97.39.200: all of it, by one line" }).click();
      await page.getByRole("heading", { name: "Client 145.97.39.200" }).waitFor();
      await page.goBack();
      await page.getByRole("link", { name: "all of IPv4" }).click();
      await page.getByLabel("Show an address or a network").fill("10.1.2.3");
      await page.getByRole("button", { name: "Show" }).click();
      await page.getByRole("heading", { name: /10\.1\.2\.0\/24, of which 256/ }).waitFor();
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test("the map is gone through with the keyboard, from one square that admits to the next", async () => {
    const { page, context } = await visit({ screen: "desktop" }, "/relay");
    const square = page.getByRole("link", { name: /^10\.0\.0\.0\/8: all of it/ });
    await square.focus();
    await page.keyboard.press("Tab");
    const focused = await page.evaluate("document.activeElement.getAttribute('aria-label')");
    assert.match(String(focused), /^145\.0\.0\.0\/8/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /145\.0\.0\.0\/8, of which 256/ }).waitFor();
    await context.close();
  });

  test("charts are drawn, and say what they show to those who do not see them", async () => {
    const { page, context, complaints } = await visit({ screen: "desktop" }, "/now");
    await page.locator(".plot canvas").nth(5).waitFor();
    assert.equal(await page.locator(".plot canvas").count(), 6);
    await page.getByRole("img", { name: /^In and out, a minute\. messages kept: / }).waitFor();
    const drawn =
      await page.evaluate(`[...document.querySelectorAll(".plot canvas")].every((each) => {
      const { data } = each.getContext("2d").getImageData(0, 0, each.width, each.height);
      return data.some((octet) => octet !== 0);
    })`);
    assert.equal(drawn, true);
    await page.getByRole("link", { name: "Last week" }).click();
    await page.locator(".plot canvas").nth(5).waitFor();
    await page.getByText("The list zen.blocklist.example is of no use").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("without JavaScript the figures stand in tables", async () => {
    const { page, context } = await visit({ screen: "phone", hasScript: false }, "/now");
    await page.getByText("Figures").first().click();
    await page.getByRole("table", { name: /^In and out, a minute: the mean of each/ }).waitFor();
    await context.close();
  });

  test("figures change while the page is open", async () => {
    const { page, context } = await visit({ screen: "desktop" }, "/now");
    const connected = page.locator(".tiles div", { hasText: "Connected" }).locator("b");
    await connected.waitFor();
    assert.equal(await connected.innerText(), "0");
    const client = await connectSmtps({ host: "127.0.0.1", port: submissionPort });
    await page
      .locator(".tiles div", { hasText: "Connected" })
      .getByText("1", { exact: true })
      .waitFor({ timeout: 30_000 });
    client.destroy();
    await context.close();
  });
});

/** From the list of accounts; resolves with the password, which stands there once. */
async function create(page: Page, address: string): Promise<string> {
  await page.getByRole("link", { name: "New account" }).click();
  await page.getByLabel("Address").fill(address);
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "A new account" }).waitFor();
  const password = await page.locator(".secret code").innerText();
  await page.getByRole("link", { name: "I have it" }).click();
  await page.getByRole("heading", { name: address }).waitFor();
  return password;
}
