// The store as a whole: what the server holds in its hand.

import type { AccountStore } from "./account-store.ts";
import type { AddressStore } from "./address-store.ts";
import type { ApiTokenStore } from "./api-token-store.ts";
import type { AppPasswordStore } from "./app-password-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { BanStore } from "./ban-store.ts";
import type { DecisionStore } from "./decision-store.ts";
import type { DkimKeyStore } from "./dkim-key-store.ts";
import type { DomainStore } from "./domain-store.ts";
import type { EngineStatistics } from "./engine.ts";
import type { ForwardStore } from "./forward-store.ts";
import type { GrantStore } from "./grant-store.ts";
import type { HistoryStore } from "./history-store.ts";
import type { LineStore } from "./line-store.ts";
import type { MessageStore } from "./message-store.ts";
import type { SecretStore } from "./secret-store.ts";
import type { OperatorStore } from "./operator-store.ts";
import type { PageSessionStore } from "./page-session-store.ts";
import type { RecipientStore } from "./recipient-store.ts";
import type { Sharing } from "./sharing.ts";
import type { StopStore } from "./stop-store.ts";
import type { StsPolicyStore } from "./sts-policy-store.ts";
import type { TlsReportStore } from "./tls-report-store.ts";

export interface Store {
  readonly messages: MessageStore;
  readonly lines: LineStore;
  readonly accounts: AccountStore;
  readonly addresses: AddressStore;
  readonly forwards: ForwardStore;
  readonly appPasswords: AppPasswordStore;
  readonly domains: DomainStore;
  readonly dkimKeys: DkimKeyStore;
  readonly decisions: DecisionStore;
  readonly bans: BanStore;
  readonly stops: StopStore;
  readonly grants: GrantStore;
  readonly secrets: SecretStore;
  readonly stsPolicies: StsPolicyStore;
  readonly tlsReports: TlsReportStore;
  readonly recipients: RecipientStore;
  readonly operators: OperatorStore;
  readonly pageSessions: PageSessionStore;
  readonly apiTokens: ApiTokenStore;
  readonly audit: AuditStore;
  readonly history: HistoryStore;
  /** This host's part in it, where other hosts share it, and this program serves. */
  readonly sharing?: Sharing;
  /** What the operator should mend in its database, one sentence each. */
  readonly warnings: readonly string[];
  /** Counted since the store was opened. */
  statistics(): EngineStatistics;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
