import { readFile } from "node:fs/promises";

/** The most memory that a process has ever held, in octets (proc(5): VmHWM). */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`no VmHWM in the status of ${pid}`);
  return Number(kilobytes) * 1024;
}
