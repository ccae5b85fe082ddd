import { judgeConfiguration } from "../../../core/doctor/configuration.ts";
import type { Check } from "../check.ts";
import { readCertificateFacts } from "./certificate.ts";

export const configuration: Check = {
  topic: "configuration",
  async run({ file, files, proof, settings, clock }) {
    // Those have a check of their own.
    const certificates = await readCertificateFacts(settings, clock.now());
    const said = certificates.flatMap((each) => (each.kind === "unusable" ? [each.why] : []));
    const fileProblems = files.others.filter((line) => !said.some((text) => line.endsWith(text)));
    return judgeConfiguration({ file, fileProblems, fileWarnings: files.warnings, proof });
  },
};
