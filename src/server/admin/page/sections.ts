// The pages that stand in every page's navigation, in their order.

export interface Section {
  /** The section's pages are this one and those below it. */
  readonly path: string;
  readonly name: string;
}

export const sections: readonly Section[] = [
  { path: "/now", name: "Now" },
  { path: "/relay", name: "Who may relay" },
  { path: "/ask", name: "Ask" },
  { path: "/queue", name: "Queue" },
  { path: "/people", name: "People" },
  { path: "/lists", name: "Lists" },
];

/** The section that a path belongs to. */
export function sectionOf(path: string): Section | undefined {
  return sections.find((section) => path === section.path || path.startsWith(`${section.path}/`));
}
