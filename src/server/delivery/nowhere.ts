import { type Lane, reportAll } from "./job.ts";

/** The lane of recipients that no way leads to: they fail at once. */
export function createNowhere({ status, why }: { status: string; why: string }): Lane {
  return {
    submit(job) {
      const said = { status, text: why, remote: false };
      reportAll(job, undefined, { kind: "permanent", said });
    },
    close() {},
  };
}
