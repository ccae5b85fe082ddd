// Server-sent events: text that goes on.

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** @param data one line */
  send(event: string, data: string): void;
}

/** Milliseconds between two signs of life: who is gone is noticed by them. */
const signEvery = 25_000;
/** Milliseconds after which a browser comes back that lost the connection. */
const comeBackAfter = 2_000;
/** Events that wait for a client that does not read; it misses those beyond. */
const mostWaiting = 100;

/** @param onEnd the client is gone, or its time is over */
export function createEventStream(onEnd: () => void): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const write = (text: string): void => {
    if (controller === undefined || (controller.desiredSize ?? 0) <= -mostWaiting) return;
    controller.enqueue(encoder.encode(text));
  };
  const signs = setInterval(() => write(":\n\n"), signEvery);
  signs.unref();
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      write(`retry: ${comeBackAfter}\n\n`);
    },
    cancel() {
      controller = undefined;
      clearInterval(signs);
      onEnd();
    },
  });
  return { body, send: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`) };
}

export const eventHeaders = {
  "content-type": "text/event-stream",
  // Proxies that gather answers would keep them from the page.
  "x-accel-buffering": "no",
} as const;
