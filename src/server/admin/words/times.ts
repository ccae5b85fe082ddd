// Times in words.

/** `2026-11-22 21:07:09Z` */
export function formatTime(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 19).replace("T", " ") + "Z";
}

/** A span of time, in its largest two units: `3 h 20 min`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
