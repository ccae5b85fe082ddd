// The least that a relay on Node can do, as a process of its own: fixed replies, no check of anything,
// nothing kept, each message handed on over connections that stay open. Not a mail server: the ceiling
// that this machine sets for one.
import { connect, createServer, type Socket } from "node:net";

/** Connections to the next hop: enough that none waits for another. */
const width = 8;
const endOfContent = "\r\n.\r\n";

type Hand = (message: Buffer) => void;

/** @param port of the next hop on 127.0.0.1. Prints the port that it listens on. */
function start(port: number): void {
  const waiting: Buffer[] = [];
  const idle: Hand[] = [];
  for (let count = 0; count < width; count += 1) {
    openHop(port, (hand) => {
      const message = waiting.shift();
      if (message === undefined) idle.push(hand);
      else hand(message);
    });
  }
  const server = createServer({ noDelay: true }, (socket) =>
    serve(socket, (message) => {
      const hand = idle.pop();
      if (hand === undefined) waiting.push(message);
      else hand(message);
    }),
  );
  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify(server.address())));
}

/** One command a packet, as smtp-source sends them. */
function serve(socket: Socket, onMessage: Hand): void {
  let content: Buffer[] | undefined;
  socket.on("error", () => socket.destroy());
  socket.write("220 bare.example\r\n", "latin1");
  socket.on("data", (octets) => {
    if (content === undefined) {
      const verb = octets.toString("latin1", 0, 4);
      if (verb === "DATA") content = [];
      socket.write(verb === "DATA" ? "354 go\r\n" : "250 ok\r\n", "latin1");
      if (verb === "QUIT") socket.destroy();
      return;
    }
    content.push(octets);
    if (octets.subarray(-endOfContent.length).toString("latin1") !== endOfContent) return;
    socket.write("250 ok\r\n", "latin1");
    onMessage(Buffer.concat(content));
    content = undefined;
  });
}

/** Calls `onIdle` each time that the connection can take a message. */
function openHop(port: number, onIdle: (hand: Hand) => void): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let message: Buffer | undefined;
  const hand: Hand = (next) => {
    message = next;
    socket.write("MAIL FROM:<a@bench.example>\r\nRCPT TO:<b@sink.example>\r\nDATA\r\n", "latin1");
  };
  socket.write("HELO bare.example\r\n", "latin1");
  socket.on("data", (octets) => {
    const last = octets.toString("latin1").trimEnd().split("\n").at(-1) ?? "";
    if (last.startsWith("354") && message !== undefined) {
      socket.write(message);
      message = undefined;
    } else if (last.startsWith("250") && message === undefined) {
      onIdle(hand);
    }
  });
}

start(Number(process.argv[2]));
