import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { neverNotify } from "../mail/notice-request.ts";
import { parseSendmailArguments, type SendmailArguments } from "./arguments.ts";

/** What differs from `sendmail` alone, or what is wrong. */
function read(line: string): Partial<SendmailArguments> | string {
  const parsed = parseSendmailArguments(line.split(" "));
  if (!parsed.ok) return parsed.problem;
  const usual = parseSendmailArguments([]);
  assert.ok(usual.ok);
  const before = new Map<string, unknown>(Object.entries(usual.value));
  const changed = Object.entries(parsed.value).filter(
    ([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value),
  );
  return Object.fromEntries(changed);
}

function complaint(line: string): string {
  const parsed = parseSendmailArguments(line.split(" "));
  return parsed.ok ? "" : parsed.problem;
}

describe("the command line of sendmail", () => {
  it("is that of cron, PHP and mailx", () => {
    assert.deepEqual(read("-FCronDaemon -i -B8BITMIME -oem root"), {
      fullName: "CronDaemon",
      dotEnds: false,
      recipients: ["root"],
    });
    assert.deepEqual(read("-t -i -fapp@example.org"), {
      fromHeader: true,
      dotEnds: false,
      sender: "app@example.org",
    });
    assert.deepEqual(read("-i bob@b.example -f me@b.example c@d.example"), {
      dotEnds: false,
      sender: "me@b.example",
      recipients: ["bob@b.example", "c@d.example"],
    });
    assert.deepEqual(read("-bs"), { mode: "smtp" });
    assert.deepEqual(read("-oi -- -x@b.example"), {
      dotEnds: false,
      recipients: ["-x@b.example"],
    });
  });

  it("takes letters together, and values in the same word or the next", () => {
    assert.deepEqual(read("-tiv"), { fromHeader: true, dotEnds: false, verbose: true });
    assert.deepEqual(read("-tf me@b.example"), { fromHeader: true, sender: "me@b.example" });
    assert.deepEqual(read("-r <>"), { sender: "<>" });
    assert.deepEqual(read("-C x.yaml -h 5 -L label -X log -O a=b -o 7 -Am -G -n -U -em -d1 a"), {
      configuration: "x.yaml",
      recipients: ["a"],
    });
  });

  it("asks for notices", () => {
    assert.deepEqual(read("-N never a"), { notices: { notify: neverNotify }, recipients: ["a"] });
    assert.deepEqual(read("-N success,failure -R hdrs -V a=b"), {
      notices: { notify: { success: true, failure: true, delay: false } },
      message: { returns: "headers", envelopeId: "a+3Db" },
    });
    assert.match(complaint("-N often"), /^-N often: expected never, or some of/);
    assert.match(complaint("-R all"), /^-R all: expected hdrs or full/);
    assert.match(complaint("-V \u00fc"), /^-V/);
  });

  it("does nothing where there is nothing to do", () => {
    for (const line of ["-q", "-q30m", "-qIabc", "-bi", "-I"]) {
      assert.deepEqual(read(line), { mode: "nothing" }, line);
    }
  });

  it("says what it cannot do", () => {
    assert.equal(read("-Z"), "-Z is no option that is known here");
    assert.equal(read("-f"), "-f needs a value");
    assert.match(complaint("-bp"), /bailiwick queue list/);
    assert.match(complaint("-bd"), /bailiwick start/);
    assert.match(complaint("-bv"), /-bv is not known here/);
    assert.match(complaint("--help"), /^-- is no option/);
  });
});
