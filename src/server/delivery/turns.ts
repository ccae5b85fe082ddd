// Who is next: flows take turns (core/queue/flow.ts), within one it goes by the order in which they
// came. Neither depends on how many wait.

import { Fifo } from "./fifo.ts";

export interface Turns<Item> {
  readonly length: number;
  push(item: Item, flow: string): void;
  /** Puts an item back: it is the very next. */
  unshift(item: Item): void;
  shift(): Item | undefined;
}

export function createTurns<Item>(): Turns<Item> {
  const flows = new Map<string, Fifo<Item>>();
  /** The flows that have somebody waiting, in the order of their turns. */
  const ring = new Fifo<string>();
  const back: Item[] = [];
  let waiting = 0;
  return {
    get length() {
      return waiting + back.length;
    },
    push(item, flow) {
      let own = flows.get(flow);
      if (own === undefined) {
        own = new Fifo();
        flows.set(flow, own);
        ring.push(flow);
      }
      own.push(item);
      waiting++;
    },
    unshift(item) {
      back.push(item);
    },
    shift() {
      const returned = back.pop();
      if (returned !== undefined) return returned;
      const flow = ring.shift();
      const own = flow === undefined ? undefined : flows.get(flow);
      if (flow === undefined || own === undefined) return undefined;
      const item = own.shift();
      waiting--;
      if (own.length > 0) ring.push(flow);
      else flows.delete(flow);
      return item;
    },
  };
}
