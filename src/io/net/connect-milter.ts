// A connection to a filter: TCP, or a socket of this machine.

import { createConnection, type Socket } from "node:net";
import { formatMilterPlace, type MilterPlace } from "../../core/config/values/milter-place.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { errorText } from "../../core/error-text.ts";

/** Milliseconds until the connection must stand. */
const connectTime = 5_000;

/** The problem is a sentence. The socket comes without listeners. */
export function connectMilter(place: MilterPlace): Promise<Result<Socket, string>> {
  const where = formatMilterPlace(place);
  const { promise, resolve } = Promise.withResolvers<Result<Socket, string>>();
  const socket = createConnection("socket" in place ? { path: place.socket } : { ...place });
  const timer = setTimeout(() => give(`${where} did not answer in time`), connectTime);
  const give = (why: string): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(bad(why));
  };
  const fail = (error: Error): void => give(`${where}: ${errorText(error)}`);
  socket.once("error", fail);
  socket.once("connect", () => {
    clearTimeout(timer);
    socket.off("error", fail);
    resolve(good(socket));
  });
  return promise;
}
