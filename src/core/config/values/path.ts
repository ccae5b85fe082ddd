// Paths in a configuration are relative to the configuration file's folder, not to wherever the
// program was started. POSIX paths only, like every system that this program serves.

/** An absolute path without `.` and `..`; `folder` is absolute. */
export function resolvePath(folder: string, path: string): string {
  const whole = path.startsWith("/") ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
