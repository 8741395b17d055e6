// What the views share: session, space, classes, messages, theme, language. Views keep the rest.
import { computed, effect, signal } from "@preact/signals";
import { noteMark } from "./arrivals";
import { api, askEarly, ELSEWHERE, Failure, forgetEarly, online, ownKeys, UNSENT } from "./api";
import { identity } from "./identity";
import { inPlaces } from "./remedies";
import { whileSaving } from "./saving";
import { languages, type Language, type Strings } from "./strings";
import { asSentence, tooLarge } from "./too_large";
import { tellTwins } from "./twins";
import type { Change, ClassInfo, Session, SpaceInfo } from "./types";

export const VIEWS = ["start", "inbox", "classes", "unknown", "map", "health", "history"] as const;
export type ViewName = (typeof VIEWS)[number];

/** What this browser has noted under a name. */
export function stored(name: string, otherwise: string): string {
  try {
    return localStorage.getItem(`protolabel.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}
export function store(name: string, value: string): void {
  try {
    localStorage.setItem(`protolabel.${name}`, value);
  } catch {
    // a browser that keeps nothing: the choice lasts as long as the page
  }
}

export const language = signal<Language>(
  (stored("language", navigator.language.startsWith("de") ? "de" : "en") as Language) === "de" ? "de" : "en");
export const t = computed<Strings>(() => languages[language.value]);
/** How dates are written: as the browser's own region does, if it speaks this language. */
export const locale = computed(() => navigator.languages.find((one) => one.startsWith(language.value)) ?? language.value);
export const theme = signal(stored("theme", "auto"));
effect(() => {
  document.documentElement.lang = language.value;
  store("language", language.value);
});
effect(() => {
  document.documentElement.dataset.theme = theme.value;
  store("theme", theme.value);
});

export type Phase = "loading" | "signed-out" | "ready" | "offline" | "empty";
export const phase = signal<Phase>("loading");
/** Whether the service has ended the session of somebody who was signed in. */
export const isExpelled = signal(false);
export const isOnline = signal(true);
online.report = (is) => {
  const isBack = is && !isOnline.value;
  isOnline.value = is;
  if (isBack) changed.value++; // what could not be had meanwhile is asked for now
};
/** The label spaces of this page that the service does not have now, and the names of those that it has. */
export const replaced = signal<{ name: string; served: string[] }[]>([]);
identity.report = (name, is, served = []) => {
  const others = replaced.value.filter((one) => one.name !== name);
  if (is && others.length === replaced.value.length) return;
  replaced.value = is ? others : [...others, { name, served }];
  if (is) changed.value++; // it is back
};
identity.rename = (name, newest) => notify(t.value.renamedSpace(name, newest));
export const session = signal<Session | null>(null);
export const spaces = signal<string[]>([]);
export const space = signal("");
export const view = signal<ViewName>("inbox");
export const info = signal<SpaceInfo | null>(null);
/** The version that is displayed, as the service takes it: a copy of the label space may have its number again. */
export const versionTag = computed(() => info.value ? `"${info.value.version}-${info.value.mark}"` : undefined);
export const classes = signal<ClassInfo[]>([]);
export const answering = computed(() => classes.value.filter((one) => !one.retired));
/** Whether a document may have several labels here. */
export const isSeveral = computed(() => info.value?.settings.labels === "several");
export const mayLabel = computed(() => session.value !== null && session.value.role !== "read");
export const mayCurate = computed(() => ["curate", "admin"].includes(session.value?.role ?? ""));
/** The views for whoever is here: each step of *Start* adds something. */
export const views = computed(() => VIEWS.filter((one) => one !== "start" || mayLabel.value));

// -- messages ---------------------------------------------------------------------------------

export interface Message {
  id: number;
  kind: "note" | "remark" | "error";
  text: string;
  more: string;
  action: { name: string; run: () => void } | null;
}
export const messages = signal<Message[]>([]);
let messageCount = 0;

/** Show a message for some seconds; errors and hints stay until they are closed. */
export function notify(text: string, action: Message["action"] = null): void {
  const message: Message = { id: ++messageCount, kind: "note", text, more: "", action };
  messages.value = [...messages.value.filter((one) => one.kind !== "note"), message];
  setTimeout(() => dismiss(message.id), 7000);
}
export function dismiss(id: number): void {
  messages.value = messages.value.filter((one) => one.id !== id);
}
/** Show something to think about; it stays until it is closed. */
export function hint(text: string): void {
  messages.value = [...messages.value.slice(-2), { id: ++messageCount, kind: "remark", text, more: "", action: null }];
}
/** Close errors and hints; they stay until then, or until the person goes to another view. */
export function closeErrors(): void {
  messages.value = messages.value.filter((one) => one.kind === "note");
}
/** What a failure is, in a sentence of the page where it has one. */
export function sentenceOf(error: Failure): string {
  if (error.kind === ELSEWHERE) return t.value.unsavedElsewhere;
  if (error.status === 0) return error.kind === UNSENT && phase.value === "ready" ? t.value.notSaved : t.value.offlineTitle;
  if (error.status === 412) return t.value.conflict;
  if (error.status === 403) return session.value?.read_only || !session.value?.name ? t.value.readOnlyService : t.value.forbidden;
  const large = tooLarge(error, t.value);
  return large !== null ? asSentence(large) : t.value.problems[error.kind] || error.message;
}
export function report(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
  if (error.status === 0 && !error.kind) return; // the banner says so
  if (error.status === 401) {
    if (phase.value === "ready" && session.value?.name) isExpelled.value = true;
    phase.value = "signed-out";
    return;
  }
  if (error.status === 412) void attempt(refresh);
  if (error.status === 403) void attempt(async () => { session.value = await api.session(); }); // what it may do now
  const ours = t.value.problems[error.kind] ?? "";
  const text = sentenceOf(error);
  const more = error.status === 412 || error.status === 403 || tooLarge(error, t.value) !== null ? "" :
    [ours && error.message, error.expected && t.value.expected(error.expected), inPlaces(error.remedy, t.value.places)].filter(Boolean).map(asSentence).join(". ");
  messages.value = [...messages.value.slice(-2), { id: ++messageCount, kind: "error", text, more, action: null }];
}

/** Run something that asks the service; what fails becomes a message. Return whether it went well. */
export async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

// -- the label space --------------------------------------------------------------------------

/** Counts up when the label space has changed, whoever did it, and when the service answers again. */
export const changed = signal(0);

export async function refresh(): Promise<void> {
  const name = space.value;
  if (!name) return;
  const [about, list] = await Promise.all([api.info(name), api.classes(name)]);
  if (name !== space.value) return;
  const before = info.value;
  info.value = about;
  classes.value = list.classes;
  if (before && (before.mark !== about.mark || before.lacking.length !== about.lacking.length)) changed.value++;
  else noteMark(about.remembered_mark);
}

/** Change a label space, then show what it is. */
export async function change(body: Record<string, unknown>, onlyAt?: string, name = space.value): Promise<Change | null> {
  try {
    const outcome = await whileSaving(() => api.change(name, body, onlyAt));
    own.add(outcome.mark);
    tellTwins(outcome);
    await refresh();
    return outcome;
  } catch (error) {
    report(error);
    return null;
  }
}

/** The marks of changes that this page made: changes of others are announced. */
export const own = new Set<string>();

async function announceOthers(name: string, from: number, to: number): Promise<void> {
  const { changes } = await api.history(name, Math.min(20, to - from));
  const others = changes.filter((one) =>
    one.version > from && one.version <= to && !own.has(one.mark) && !ownKeys.has(String(one.detail.key)) && !["tune", "remember"].includes(one.kind));
  const newest = others[0];
  if (newest) notify(t.value.othersChanged(newest.who, t.value.summary(newest)));
}

async function look(): Promise<void> {
  if (document.hidden || !space.value || phase.value !== "ready") return;
  const [name, before] = [space.value, info.value?.version ?? 0];
  try {
    await refresh();
    const newest = info.value?.version ?? 0;
    if (name === space.value && newest > before && before) await announceOthers(name, before, newest);
  } catch (error) {
    if (error instanceof Failure && error.status === 401) report(error);
  }
}

const STEPS = "steps"; // the label space whose classes somebody creates at this browser

/** Remember that the first steps of a label space go on, though the page may be closed meanwhile. */
export function noteSteps(): void {
  store(STEPS, space.value);
}
/** Whether the first steps of the label space go on: somebody created classes here, and none has an example yet. */
function isAtSteps(): boolean {
  return stored(STEPS, "") === space.value && answering.value.every((one) => !one.examples);
}

export async function begin(): Promise<void> {
  const [named, displayed] = place();
  if (named) askEarly(named, displayed); // all that is displayed first, at once
  try {
    const [who, names] = await Promise.all([api.session(), api.spaces()]);
    session.value = who;
    spaces.value = names.spaces;
    const first = spaces.value[0];
    if (!first) {
      phase.value = "empty";
      return;
    }
    route();
    if (space.value !== named) askEarly(space.value, location.hash ? view.value : "inbox");
    if (location.hash) phase.value = "ready"; // the frame is there before the label space is
    await refresh();
    if (!location.hash) {
      const isFirst = mayCurate.value && (answering.value.length < 2 || isAtSteps());
      if (isFirst) forgetEarly(); // the inbox, which is opened later
      go(isFirst ? "start" : "inbox");
    }
    phase.value = "ready";
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.status === 401) phase.value = "signed-out";
    else if (replaced.value.length) phase.value = "ready"; // the banner says so
    else if (error.status === 0) {
      phase.value = "offline";
      setTimeout(() => void begin(), 3000);
    } else {
      report(error);
      phase.value = "ready";
    }
  }
}

// -- where the page is ------------------------------------------------------------------------

export function go(to: ViewName, name = space.value): void {
  location.hash = `#/${encodeURIComponent(name)}/${to}`;
}
/** A part of the address in plain letters; empty where somebody typed what is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
/** The label space and the view that the address names; each is empty where it names none. */
function place(): [string, string] {
  const [, name = "", to = ""] = location.hash.split("/");
  return [decoded(name), to];
}
export function route(): void {
  const [target, to] = place();
  const next = spaces.value.includes(target) ? target : (spaces.value[0] ?? "");
  if (next !== space.value) {
    space.value = next;
    info.value = null;
    classes.value = [];
    if (phase.value === "ready") void attempt(refresh);
  }
  if ((views.value as string[]).includes(to)) view.value = to as ViewName;
}

export function watch(): void {
  addEventListener("hashchange", route);
  setInterval(() => void look(), 4000);
  document.addEventListener("visibilitychange", () => void look());
}
