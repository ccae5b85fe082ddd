// Reads what strace wrote and answers one question: was each message synced before its 250?
// For `strace -f -yy -tt -s 16384`: descriptors come with their file or connection.

/** The acceptance of one message, as the kernel saw it. */
export interface Acceptance {
  /** The lines from the final dot to the reply, for a reader: without threads waking each other. */
  readonly lines: readonly string[];
  /** A file was written after the final dot, and a sync of it began afterwards and ended before the 250. */
  readonly synced: boolean;
}

interface Call {
  readonly name: string;
  /** The file or connection behind the descriptor. */
  readonly target: string;
  /** Everything between the parentheses. */
  readonly text: string;
  readonly begun: number;
  readonly ended: number;
  readonly failed: boolean;
}

/** `port` is the server's; the client must send its messages one after the other. */
export function acceptances(trace: string, port: number): readonly Acceptance[] {
  const lines = trace.split("\n");
  const all = calls(lines);
  const server = `127.0.0.1:${port}->`;
  const onConnection = all.filter((call) => call.target.includes(server));
  return onConnection.flatMap((dot, index) => {
    if (!isRead(dot) || !endsMessage(dot)) return [];
    const reply = onConnection.slice(index + 1).find(isWrite);
    if (reply === undefined || !reply.text.includes('"250 ')) return [];
    const between = lines.slice(dot.begun, reply.ended + 1);
    const telling = between.filter((line) => !line.includes("<anon_inode:"));
    return [{ lines: telling, synced: isSynced(all, dot, reply) }];
  });
}

/** The data have to be written before the sync begins, and the sync has to end before the reply begins. */
function isSynced(all: readonly Call[], dot: Call, reply: Call): boolean {
  return all.some(
    (sync) =>
      isSync(sync) &&
      !sync.failed &&
      sync.ended < reply.begun &&
      all.some(
        (write) =>
          isWrite(write) &&
          write.target === sync.target &&
          write.begun > dot.ended &&
          write.ended < sync.begun,
      ),
  );
}

/** A connection's target has a `>` of its own: `TCP:[127.0.0.1:25->127.0.0.1:40000]`. */
const begins = /^(?<thread>\d+) +[\d:.]+ (?<name>\w+)\(\d+<(?<target>.*?)>(?<text>[,) ].*)$/;
const resumes = /^(?<thread>\d+) +[\d:.]+ <\.\.\. \w+ resumed>(?<text>.*)$/;
const unfinished = "<unfinished ...>";

/** Line numbers are the order: strace writes them as it sees the calls begin and end. */
function calls(lines: readonly string[]): readonly Call[] {
  const open = new Map<string, Omit<Call, "ended" | "failed">>();
  const done: Call[] = [];
  for (const [number, line] of lines.entries()) {
    const { thread = "", name = "", target = "", text = "" } = begins.exec(line)?.groups ?? {};
    if (name !== "") {
      const call = { name, target, text, begun: number };
      if (text.endsWith(unfinished)) open.set(thread, call);
      else done.push({ ...call, ended: number, failed: hasFailed(text) });
      continue;
    }
    const resumed = resumes.exec(line)?.groups;
    const call = open.get(resumed?.["thread"] ?? "");
    if (resumed === undefined || call === undefined) continue;
    const rest = resumed["text"] ?? "";
    done.push({ ...call, text: call.text + rest, ended: number, failed: hasFailed(rest) });
  }
  return done.toSorted((a, b) => a.begun - b.begun);
}

function hasFailed(text: string): boolean {
  return /= -1 /.test(text);
}

function isRead(call: Call): boolean {
  return /^(read|readv|recvfrom|recvmsg)$/.test(call.name);
}

function isWrite(call: Call): boolean {
  return /^(write|writev|sendto|sendmsg|pwrite64|pwritev)$/.test(call.name);
}

function isSync(call: Call): boolean {
  return call.name === "fsync" || call.name === "fdatasync";
}

/** RFC 5321 §4.1.1.4: CR LF . CR LF; the client may have sent its CR LF in an earlier segment. */
function endsMessage(call: Call): boolean {
  return /(\\r\\n|")\.\\r\\n"/.test(call.text);
}
