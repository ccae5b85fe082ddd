// What run scripts did that nobody meant: doors that stood open, and that do not here.

import { listed, type Report } from "./report.ts";
import type { Service } from "./services.ts";

/** @param granting addresses that the rules let relay. */
export function reportTraps(
  services: readonly Service[],
  granting: readonly string[],
  report: Report,
): void {
  for (const service of services) {
    reportChecker(service, report);
    if (service.kind === "submission") reportSharedRules(service, services, granting, report);
  }
}

/** `qmail-smtpd [host] checker program`: a checker that says yes to all lets everyone relay. */
function reportChecker({ checker, at }: Service, report: Report): void {
  const [first, second, third] = checker;
  if (first === undefined) return;
  const hasHost = !first.includes("/") && first !== "true";
  const program = hasHost ? second : first;
  const behind = hasHost ? third : second;
  if (saysYes(program)) {
    report.operator(
      at,
      "its password checker is `true`: every login was good, and relayed (an open relay); here passwords count, so look through the old log for who used that",
    );
  } else if (!hasHost && saysYes(behind)) {
    report.leftOut(
      at,
      `no host stands before the checker ${program}: patches that expect one took \`true\` for the checker, and every login relayed; here passwords count`,
    );
  }
}

function saysYes(program: string | undefined): boolean {
  return program !== undefined && /^(?:\S*\/)?true$/.test(program);
}

function reportSharedRules(
  { rules, at }: Service,
  services: readonly Service[],
  granting: readonly string[],
  report: Report,
): void {
  const isShared = services.some(
    (other) =>
      other.kind === "mx" && other.rules !== undefined && nameOf(other.rules) === nameOf(rules),
  );
  if (!isShared || granting.length === 0) return;
  report.operator(
    at,
    `it had the same address rules as port 25, so ${listed(granting)} relayed on it without a login; here everybody logs in on this port: let such clients send to port 25`,
  );
}

/** Scripts that start in different folders name one file in different ways. */
function nameOf(path: string | undefined): string | undefined {
  return path?.split("/").at(-1);
}
