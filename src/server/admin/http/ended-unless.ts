// What goes on for hours outlives the right to see it: that is asked for again and again.

/** The same, which ends as soon as `isStillGood` says no, or cannot say.
 * @param every milliseconds between two questions */
export function endedUnless(
  body: ReadableStream<Uint8Array>,
  isStillGood: () => Promise<boolean>,
  every: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let timer: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    clearInterval(timer);
    await reader.cancel();
  };
  const ask = async (): Promise<void> => {
    const isGood = await isStillGood().catch(() => false);
    if (!isGood) await end().catch(() => {});
  };
  return new ReadableStream(
    {
      start() {
        timer = setInterval(() => void ask(), every).unref();
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
        } catch (error) {
          clearInterval(timer);
          throw error;
        }
        clearInterval(timer);
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}
