// Which documents of the inbox the list shows: those of a tab that have the words, the class and the state somebody asks for.
import { useEffect, useMemo, useState } from "preact/hooks";
import { api } from "./api";
import { arrivals } from "./arrivals";
import { entries, isOpen, sentDocument, titleOf } from "./documents";
import { type Entry, isAwaited, isDecided, labelsOf, ownLabels, sureness, wholeCertainty } from "./entry";
import { useKept } from "./kept";
import { attempt, changed, mayCurate, mayLabel, session, space } from "./state";

export type Tab = "open" | "decided" | "all";
export type Order = "newest" | "unsure" | "sure";
export type State = "" | "sure" | "unsure" | "declined" | "confirmed";
/** The class that is asked for; undefined for any, null for none of these. */
type Asked = string | null | undefined;

/** What the list is narrowed to; the class is "" for any, "none", or "=" and its name. */
export interface Narrowing { words: string; label: string; state: State }
const WIDE: Narrowing = { words: "", label: "", state: "" };

const WAIT = 200; // milliseconds after the last letter, before the service is asked

/** Whether a document is one to decide on, or to look at for those who may not decide: what has no text here cannot be decided. */
export const isToDecide = (one: Entry): boolean => isOpen(one) || !mayCurate.value;

/** Whether a tab lists a document. */
export function isIn(one: Entry, tab: Tab): boolean {
  return tab === "all" || (tab === "decided" ? isDecided(one) : !isDecided(one) && isToDecide(one));
}

/** The documents of a tab, in their order. */
export function listed(tab: Tab, order: Order): Entry[] {
  const rows = entries.value.filter((one) => isIn(one, tab));
  if (order === "newest") return rows;
  const sign = order === "sure" ? -1 : 1;
  return rows.sort((a, b) => sign * (sureness(a) - sureness(b)));
}

/** Whether an answer is as sure as the service asks for, so that it may be accepted together with others. */
export function isSure(one: Entry): boolean {
  return labelsOf(one.answer).length > 0 && (wholeCertainty(one.answer) ?? -1) >= (session.value?.review_below ?? 1);
}

/** How far a document is; "" while its next answer is on its way. */
export function stateOf(one: Entry): State {
  if (isDecided(one)) return "confirmed";
  if (isAwaited(one) || !one.answer) return "";
  return labelsOf(one.answer).length === 0 ? "declined" : isSure(one) ? "sure" : "unsure";
}

/** The states that documents of a tab may have. */
export function statesOf(tab: Tab): State[] {
  return tab === "open" ? ["sure", "unsure", "declined"] : tab === "all" ? ["sure", "unsure", "declined", "confirmed"] : [];
}

/** A text in the form in which words are compared: no case, and one form of each letter. */
const folded = (text: string): string => text.normalize("NFC").toLowerCase().replaceAll("ß", "ss");

const contents = new WeakMap<Entry, string>();
/** All words of a document that are here, folded. */
function contentOf(one: Entry): string {
  const earlier = contents.get(one);
  if (earlier !== undefined) return earlier;
  const content = folded([titleOf(one), one.id, one.source, one.excerpt, sentDocument(one.key)?.text ?? ""].join("\n"));
  contents.set(one, content);
  return content;
}

interface Answer { words: string; space: string; keys: ReadonlySet<string> }

/** The documents that have all words, by key, as the service says; null until it has. It is asked for whole texts, of which a list has the beginning. */
function useMatches(words: string): ReadonlySet<string> | null {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const name = space.value;
  useEffect(() => {
    if (!words || !mayLabel.value) return;
    const abandoned = new AbortController();
    const timer = setTimeout(() => void attempt(async () => {
      const { keys } = await api.search(name, words, abandoned.signal);
      if (!abandoned.signal.aborted) setAnswer({ words, space: name, keys: new Set(keys) });
    }), WAIT);
    return () => {
      clearTimeout(timer);
      abandoned.abort();
    };
  }, [words, name, changed.value, arrivals.value, entries.value.length]);
  return answer?.words === words && answer.space === name ? answer.keys : null;
}

export interface Shown {
  tab: Tab;
  setTab: (tab: Tab) => void;
  order: Order;
  setOrder: (order: Order) => void;
  narrowing: Narrowing;
  narrow: (part: Partial<Narrowing>) => void;
  widen: () => void;
  isNarrow: boolean;
  /** All documents of the tab. */
  all: Entry[];
  /** Those that the list shows. */
  rows: Entry[];
  /** Those among which a filter chooses: they have what the search and the other filter ask for. */
  ofFilters: { label: Entry[]; state: Entry[] };
  /** How many documents of other tabs have the words, the class and the state. */
  elsewhere: number;
  /** How many older documents have the words, which the page has not listed. */
  older: number;
}

/** What the list of the inbox shows; it stays while somebody looks at something else. */
export function useShown(): Shown {
  const [tab, setTab] = useKept<Tab>("filter of the inbox", "open");
  const [order, setOrder] = useKept<Order>("order of the inbox", "newest");
  const [narrowing, setNarrowing] = useKept<Narrowing>("narrowing of the inbox", WIDE);
  const words = narrowing.words.trim();
  const matches = useMatches(words);
  const state = statesOf(tab).includes(narrowing.state) ? narrowing.state : "";
  const isNarrow = words !== "" || narrowing.label !== "" || state !== "";
  const all = useMemo(() => listed(tab, order), [entries.value, tab, order, session.value]);
  const has = useMemo(() => {
    const parts = folded(words).split(/\s+/u).filter(Boolean);
    const label: Asked = narrowing.label === "" ? undefined : narrowing.label === "none" ? null : narrowing.label.slice(1);
    const hasWords = (one: Entry): boolean => (matches?.has(one.key) ?? false) || parts.every((part) => contentOf(one).includes(part));
    const hasLabel = (one: Entry): boolean => label === undefined || (label === null ? !ownLabels(one).length && !isAwaited(one) : ownLabels(one).includes(label));
    const hasState = (one: Entry): boolean => !state || stateOf(one) === state;
    return { all: (one: Entry) => hasLabel(one) && hasState(one) && hasWords(one), label: (one: Entry) => hasState(one) && hasWords(one), state: (one: Entry) => hasLabel(one) && hasWords(one) };
  }, [words, narrowing.label, state, matches]);
  const rows = useMemo(() => isNarrow ? all.filter(has.all) : all, [all, has, isNarrow]);
  const ofFilters = useMemo(() => ({ label: all.filter(has.label), state: all.filter(has.state) }), [all, has]);
  const elsewhere = useMemo(() => isNarrow && !rows.length ? entries.value.filter((one) => !isIn(one, tab) && has.all(one)).length : 0, [rows, has, tab]);
  const older = useMemo(() => {
    if (!matches) return 0;
    const listedKeys = new Set(entries.value.map((one) => one.key));
    return [...matches].filter((key) => !listedKeys.has(key)).length;
  }, [matches, entries.value]);
  return {
    tab, setTab, order, setOrder, narrowing: { ...narrowing, state }, isNarrow, all, rows, ofFilters, elsewhere, older,
    narrow: (part) => setNarrowing({ ...narrowing, ...part }), widen: () => setNarrowing(WIDE),
  };
}
