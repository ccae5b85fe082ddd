// The process, by the names that dashboards for any program know.

import { readdir } from "node:fs/promises";
import { type Metric, one } from "../metric.ts";

export const processMetrics: readonly Metric[] = [
  {
    name: "bailiwick_event_loop_delay_seconds",
    type: "gauge",
    labels: ["statistic"],
    help: "How long what is due waits for its turn, of the last minute or so: median, p99, longest.",
    read: ({ eventLoop }) =>
      Object.entries(eventLoop.read()).map(([statistic, value]) => ({
        labels: [statistic],
        value,
      })),
  },
  {
    name: "bailiwick_build_info",
    type: "gauge",
    labels: ["version", "node"],
    help: "Always 1; the labels tell the version of the program and of Node.js.",
    read: ({ build }) => [{ labels: [build.version, build.node], value: 1 }],
  },
  {
    name: "process_start_time_seconds",
    type: "gauge",
    labels: [],
    help: "When the process started.",
    read: () => one(performance.timeOrigin / 1000),
  },
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    labels: [],
    help: "Time of processors that it has used, its own and the system's for it.",
    read() {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1e6);
    },
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    labels: [],
    help: "Memory that it has.",
    read: () => one(process.memoryUsage.rss()),
  },
  {
    name: "process_open_fds",
    type: "gauge",
    labels: [],
    help: "File descriptors that are open; absent where the system does not tell.",
    async read() {
      try {
        // One of them is of this look itself.
        return one((await readdir("/proc/self/fd")).length - 1);
      } catch {
        return [];
      }
    },
  },
  {
    name: "nodejs_heap_size_used_bytes",
    type: "gauge",
    labels: [],
    help: "Memory of objects of the program.",
    read: () => one(process.memoryUsage().heapUsed),
  },
  {
    name: "nodejs_external_memory_bytes",
    type: "gauge",
    labels: [],
    help: "Memory beside it: buffers of messages and connections, the store.",
    read: () => one(process.memoryUsage().external),
  },
];
