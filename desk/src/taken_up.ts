// Which change made a proposed group a class: the record of the change says so.
import type { Change } from "./types";

/** The class that a proposal has become by this change, and with how many examples; null for any other change. */
export function takenUp(change: Change): { classes: string[]; examples: number } | null {
  const { proposal, classes, added } = change.detail;
  return typeof proposal === "string" && Array.isArray(classes) ? { classes: classes.map(String), examples: Number(added ?? 0) } : null;
}
