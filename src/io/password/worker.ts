// The thread in which crypt(3) is computed: it takes milliseconds to seconds, and nothing else may
// wait for that.

import { parentPort } from "node:worker_threads";
import { crypt, type CryptHash } from "./crypt/crypt.ts";

export interface CryptTask {
  readonly password: Uint8Array;
  readonly hash: CryptHash;
}

const port = parentPort;
if (port === null) throw new Error("passwords are hashed in a thread of the server only");

port.on("message", ({ password, hash }: CryptTask) => {
  port.postMessage(crypt(password, hash), []);
});
