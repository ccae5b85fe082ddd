// For those who watch the server: is it alive, and can it work?

import { type Route, problem } from "./route.ts";

export interface HealthOptions {
  /** Resolves once the store has answered; rejects where it cannot. */
  readonly askStore: () => Promise<unknown>;
}

/** Milliseconds that the store has to answer. */
const patience = 2_000;

export function healthRoutes({ askStore }: HealthOptions): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/health",
      access: "open",
      handle: (context) => context.json({ status: "alive" }),
    },
    {
      method: "GET",
      path: "/ready",
      access: "open",
      async handle(context) {
        if (await answers(askStore)) return context.json({ status: "ready" });
        return problem(context, 503, "the store does not answer; the server's log says why");
      },
    },
  ];
}

async function answers(askStore: HealthOptions["askStore"]): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), patience);
  try {
    return await Promise.race([askStore().then(() => true), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
