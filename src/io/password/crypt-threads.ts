// The threads in which crypt(3) is computed. They are started when they are first needed, and do not
// keep the program alive.

import { Worker } from "node:worker_threads";
import { threadFile } from "../process/thread-file.ts";
import type { CryptTask } from "./worker.ts";

export interface CryptThreads {
  /** What the hash's `result` would be for the password. Rejects where the thread fails. The caller
   * sees to it that no more tasks are under way than threads were asked for; one more would start
   * another thread. */
  compute(task: CryptTask): Promise<string>;
  close(): Promise<void>;
}

export function createCryptThreads(): CryptThreads {
  const idle: Worker[] = [];
  const all = new Set<Worker>();

  function start(): Worker {
    const worker = new Worker(threadFile(import.meta.url, "./worker"));
    all.add(worker);
    // Whoever waits for an answer hears of it; without a listener it would end the program.
    worker.on("error", () => {});
    worker.once("exit", () => {
      all.delete(worker);
      const place = idle.indexOf(worker);
      if (place !== -1) idle.splice(place, 1);
    });
    return worker;
  }

  return {
    async compute(task) {
      const worker = idle.pop() ?? start();
      worker.ref();
      const result = await answer(worker, task);
      worker.unref();
      idle.push(worker);
      return result;
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

function answer(worker: Worker, task: CryptTask): Promise<string> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error("the thread that hashes passwords ended"));
    const settle = (): void => {
      worker.off("message", received).off("error", reject).off("exit", ended);
    };
    const received = (result: string): void => {
      settle();
      resolve(result);
    };
    worker.on("message", received).once("error", reject).once("exit", ended);
    worker.postMessage(task, []);
  });
}
