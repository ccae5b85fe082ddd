// An operator works with the pages in a real browser: at a desk and on a phone, with and without
// JavaScript, while others act on the same server and while it starts again.

import assert from "node:assert/strict";
import { after, beforeEach, suite, test } from "node:test";
import {
  examine,
  openWindow,
  startBrowser,
  type VisitOptions,
  whyNoBrowser,
} from "../../support/browser.ts";
import { runBailiwick } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";
import { startSink } from "../../support/sink.ts";
import { waitUntil } from "../../support/wait.ts";
import { idText, logIn, many, openOffice, operator, statesOf, visitPage } from "./office.ts";

const skip = await whyNoBrowser();

suite("the operator's page", { skip }, async () => {
  if (skip !== false) return;
  const browser = await startBrowser({ after });
  const office = await openOffice({ after });
  const baseURL = office.server.url;
  const id = idText(office);

  beforeEach(async () => {
    await office.server.operations.queueRelease({ ids: "all" });
  });

  const visit = (options: Omit<VisitOptions, "baseURL">, path: string) =>
    visitPage(browser, { ...options, baseURL }, path);

  /** All pages, with what stands at their head. */
  const pages: Readonly<Record<string, string | RegExp>> = {
    "/ask": "Ask",
    "/ask?ip=203.0.113.5&from=ann%40client.example&to=bob%40far.example": "Ask",
    [`/ask/decision/${office.decision}`]: `Decision ${office.decision}`,
    "/ask/client/127.0.0.3": "Client 127.0.0.3",
    "/ask/client/127.0.0.3/sessions": "Sessions of 127.0.0.3",
    "/queue": "Queue",
    "/queue?domain=nowhere.example": "Queue",
    [`/queue/${id}`]: `Message ${id}`,
    "/queue/act?act=delete&all=yes": `Delete ${many + 1} messages?`,
    "/password": "Change your password",
  };

  for (const [screen, scheme] of [
    ["desktop", "light"],
    ["phone", "dark"],
  ] as const) {
    test(`every page is for everybody: ${screen}, ${scheme}`, async () => {
      const { page, context, complaints } = await openWindow(browser, { screen, scheme, baseURL });
      await page.goto("/queue");
      await examine(page);
      await logIn(page, "/queue");
      for (const [path, heading] of Object.entries(pages)) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
        await examine(page);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  for (const { screen, hasScript } of [
    { screen: "desktop", hasScript: true },
    { screen: "phone", hasScript: false },
  ] as const) {
    const how = `${screen}, ${hasScript ? "with" : "without"} JavaScript`;

    test(`from a refusal to its reason: ${how}`, async () => {
      const { page, context, complaints } = await visit({ screen, hasScript }, "/ask");
      await page.getByLabel("The id, the whole reply").fill(office.refusal);
      await page.getByRole("button", { name: "Look up" }).click();
      await page.getByRole("heading", { name: `Decision ${office.decision}` }).waitFor();
      const answer = await page.getByRole("main").innerText();
      assert.match(answer, /REFUSED: relaying-denied/);
      assert.match(answer, /<"<script>alert\(1\)<\/script>"@client\.example>/);
      assert.match(answer, /only if 127\.0\.0\.3 is yours: add it to relay\.networks/);
      await page.getByRole("link", { name: "Ask how it would be now" }).click();
      await page.getByRole("heading", { name: "Ask" }).waitFor();
      assert.match(await page.getByRole("main").innerText(), /REFUSED: relaying-denied/);
      await page.getByLabel("Client’s IP address", { exact: true }).fill("127.0.0.1");
      await page.getByRole("button", { name: "Ask", exact: true }).click();
      await page.getByText("ACCEPTED, to be relayed: trusted-network").waitFor();
      assert.match(await page.getByRole("main").innerText(), /bailiwick\.yaml:1/);
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test(`mail is filtered, held and released: ${how}`, async () => {
      const { page, context, complaints } = await visit({ screen, hasScript }, "/queue");
      await page.getByLabel("Sender", { exact: true }).fill("ann@client.example");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByText("1 message by this filter").waitFor();
      await page.getByLabel(`Select ${id}`).check();
      await page.getByRole("button", { name: "Hold…" }).click();
      await page.getByRole("heading", { name: "Hold 1 message?" }).waitFor();
      assert.match(await page.getByRole("main").innerText(), /<ann@client\.example>[^]*bob@far/);
      await page.getByRole("button", { name: "Hold 1 message" }).click();
      await page.getByRole("status").getByText("1 message on hold.").waitFor();
      assert.match(page.url(), /\/queue\?.*said=/);
      await page.reload();
      assert.deepEqual(await statesOf(office.server, office.newest), ["held"]);
      const file = office.server.configurationFile;
      const why = await runBailiwick(["queue", "why", id, "-c", file]);
      assert.match(why.stdout, /held by an operator until it is released/);

      await page.getByRole("link", { name: id }).click();
      await page.getByText("held by an operator until it is released").waitFor();
      assert.match(
        await page.getByRole("region", { name: "Headers" }).innerText(),
        /Subject: <script>alert\(1\)<\/script>\\x07/,
      );
      await page.getByRole("button", { name: "Release" }).click();
      await page.getByText("1 message released.").waitFor();
      assert.deepEqual(await statesOf(office.server, office.newest), ["waiting"]);
      assert.deepEqual(complaints, []);
      await context.close();
    });

    test(`a long list has pages, and its selection the whole of it: ${how}`, async () => {
      const { page, context, complaints } = await visit({ screen, hasScript }, "/queue");
      const firstOf = () =>
        page
          .getByLabel(/^Select 0/)
          .first()
          .getAttribute("value");
      const first = await firstOf();
      await page.getByRole("link", { name: "Next" }).click();
      await page.getByRole("link", { name: "Previous" }).waitFor();
      assert.notEqual(await firstOf(), first);
      await page.getByRole("link", { name: "Next" }).click();
      await waitUntil("it is the last page", async () => {
        return (await page.getByLabel(/^Select 0/).count()) === many + 1 - 100;
      });
      await page.getByRole("link", { name: "Previous" }).click();
      await page.getByRole("link", { name: "Previous" }).click();
      await waitUntil("it is the first page again", async () => (await firstOf()) === first);

      await page.getByLabel("Sender", { exact: true }).fill("news@client.example");
      await page.getByLabel("Order").selectOption("newest first");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByText(`${many} messages by this filter`).waitFor();
      await page.getByLabel(`All ${many} that the filter means`).check();
      await page.getByRole("button", { name: "Delete…" }).click();
      await page.getByRole("heading", { name: `Delete ${many} messages?` }).waitFor();
      const said = await page.getByRole("main").innerText();
      assert.match(said, /gone for good, and nobody is told/);
      assert.match(said, new RegExp(`<news@client\\.example> × ${many}`));
      assert.match(said, new RegExp(`far\\.example × ${many}`));
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByText(`${many} messages by this filter`).waitFor();
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }

  test("a page that is open follows what others do", async () => {
    const { page, context, complaints } = await visit({ screen: "desktop" }, "/queue?first=newest");
    const states = page.getByRole("row", { name: id });
    await states.getByText("waits for").waitFor();
    await office.server.operations.queueHold({ ids: [office.newest] });
    await states.getByText("held").waitFor();
    await office.server.operations.queueRelease({ ids: [office.newest] });
    await states.getByText("waits for").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("a client's sessions are seen as they pass, without its password", async () => {
    const { page, context, complaints } = await visit({ screen: "phone" }, "/ask/client/127.0.0.4");
    await page.getByRole("link", { name: "Watch its sessions" }).click();
    await page.getByText("It has said nothing since.").waitFor();
    const client = await openSession({ host: "127.0.0.1", port: office.mxPort }, "127.0.0.4");
    await client.command("AUTH PLAIN c2VjcmV0");
    await client.command("VRFY <script>alert(1)</script>");
    await page.getByText("VRFY <script>alert(1)</script>").waitFor();
    const said = await page.getByRole("main").innerText();
    assert.match(said, /C:\s+AUTH PLAIN \(not shown\)/);
    assert.doesNotMatch(said, /c2VjcmV0/);
    client.destroy();
    await page.getByText("the connection is closed").waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("what is gone meanwhile is said", async () => {
    const { page, context } = await visit({ screen: "desktop" }, `/queue/act?act=hold&id=${id}`);
    await page.getByRole("heading", { name: "Hold 1 message?" }).waitFor();
    await office.server.operations.queueHold({ ids: [office.newest] });
    await page.getByRole("button", { name: "Hold 1 message" }).click();
    await page.getByText("Nothing was left to do: 1 message had changed or gone").waitFor();
    await page.goto(`/queue/act?act=hold&id=${id}`);
    await page.getByRole("heading", { name: "Hold: nothing to do" }).waitFor();
    await office.server.operations.queueRelease({ ids: [office.newest] });
    await page.goto("/queue/00000000001");
    await page.getByText("it was delivered, bounced or deleted").waitFor();
    await context.close();
  });

  test("the keyboard is enough", async () => {
    const { page, context } = await visit({ screen: "desktop" }, "/queue");
    await page.goto("/queue?sender=ann%40client.example");
    await page.keyboard.press("Tab");
    const focused = () =>
      page.evaluate("document.activeElement.textContent || document.activeElement.ariaLabel");
    assert.equal(await focused(), "Skip to the content");
    await page.keyboard.press("Enter");
    for (let presses = 0; presses < 30 && (await focused()) !== `Select ${id}`; presses++) {
      await page.keyboard.press("Tab");
    }
    assert.equal(await focused(), `Select ${id}`);
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Hold 1 message?" }).waitFor();
    await context.close();
  });

  test("an open page says that the server is away, and comes back with it", async () => {
    const { page, context } = await visit({ screen: "desktop" }, "/queue");
    const note = page.getByText("Not connected: what stands here may be old.");
    await page.getByRole("heading", { name: "Queue" }).waitFor();
    await waitUntil("it follows the server", async () => !(await note.isVisible()));
    await office.restart();
    await note.waitFor();
    await note.waitFor({ state: "hidden", timeout: 20_000 });
    await page.reload();
    await page.getByRole("heading", { name: "Queue" }).waitFor();
    await context.close();
  });

  test("a destination that is back is tried at a word, and the list empties by itself", async () => {
    const sink = await startSink({ after }, { port: office.destinationPort });
    const { page, context } = await visit({ screen: "phone" }, "/queue");
    await page.getByRole("button", { name: `Try now: ${office.destination}` }).click();
    await page.getByText(`Tried now: ${office.destination}.`).waitFor();
    await sink.untilFor("bob@far.example");
    await page.getByText("The queue is empty.").waitFor();
    await context.close();
  });

  test("who has logged out sees nothing more", async () => {
    const { page, context } = await visit({ screen: "desktop" }, "/ask");
    await page.getByText(operator).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await page.goto("/queue");
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await context.close();
  });
});
