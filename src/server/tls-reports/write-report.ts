// The report of one day and domain, as octets and as mail.

import { gzipSync } from "node:zlib";
import { formatAddress, type Address } from "../../core/mail/address.ts";
import type { Domain } from "../../core/mail/domain.ts";
import {
  formatMessageId,
  type MessageId,
  type NewMessage,
  type NewRecipient,
} from "../../core/queue/message.ts";
import { composeReportMail, fileName } from "../../core/tls-report/mail.ts";
import { buildReport } from "../../core/tls-report/report.ts";
import type { SessionCount } from "../../core/tls-report/session.ts";
import type { TlsReportSettings } from "../../core/config/settings.ts";
import type { ReportKey } from "../../io/store/tls-report-store.ts";
import { beginOf } from "./day.ts";

export interface WrittenReport {
  /** JSON, compressed by gzip. */
  readonly octets: Uint8Array;
  /** The mail that carries it. */
  readonly mailTo: (places: readonly Address[]) => Promise<NewMessage>;
}

export interface ReportWriting {
  readonly hostname: Domain;
  readonly settings: TlsReportSettings;
  readonly nextId: () => MessageId;
  /** How mail to that address travels. */
  readonly addressee: (to: Address) => NewRecipient;
  /** Fields to stand at the top of a mail, which sign it. Never rejects. */
  readonly sign?: ((content: Uint8Array) => Promise<string>) | undefined;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export function writeReport(
  { day, domain }: ReportKey,
  sessions: readonly SessionCount[],
  { hostname, settings, nextId, addressee, sign, now }: ReportWriting,
): WrittenReport {
  const { from, organization } = settings;
  // The same however often it is begun, so that whoever gets it twice can tell.
  const id = `${day}.${domain}@${hostname}`;
  const contact = formatAddress(from);
  const report = buildReport({ organization, contact, id, day, sessions });
  const octets = gzipSync(JSON.stringify(report));
  return {
    octets,
    async mailTo(places) {
      const messageId = nextId();
      const receivedAt = now();
      const content = composeReportMail({
        submitter: hostname,
        from,
        to: places,
        domain,
        reportId: id,
        messageId: formatMessageId(messageId),
        now: receivedAt,
        name: fileName({ submitter: hostname, domain, begin: beginOf(day) }),
        report: octets,
      });
      const signature = Buffer.from((await sign?.(content)) ?? "");
      return {
        id: messageId,
        receivedAt,
        sender: from,
        smtputf8: false,
        size: signature.length + content.length,
        eightBit: false,
        // RFC 8460 §5.3: what is reported must not keep the report back.
        tlsWish: "optional",
        origin: {},
        recipients: places.map(addressee),
        stashed: 0,
        content: signature.length === 0 ? [content] : [signature, content],
      };
    },
  };
}
