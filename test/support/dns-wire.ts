// Names and questions of DNS packets (RFC 1035 §4.1).

export interface Question {
  /** In lower case, without a dot at the end. */
  readonly name: string;
  readonly type: number;
  /** The question section as it came, to be repeated in the response. */
  readonly octets: Buffer;
}

const headerOctets = 12;

/** The one question of a query. */
export function readQuestion(packet: Buffer): Question {
  const labels: string[] = [];
  let at = headerOctets;
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const end = at + 5;
  return {
    name: labels.join("."),
    type: packet.readUInt16BE(at + 1),
    octets: packet.subarray(headerOctets, end),
  };
}

/** A name on the wire, without compression; `.` is the root. */
export function encodeName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const parts = labels.map((label) =>
    Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")]),
  );
  return Buffer.concat([...parts, Buffer.from([0])]);
}
