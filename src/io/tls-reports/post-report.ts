// Hands a report of TLS over by HTTPS (RFC 8460 §5.4).

import { bad, good, type Result } from "../../core/result.ts";
import { askByHttps, type HttpsWays } from "../https/ask.ts";

/** Octets of an answer that nobody reads. */
const longestAnswer = 65_536;

/** Never rejects; the problem is for the operator. */
export async function postReport(
  url: string,
  report: Uint8Array,
  ways: HttpsWays,
): Promise<Result<undefined, string>> {
  const place = readUrl(url);
  if (place === undefined) return bad(`${url} is no address to report to`);
  const answer = await askByHttps(
    {
      method: "POST",
      host: place.hostname,
      port: place.port === "" ? 443 : Number(place.port),
      path: `${place.pathname}${place.search}`,
      headers: { "content-type": "application/tlsrpt+gzip" },
      body: report,
      atMost: longestAnswer,
    },
    ways,
  );
  if (!answer.ok) return bad(`${url}: ${answer.problem.why}`);
  const { status } = answer.value;
  const isTaken = status >= 200 && status < 300;
  return isTaken ? good(undefined) : bad(`${url} answers with status ${status}`);
}

/** A host without a name can have no certificate that anybody could check. */
function readUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") return undefined;
  return /^[a-z0-9_.-]*[a-z][a-z0-9_.-]*$/.test(url.hostname) ? url : undefined;
}
