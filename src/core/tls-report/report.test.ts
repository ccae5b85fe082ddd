import assert from "node:assert/strict";
import { test } from "node:test";
import { buildReport } from "./report.ts";
import type { AppliedPolicy, SessionCount } from "./session.ts";

const policy: AppliedPolicy = {
  type: "sts",
  domain: "company-y.example",
  lines: ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"],
  hosts: ["*.mail.company-y.example"],
};

/** RFC 8460, Appendix B, with our order, without the address of a page, and with the key of §4.4 for the
 * reason, which the example spells otherwise. */
test("the RFC's example", () => {
  const sessions: readonly SessionCount[] = [
    { policy, count: 5_326 },
    {
      policy,
      failure: {
        type: "certificate-expired",
        from: "2001:db8:abcd:12::1",
        host: "mx1.mail.company-y.example",
      },
      count: 100,
    },
    {
      policy,
      failure: {
        type: "starttls-not-supported",
        from: "2001:db8:abcd:13::1",
        host: "mx2.mail.company-y.example",
        to: "203.0.113.56",
      },
      count: 200,
    },
    {
      policy,
      failure: {
        type: "validation-failure",
        from: "198.51.100.62",
        host: "mx-backup.mail.company-y.example",
        to: "203.0.113.58",
        reason: "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
      },
      count: 3,
    },
  ];
  const report = buildReport({
    organization: "Company-X",
    contact: "sts-reporting@company-x.example",
    id: "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
    day: "2016-04-01",
    sessions,
  });
  assert.deepEqual(report, {
    "organization-name": "Company-X",
    "date-range": {
      "start-datetime": "2016-04-01T00:00:00Z",
      "end-datetime": "2016-04-01T23:59:59Z",
    },
    "contact-info": "sts-reporting@company-x.example",
    "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
    policies: [
      {
        policy: {
          "policy-type": "sts",
          "policy-string": [
            "version: STSv1",
            "mode: testing",
            "mx: *.mail.company-y.example",
            "max_age: 86400",
          ],
          "policy-domain": "company-y.example",
          "mx-host": ["*.mail.company-y.example"],
        },
        summary: {
          "total-successful-session-count": 5_326,
          "total-failure-session-count": 303,
        },
        "failure-details": [
          {
            "result-type": "starttls-not-supported",
            "sending-mta-ip": "2001:db8:abcd:13::1",
            "receiving-mx-hostname": "mx2.mail.company-y.example",
            "receiving-ip": "203.0.113.56",
            "failed-session-count": 200,
          },
          {
            "result-type": "certificate-expired",
            "sending-mta-ip": "2001:db8:abcd:12::1",
            "receiving-mx-hostname": "mx1.mail.company-y.example",
            "failed-session-count": 100,
          },
          {
            "result-type": "validation-failure",
            "sending-mta-ip": "198.51.100.62",
            "receiving-mx-hostname": "mx-backup.mail.company-y.example",
            "receiving-ip": "203.0.113.58",
            "failed-session-count": 3,
            "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
          },
        ],
      },
    ],
  });
});

test("each policy of the day by itself, and none without policy by that name alone", () => {
  const none: AppliedPolicy = {
    type: "no-policy-found",
    domain: "a.example",
    lines: [],
    hosts: [],
  };
  const tlsa: AppliedPolicy = { ...none, type: "tlsa", lines: ["3 1 1 00ff"] };
  const { policies } = buildReport({
    organization: "o",
    contact: "c",
    id: "i",
    day: "2026-11-26",
    sessions: [
      { policy: none, count: 1 },
      { policy: tlsa, count: 2 },
      { policy: { ...none }, count: 3 },
      { policy: tlsa, failure: { type: "tlsa-invalid" }, count: 4 },
    ],
  });
  assert.deepEqual(policies, [
    {
      policy: { "policy-type": "no-policy-found", "policy-domain": "a.example" },
      summary: { "total-successful-session-count": 4, "total-failure-session-count": 0 },
    },
    {
      policy: {
        "policy-type": "tlsa",
        "policy-string": ["3 1 1 00ff"],
        "policy-domain": "a.example",
      },
      summary: { "total-successful-session-count": 2, "total-failure-session-count": 4 },
      "failure-details": [{ "result-type": "tlsa-invalid", "failed-session-count": 4 }],
    },
  ]);
});

test("a report has a bound, and its sums count what is left out", () => {
  const sessions = Array.from({ length: 1_500 }, (_, at): SessionCount => {
    return { policy, failure: { type: "validation-failure", reason: `${at}` }, count: at + 1 };
  });
  const [only] = buildReport({
    organization: "o",
    contact: "c",
    id: "i",
    day: "d",
    sessions,
  }).policies;
  const details = only?.["failure-details"] ?? [];
  assert.equal(details.length, 1_000);
  assert.equal(details[0]?.["failed-session-count"], 1_500);
  assert.equal(only?.summary["total-failure-session-count"], (1_500 * 1_501) / 2);
});
