// What a handler of HTTP requests is given, and gives.

import type { IpAddress } from "../../core/mail/ip.ts";
import type { Result } from "../../core/result.ts";

/** Why there is no body. */
export type BodyProblem = "too-large" | "cut-off";

/** What comes with a request, and is none of its headers. */
export interface HttpCall {
  /** Whoever asks: behind a proxy, the client that it speaks for. */
  readonly client: IpAddress;
  /** By TLS that ends here; what a proxy before us has is not known. */
  readonly isEncrypted: boolean;
  /** Reads the body, at most so many octets; to be called once. */
  readonly readBody: (atMost: number) => Promise<Result<Buffer, BodyProblem>>;
}

/** Answers a request. The request itself has no body: it is read through the call, which has a bound. */
export type HttpHandler = (request: Request, call: HttpCall) => Response | Promise<Response>;
