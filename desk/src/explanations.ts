// What is known of the document that is open: its text at once, and its explanation once the service
// has it. What is asked for a document that a person has left is taken back.
import { api } from "./api";
import { sentDocument } from "./documents";
import type { Entry } from "./entry";
import { space, versionTag } from "./state";
import type { Answer } from "./types";

export interface Content {
  text: string | null;
  image: string | null;
}

const MOST_KEPT = 200;
const contents = new Map<string, Content>(); // of documents whose texts the service keeps
const explained = new Map<string, Answer | null>();
const requests = new Map<string, { answer: Promise<Answer | null>; stop: AbortController }>(); // and not here yet

/** What names a document, and says whether the service has its text. */
export type Named = Pick<Entry, "key" | "has_text">;

const keyOf = (entry: Named): string => [space.value, entry.key, entry.has_text].join("\0");
const questionOf = (entry: Entry): string => [keyOf(entry), versionTag.value ?? ""].join("\0");

function keep<T>(all: Map<string, T>, key: string, value: T): T {
  if (all.size > MOST_KEPT) all.clear();
  all.set(key, value);
  return value;
}

/** What a document says, if the page has it now: it sent it, or has displayed it before. */
export function contentHere(entry: Named): Content | undefined {
  const own = sentDocument(entry.key);
  return own ? { text: own.text ?? null, image: own.image ?? null } : contents.get(keyOf(entry));
}

/** What a document says: the service has it at once, without its evidence. Null where nobody has kept it. */
export async function contentOf(entry: Named): Promise<Content | null> {
  const content = contentHere(entry);
  if (content || !entry.has_text) return content ?? null;
  const { text } = await api.document(space.value, entry.key, 0);
  return keep(contents, keyOf(entry), { text: text ?? null, image: null });
}

/** The answer to a document with its evidence, by the version that is displayed. */
export function explain(entry: Entry): Promise<Answer | null> {
  const question = questionOf(entry);
  const earlier = explained.get(question);
  if (earlier !== undefined) return Promise.resolve(earlier);
  const waiting = requests.get(question);
  if (waiting) return waiting.answer;
  const stop = new AbortController();
  const own = sentDocument(entry.key);
  const reply = own ? api.explain(space.value, own, stop.signal) : api.document(space.value, entry.key, 5, stop.signal);
  const answer = reply.then((one) => keep(explained, question, one.answer)).finally(() => {
    if (requests.get(question)?.stop === stop) requests.delete(question);
  });
  requests.set(question, { answer, stop });
  return answer;
}

/** Take back what was asked for other documents than this one. */
export function leaveOthers(entry: Entry | null): void {
  const present = entry && questionOf(entry);
  for (const [question, one] of requests) {
    if (question === present) continue;
    requests.delete(question);
    one.stop.abort();
  }
}
