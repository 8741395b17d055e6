// The rows of a list that somebody has chosen, to decide on all of them at once. Only what is shown counts.
import { useMemo, useRef, useState } from "preact/hooks";
import type { Entry } from "./entry";

export interface Selection {
  rows: Entry[];
  has: (entry: Entry) => boolean;
  /** Choose a row, or no longer. What is extended next begins there. */
  toggle: (entry: Entry) => void;
  /** Choose all from the row where it began, or from ``otherwise``, to this one. */
  extend: (to: Entry, otherwise: Entry | null) => void;
  /** Choose all that are shown; none where all are chosen. */
  toggleAll: () => void;
  clear: () => void;
}

export function useSelection(visible: Entry[]): Selection {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const start = useRef<{ key: string; before: ReadonlySet<string> } | null>(null); // where it is extended from, and what was chosen besides
  const newest = useRef(keys); // keys may come faster than the page draws
  newest.current = keys;
  const set = (next: ReadonlySet<string>): void => {
    newest.current = next;
    setKeys(next);
  };
  const rows = useMemo(() => keys.size ? visible.filter((one) => keys.has(one.key)) : [], [visible, keys]);
  return {
    rows,
    has: (entry) => keys.has(entry.key),
    toggle: (entry) => {
      const next = new Set(newest.current);
      if (!next.delete(entry.key)) next.add(entry.key);
      start.current = { key: entry.key, before: next };
      set(next);
    },
    extend: (to, otherwise) => {
      start.current ??= { key: (otherwise ?? to).key, before: newest.current };
      const ends = [start.current.key, to.key].map((key) => visible.findIndex((one) => one.key === key));
      const [from, until] = [Math.min(...ends), Math.max(...ends)];
      set(new Set([...start.current.before, ...visible.slice(Math.max(from, 0), until + 1).map((one) => one.key)]));
    },
    toggleAll: () => {
      start.current = null;
      set(visible.every((one) => newest.current.has(one.key)) ? new Set() : new Set(visible.map((one) => one.key)));
    },
    clear: () => {
      start.current = null;
      set(new Set());
    },
  };
}
