// Bulk work: files become documents of the inbox or examples of classes, with progress and a stop.
import { effect, signal } from "@preact/signals";
import { api, Failure, type NewDocument } from "./api";
import { entries, isOpen, ownOnes, put, remembersTexts } from "./documents";
import type { DroppedFile } from "./drop";
import { isDecided } from "./entry";
import { answerOf, run } from "./jobs";
import { progress } from "./progress";
import { tooLarge } from "./too_large";
import { tellTwins } from "./twins";
import { attempt, info, notify, refresh, report, space, t, view } from "./state";
import { inPlaces } from "./remedies";
import type { ReadDocument } from "./types";

export const failures = signal<{ name: string; reason: string }[]>([]);
effect(() => { // in another view they have been seen; a person who signs in again has not seen them
  if (view.value && space.value) failures.value = [];
});

const BATCH = 32; // documents labelled in one request, or fewer that are long:
const CHARACTERS = 60_000; // of their texts, so that answers come soon and a stop is heard
const MOST = 24_000_000; // bytes of examples added in one change

/** Why a file could not be read, without its name, which stands once, before the reason. */
export function reasonAlone(name: string, reason: string): string {
  const own = [name, name.split("/").at(-1) ?? name].find((one) => reason.startsWith(`${one}:`));
  return own === undefined ? reason : reason.slice(own.length + 1).trim().replace(/^(\d+):/, (_, n: string) => `${t.value.inLine(n)}:`);
}

/** List a file that could not be read. */
function fail(name: string, reason: string): void {
  failures.value = [...failures.value, { name, reason: reasonAlone(name, reason) }];
}

const nameOf = (one: DroppedFile): string => [...one.folders, one.file.name].join("/");

/** Whether an error is about the session, not about what was sent: nothing else can be sent either. */
const isOfSession = (error: unknown): boolean => !(error instanceof Failure) || error.status === 0 || error.status === 401;

const reasonOf = (error: unknown): string =>
  error instanceof Failure ? tooLarge(error, t.value, true) ?? [error.message, inPlaces(error.remedy, t.value.places)].filter(Boolean).join("; ") : "";

/** Refuse an empty file, and one that is gone or may not be opened: to send it looks as if the service were away. */
async function requireReadable(file: File): Promise<void> {
  try {
    const beginning = file.stream().getReader(); // a slice of a file that is gone is empty, and no error
    await beginning.read();
    void beginning.cancel();
  } catch {
    throw new Failure(400, t.value.cannotOpen);
  }
  if (!file.size) throw new Failure(400, t.value.fileEmpty); // last: some browsers say 0 of a file that is gone
}

interface Reading {
  /** How it ended: by itself, by the person, or because they are signed out. */
  end: "whole" | "stopped" | "broken";
  /** How many files were read until then. */
  n: number;
}

/** Read files for a label space; those that cannot be read are listed with their reason. Stops between two files. */
async function readAll(
  to: string, files: DroppedFile[], each: (documents: ReadDocument[], file: DroppedFile, isStopped: () => boolean) => Promise<void>,
): Promise<Reading> {
  let stopped = false;
  let n = 0;
  const isStopped = (): boolean => stopped;
  const stop = (): void => {
    stopped = true;
  };
  try {
    for (const one of files) {
      if (stopped) break;
      progress.value = { text: t.value.readingFiles(n + 1, files.length), share: n / files.length, stop };
      try {
        await requireReadable(one.file);
        const { documents } = await answerOf(() => api.read(to, nameOf(one), one.file), isStopped);
        const usable = documents.filter((d) => !d.unreadable && (d.text !== null || d.image !== null));
        for (const d of documents.filter((d) => d.unreadable)) fail(d.id || nameOf(one), d.unreadable);
        await each(usable, one, isStopped);
      } catch (error) {
        if (isOfSession(error)) throw error;
        fail(nameOf(one), reasonOf(error));
      }
      n++;
    }
  } catch (error) {
    if (!stopped) report(error);
    return { end: stopped ? "stopped" : "broken", n };
  } finally {
    progress.value = null;
  }
  return { end: stopped ? "stopped" : "whole", n };
}

function asNew(document: ReadDocument): NewDocument {
  return {
    id: document.id, source: document.source,
    ...(document.text !== null ? { text: document.text } : {}),
    ...(document.image !== null ? { image: document.image } : {}),
    ...(document.message_path ? { message_path: document.message_path } : {}),
  };
}

interface Waiting {
  document: NewDocument;
  file: DroppedFile;
}

/** Put the documents of files into the inbox, a batch at a time. Files of which some did not come there are listed. */
export async function labelFiles(files: DroppedFile[]): Promise<void> {
  const to = space.value; // a person may look at another label space before all are read
  let waiting: Waiting[] = [];
  failures.value = [];
  const send = async (isStopped: () => boolean, stop = progress.value?.stop ?? (() => undefined)): Promise<void> => {
    const n = firstBatch(waiting.map((one) => one.document));
    const batch = waiting.slice(0, n);
    progress.value = { text: t.value.labellingDocuments(n), share: progress.value?.share ?? 1, stop }; // the first one makes the fits
    try {
      await answerOf(() => put(batch.map((one) => one.document), to), isStopped);
    } catch (error) {
      if (isOfSession(error)) throw error;
      for (const file of new Set(batch.map((one) => one.file))) fail(nameOf(file), reasonOf(error));
    }
    waiting = waiting.slice(n);
  };
  const { end, n } = await readAll(to, files, async (documents, file, isStopped) => {
    waiting.push(...documents.map((one) => ({ document: asNew(one), file })));
    while (!isStopped() && isFull(waiting)) await send(isStopped);
  });
  let isStopped = end === "stopped";
  if (waiting.length && (end === "whole" || (isStopped && !isFull(waiting)))) { // what was read before a stop is labelled, if it is little
    await attempt(async () => {
      do await send(() => isStopped, () => { isStopped = true; });
      while (waiting.length && !isStopped);
    });
    progress.value = null;
  }
  const reason = isStopped ? t.value.stoppedBefore : t.value.signedOutBefore;
  const missing = [...waiting.map((one) => one.file), ...(end === "broken" ? files.slice(n) : [])];
  for (const file of new Set(missing)) fail(nameOf(file), reason);
  if (isStopped) notify(t.value.stoppedReading(n, files.length));
}

const lengthOf = (document: NewDocument): number => document.text?.length ?? 0;

/** How many of the documents that wait are labelled in the next request. */
function firstBatch(documents: NewDocument[]): number {
  let characters = 0;
  const n = documents.slice(0, BATCH).findIndex((one) => (characters += lengthOf(one)) >= CHARACTERS);
  const last = documents[n];
  if (!last) return Math.min(BATCH, documents.length);
  return n && lengthOf(last) >= CHARACTERS ? n : n + 1; // a long one goes alone: where it is refused, no other one is
}

/** Whether the documents that wait fill a request. */
function isFull(waiting: Waiting[]): boolean {
  return waiting.length >= BATCH || waiting.reduce((sum, one) => sum + lengthOf(one.document), 0) >= CHARACTERS;
}

/** Keep the texts of documents from now on, and those that this page has now. What is listed without a text is said. */
export async function keepTexts(): Promise<void> {
  const to = space.value;
  const isOff = info.value?.settings.remember === "off"; // then what was decided is known here alone, and its text is an example
  let rest = ownOnes().filter(({ entry }) => !isOff || !isDecided(entry)).map((one) => one.document);
  const n = rest.length;
  let isStopped = false;
  failures.value = [];
  const isDone = await attempt(async () => {
    if (!remembersTexts()) await api.remember(to, "text");
    while (rest.length && !isStopped) {
      progress.value = { text: t.value.keepingTexts(n - rest.length, n), share: 1 - rest.length / n, stop: () => { isStopped = true; } };
      const batch = rest.slice(0, firstBatch(rest));
      try {
        await answerOf(() => put(batch, to), () => isStopped);
      } catch (error) {
        if (isOfSession(error)) throw error;
        for (const one of batch) fail(one.id, reasonOf(error));
      }
      rest = rest.slice(batch.length);
    }
  });
  progress.value = null;
  await attempt(refresh);
  if (!isDone || to !== space.value) return;
  const lacking = info.value?.follows ? 0 : entries.value.filter((one) => !isDecided(one) && !isOpen(one)).length; // files of a folder are read again
  notify([t.value.keepTextsDone, lacking ? t.value.keepTextsLacking(lacking) : ""].filter(Boolean).join(" "));
}

interface NewExample {
  label: string;
  text?: string;
  image?: string;
  source: string;
}

/** Add files as examples, all or none: of ``label``, or each of the class that a folder names. Return how many were added. */
export async function addExamples(files: DroppedFile[], label: string | null): Promise<number> {
  const to = space.value;
  const named = label === null ? files.filter((one) => one.classFolder) : files;
  failures.value = [];
  if (!named.length) {
    notify(t.value.noFolders);
    return 0;
  }
  for (const one of label === null ? files.filter((one) => !one.classFolder) : []) fail(nameOf(one), t.value.noFolder);
  const examples: NewExample[] = [];
  const { end } = await readAll(to, named, async (documents, one) => {
    for (const d of documents) {
      examples.push({
        label: label ?? one.classFolder, source: d.source,
        ...(d.text !== null ? { text: d.text } : d.image !== null ? { image: d.image } : {}),
      });
    }
  });
  if (end === "stopped") notify(t.value.stoppedAdding);
  if (end === "broken") failures.value = named.map((one) => ({ name: nameOf(one), reason: t.value.signedOutBefore }));
  return end === "whole" ? await commit(to, examples) : 0;
}

/** Add examples that were read; return how many were added before the person stopped it, or it was refused. */
async function commit(to: string, examples: NewExample[]): Promise<number> {
  let done = 0;
  try {
    for (const part of parts(examples)) {
      const body = { kind: "change", change: { kind: "add", examples: part, skip_known: true } };
      const before = done;
      const job = await answerOf(() => run(to, body, (state) =>
        t.value.addingExamples(before + Math.round((state.share ?? 0) * part.length), examples.length)));
      if (!job) break; // stopped: nothing of this part was added
      await attempt(async () => (await api.history(to, 20)).changes.filter((one) => one.version === job.version).forEach(tellTwins));
      done += part.length;
    }
  } catch (error) {
    report(error);
  }
  await attempt(refresh);
  if (done) notify(t.value.addedExamples(done, new Set(examples.slice(0, done).map((e) => e.label)).size));
  return done;
}

/** Yield examples in parts of which each is one change, as large as a request may be. */
function* parts(examples: NewExample[]): Generator<NewExample[]> {
  let part: NewExample[] = [];
  let size = 0;
  for (const one of examples) {
    const more = (one.text?.length ?? 0) * 3 + (one.image?.length ?? 0) + one.source.length + 200;
    if (part.length && size + more > MOST) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(one);
    size += more;
  }
  if (part.length) yield part;
}
