/** What a client is to be told of a login that has come to its end, in the words of its protocol:
 * that it is good; that it is not; or to come back later, because too many from there were wrong. */
export type LoginVerdict = "good" | "refused" | "turned-away";
