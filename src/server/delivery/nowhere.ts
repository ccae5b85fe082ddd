import { type Lane, reportAll } from "./job.ts";

/** The lane of recipients that no way leads to: they fail at once (RFC 3463: 5.1.2). */
export function createNowhere(why: string): Lane {
  return {
    submit(job) {
      const said = { status: "5.1.2", text: why, remote: false };
      reportAll(job, undefined, { kind: "permanent", said });
    },
    close() {},
  };
}
