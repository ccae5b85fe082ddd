import type { Step } from "./engine.ts";

/** What a unit carries in octets; its texts are small. */
export function octetsIn(steps: readonly Step[]): number {
  let sum = 0;
  for (const { parameters } of steps) {
    for (const parameter of parameters)
      if (parameter instanceof Uint8Array) sum += parameter.length;
  }
  return sum;
}
