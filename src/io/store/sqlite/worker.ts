// The thread that SQLite has to itself: a sync blocks here, and nowhere else.

import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";
import { movableBuffers, type Group } from "./group.ts";

const port = parentPort;
if (port === null) throw new Error("the store's worker runs as a thread of the server only");

const connection = new Connection(String(workerData));

/** A group of units, or null: close the file and end. */
port.on("message", (group: Group | null) => {
  if (group === null) {
    connection.close();
    port.close();
    return;
  }
  const report = connection.run(group);
  port.postMessage(report, movableBuffers(report));
});
