/** UTC milliseconds by the server's clock, as SQL: those of the hosts may differ. */
export const serverTime = "cast(unix_timestamp(now(3)) * 1000 as signed)";
