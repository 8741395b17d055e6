// Which change took up a proposed group, as a new class or as examples of a class that there was: the record of the change says so.
import type { Change } from "./types";

export interface TakenUp {
  classes: string[];
  examples: number;
  /** Whether the change made the class. */
  isNew: boolean;
}

/** The class that a proposal has become by this change, or joined, and with how many examples; null for any other change. */
export function takenUp(change: Change): TakenUp | null {
  const { proposal, classes, added } = change.detail;
  if (typeof proposal !== "string" || !Array.isArray(classes)) return null;
  const isNew = Number(change.detail.new ?? /^imported \d+ class/.test(change.summary)) > 0; // earlier versions did not record it
  return { classes: classes.map(String), examples: Number(added ?? 0), isNew };
}
