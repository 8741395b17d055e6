// Bulk work: files become documents of the inbox or examples of classes, with progress and a stop.
import { signal } from "@preact/signals";
import { api, Failure, type NewDocument } from "./api";
import { put } from "./documents";
import type { DroppedFile } from "./drop";
import { run } from "./jobs";
import { progress } from "./progress";
import { attempt, inPlaces, notify, own, refresh, report, space, t } from "./state";
import type { ReadDocument } from "./types";

export const failures = signal<{ name: string; reason: string }[]>([]);

const BATCH = 32; // documents labelled in one request
const MOST = 24_000_000; // bytes of examples added in one change

/** List a file that could not be read; its name stands once, before the reason. */
function fail(name: string, reason: string): void {
  const own = [name, name.split("/").at(-1) ?? name].map((one) => `${one}: `).find((one) => reason.startsWith(one)) ?? "";
  failures.value = [...failures.value, { name, reason: reason.slice(own.length) }];
}

/** Read files for a label space; those that cannot be read are listed with their reason. Stops between two files. */
async function readAll(
  to: string, files: DroppedFile[], each: (documents: ReadDocument[], file: DroppedFile) => Promise<void>,
): Promise<void> {
  let stopped = false;
  failures.value = [];
  const stop = (): void => {
    stopped = true;
  };
  try {
    for (const [i, one] of files.entries()) {
      if (stopped) break;
      progress.value = { text: t.value.readingFiles(i + 1, files.length), share: i / files.length, stop };
      const name = [...one.folders, one.file.name].join("/");
      try {
        const { documents } = await api.read(to, name, one.file);
        const usable = documents.filter((d) => !d.unreadable && (d.text !== null || d.image !== null));
        for (const d of documents.filter((d) => d.unreadable)) fail(d.id || name, d.unreadable);
        await each(usable, one);
      } catch (error) {
        if (!(error instanceof Failure) || error.status === 0 || error.status === 401) throw error;
        fail(name, [error.message, inPlaces(error.remedy)].filter(Boolean).join("; "));
      }
    }
  } catch (error) {
    report(error);
  } finally {
    progress.value = null;
  }
}

function asNew(document: ReadDocument): NewDocument {
  return {
    id: document.id, source: document.source,
    ...(document.text !== null ? { text: document.text } : {}),
    ...(document.image !== null ? { image: document.image } : {}),
  };
}

/** Put the documents of files into the inbox, a batch at a time. */
export async function labelFiles(files: DroppedFile[]): Promise<void> {
  const to = space.value; // a person may look at another label space before all are read
  let waiting: NewDocument[] = [];
  await readAll(to, files, async (documents) => {
    waiting.push(...documents.map(asNew));
    while (waiting.length >= BATCH) {
      await put(waiting.slice(0, BATCH), to);
      waiting = waiting.slice(BATCH);
    }
  });
  if (waiting.length) await put(waiting, to);
}

interface NewExample {
  label: string;
  text?: string;
  image?: string;
  source: string;
}

/** Add files as examples: of ``label``, or each of the class that its innermost folder names. */
export async function addExamples(files: DroppedFile[], label: string | null): Promise<number> {
  const to = space.value;
  const named = label === null ? files.filter((one) => one.folders.length > 0) : files;
  if (!named.length) {
    notify(t.value.noFolders);
    return 0;
  }
  const examples: NewExample[] = [];
  await readAll(to, named, async (documents, one) => {
    const folder = one.folders.at(-1) ?? "";
    for (const d of documents) {
      examples.push({
        label: label ?? folder, source: d.source,
        ...(d.text !== null ? { text: d.text } : d.image !== null ? { image: d.image } : {}),
      });
    }
  });
  let done = 0;
  try {
    for (const part of parts(examples)) {
      const body = { kind: "change", change: { kind: "add", examples: part, skip_known: true } };
      const before = done;
      const job = await run(to, body, (now) =>
        t.value.addingExamples(before + Math.round((now.share ?? 0) * part.length), examples.length));
      if (!job) break; // stopped: nothing of this part was added
      own.add(job.id);
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
