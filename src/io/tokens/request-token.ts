// An access token from an authority, for us as its client: by the client's own credentials (RFC 6749
// §4.4), or by a refresh token (§6).

import type { SecureContext } from "node:tls";
import type { OauthClient } from "../../core/config/transport-settings.ts";
import { type IssuedToken, readTokenAnswer } from "../../core/oauth/token-answer.ts";
import { bad, type Result } from "../../core/result.ts";
import { postForm } from "./post-form.ts";

export interface ClientCredentials {
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

export interface TokenRequestOptions {
  /** Who may vouch for it. */
  readonly authorities: SecureContext;
  /** Milliseconds for the whole exchange. */
  readonly patience?: number;
}

/** The problem is for the operator. */
export async function requestToken(
  { tokenUrl, clientId, scope }: OauthClient,
  { clientSecret, refreshToken }: ClientCredentials,
  { authorities, patience = 15_000 }: TokenRequestOptions,
): Promise<Result<IssuedToken, string>> {
  const fields = {
    ...(refreshToken === undefined
      ? { grant_type: "client_credentials" }
      : { grant_type: "refresh_token", refresh_token: refreshToken }),
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    ...(scope !== undefined && { scope }),
  };
  const signal = AbortSignal.timeout(patience);
  const answer = await postForm(tokenUrl, fields, { authorities, signal });
  const where = tokenUrl.split("?")[0] ?? tokenUrl;
  if (!answer.ok) return bad(`no access token from ${where}: ${answer.problem}`);
  const secrets = [clientSecret, refreshToken].filter((one) => one !== undefined);
  const { status, text } = answer.value;
  const read = readTokenAnswer(status, text, secrets);
  return read.ok ? read : bad(`no access token from ${where}: ${read.problem}`);
}
