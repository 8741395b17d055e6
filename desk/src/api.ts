// Asks the service. It keeps the token of the session, asks again where the service is busy, and turns
// what fails into a Failure; it knows nothing of what is displayed.
import type {
  Change, Changes, ClassExamples, ClassList, Conflicts, DecisionSeen, DriftReport, Evaluation, Explanation, FollowedFolder, Forgotten, InboxDocument, InboxList, InboxMatches, Job, MapAnswer, Movement, Next,
  Preview, Problem, Proposals, ReadDocuments, ReconsideredProposal, RefusedGroups, RefusedProposal, Risk, Session, SpaceInfo, SpaceNames, Throughput, Undone,
} from "./types";
import { find, heldTo, IDENTITY, identity, isElsewhere, nameIn, noteIdentity, pathOf, served } from "./identity";
import { FILE_NAME, PAGE } from "./limits";

/** What a request met: the problem that the service describes, or no service at all (status 0). */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly expected = "",
    readonly remedy = "",
    /** The name of its type, such as UnknownClass. */
    readonly kind = "",
  ) {
    super(message);
  }
}

/** The failure that a problem of the service is. */
export function failureOf(problem: Partial<Problem>, status = 0, words = ""): Failure {
  const kind = problem.type?.split(":").at(-1) ?? "";
  return new Failure(problem.status ?? status, problem.title ?? words, problem.expected, problem.remedy, kind);
}

let csrf = "";
export const online = { report: (_is: boolean): void => undefined };

/** A new key for a request: under it, it is carried out once, however often it is sent. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0"))
    .join("");
}

/** The keys of what this page has asked for, and its jobs: a change under one of them is its own, also before the answer is here. */
export const ownKeys = new Set<string>();

/** The kind of a failure where the service is away and what was to be carried out was not. */
export const UNSENT = "Unsent";

/** The kind of a failure where the service has another label space now, and what was to be carried out was not. */
export const ELSEWHERE = "Elsewhere";

const ATTEMPTS = 4;
const BUSY = 503; // nothing was done: the service says when to come again
const MOST_SECONDS = 10; // that one pause takes, whatever the service asks for

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

interface Reply {
  response: Response;
  text: string;
}

/** Whether a request changes nothing, also where it is sent with a body: what it asks for is no work that is lost. */
const isQuestion = (method: string, path: string): boolean => method === "GET" || /\/(?:explain|preview|accept\?preview=true)$/.test(path);

/** The answer to a request, which is sent again where the service is busy, or where its answer, or the end of it, was lost. */
async function answerTo(path: string, request: RequestInit): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    let reply: Reply | null = null;
    try {
      const response = await fetch(path, request);
      reply = { response, text: await response.text() };
    } catch {
      if (request.signal?.aborted) throw new Failure(0, ""); // nobody waits for it any more
      online.report(false);
      if (request.method === "GET" || attempt === ATTEMPTS) throw new Failure(0, "", "", "", isQuestion(request.method ?? "GET", path) ? "" : UNSENT); // others look again by themselves
    }
    if (reply) {
      online.report(true);
      if (reply.response.status !== BUSY || attempt === ATTEMPTS) return reply;
    }
    const seconds = Number(reply?.response.headers.get("Retry-After") ?? 1);
    await pause(Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MOST_SECONDS) : 1);
  }
}

const early = new Map<string, Promise<Reply>>();

/** Ask for what a view displays first, before its script runs; who needs it takes it, once. */
export function askEarly(name: string, view: string): void {
  forgetEarly();
  const more = view === "inbox" ? [inboxPath(name)] : view === "map" ? [mapPath(name)] : [];
  for (const path of [pathOf(name), classesPath(name), ...more]) {
    const reply = answerTo(served(path), { method: "GET", headers: heldTo(name), credentials: "same-origin" });
    reply.catch(() => undefined); // who takes it says so
    early.set(path, reply);
  }
}
/** Forget what was asked for early: it is of another time, or of another person. */
export function forgetEarly(): void {
  early.clear();
}

async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, mayMove = true, signal: AbortSignal | null = null): Promise<T> {
  const name = nameIn(path);
  const binding = heldTo(name);
  const fields: Record<string, string> = { ...headers, ...binding };
  if (csrf) fields["X-CSRF-Token"] = csrf;
  let payload: BodyInit | null = null;
  if (body instanceof Blob) {
    payload = body;
    fields["Content-Type"] = "application/octet-stream";
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    fields["Content-Type"] = "application/json";
  }
  if (method !== "GET") {
    fields[KEY] ??= newKey();
    ownKeys.add(fields[KEY]);
  }
  const waiting = method === "GET" ? early.get(path) : undefined;
  if (method === "GET") early.delete(path);
  else forgetEarly(); // it may be no longer so
  const { response, text } = await (waiting ?? answerTo(served(path), { method, headers: fields, body: payload, credentials: "same-origin", signal }));
  const content = response.headers.get("content-type") ?? "";
  const record: unknown = content.includes("json") ? JSON.parse(text) : null;
  if (!response.ok) {
    const problem = (record ?? {}) as Partial<Problem>;
    if (isElsewhere(name, problem.type)) {
      if (mayMove && await find(name, async () => (await api.spaces()).spaces, statusOf)) return ask(method, path, body, fields, false, signal);
      throw new Failure(0, "", "", "", isQuestion(method, path) ? "" : ELSEWHERE); // for this page, its label space is away
    }
    throw failureOf(problem, response.status, response.statusText);
  }
  if (IDENTITY in binding) identity.report(name, true);
  return record as T;
}

const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
  (await answerTo(path, { method: "GET", headers, credentials: "same-origin" })).response.status;

const KEY = "Idempotency-Key";
const under = (key?: string): Record<string, string> => key === undefined ? {} : { [KEY]: key };

/** The header that holds a change to a version, as an answer showed it: number and mark. */
const at = (version?: string): Record<string, string> => version === undefined ? {} : { "If-Match": version };

const classesPath = (name: string): string => `${pathOf(name)}/classes`;
const inboxPath = (name: string, limit = 500): string => `${pathOf(name)}/inbox?limit=${limit}`;
const mapPath = (name: string): string => `${pathOf(name)}/map`;

export interface NewDocument {
  id: string;
  text?: string;
  image?: string;
  source: string;
  message_path?: string;
}

/** Long work of the service: its kind, and what that kind needs. */
export interface Work {
  kind: string;
  change?: Record<string, unknown>;
  decisions?: Record<string, unknown>;
  least?: number;
}

/** The class that a proposal becomes, without some of its documents. */
export interface AcceptedProposal {
  name: string;
  description: string | null;
  /** Keys of documents that are not of this class. */
  leave_out: string[];
  /** Keys of documents on which nothing is decided. */
  pass_over: string[];
  /** The texts of its documents that this page alone has, by key. */
  texts: Record<string, string>;
}

/** Ask page by page for the first ``n`` entries of a list, or for as many as there are. */
export async function inPages<T>(n: number, page: (start: number, limit: number) => Promise<T[]>): Promise<T[]> {
  const list: T[] = [];
  while (list.length < n) {
    const more = await page(list.length, Math.min(PAGE, n - list.length));
    if (!more.length) break;
    list.push(...more);
  }
  return list;
}

export const api = {
  async session(): Promise<Session> {
    const session = await ask<Session>("GET", "/v1/session");
    csrf = session.csrf;
    return session;
  },
  async signIn(key: string): Promise<Session> {
    const session = await ask<Session>("POST", "/v1/session", { key });
    csrf = session.csrf;
    return session;
  },
  async signOut(): Promise<void> {
    await ask("DELETE", "/v1/session");
    csrf = "";
  },
  spaces: () => ask<SpaceNames>("GET", "/v1/spaces"),
  async info(s: string): Promise<SpaceInfo> {
    const about = await ask<SpaceInfo>("GET", pathOf(s));
    noteIdentity(s, about.identity);
    return about;
  },
  classes: (s: string) => ask<ClassList>("GET", classesPath(s)),
  examples: (s: string, label: string, start: number, limit: number) =>
    ask<ClassExamples>(
      "GET", `${pathOf(s)}/examples?label=${encodeURIComponent(label)}&start=${start}&limit=${limit}`),
  history: (s: string, limit: number, start = 0) =>
    ask<Changes>("GET", `${pathOf(s)}/history?limit=${limit}&start=${start}`),
  movement: (s: string, version: number) => ask<Movement>("GET", `${pathOf(s)}/history/${version}/moved`),
  change: (s: string, body: Record<string, unknown>, onlyAt?: string, key?: string) =>
    ask<Change>("POST", `${pathOf(s)}/changes`, body, { ...at(onlyAt), ...under(key) }),
  preview: (s: string, body: Record<string, unknown>) => ask<Preview>("POST", `${pathOf(s)}/preview`, body),
  undo: (s: string, change: Change | null, keys: string[], key?: string) =>
    ask<Undone>("POST", `${pathOf(s)}/undo`, { version: change?.version ?? null, mark: change?.mark ?? "", keys }, under(key)),
  read: (s: string, name: string, content: Blob) =>
    ask<ReadDocuments>("POST", `${pathOf(s)}/read?name=${encodeURIComponent(name.slice(-FILE_NAME))}`, content),
  put: (s: string, documents: NewDocument[]) =>
    ask<InboxList>("POST", `${pathOf(s)}/inbox`, { documents, evidence: 0 }),
  /** Which documents have all words, in their names or texts. */
  search: (s: string, words: string, signal: AbortSignal | null = null) =>
    ask<InboxMatches>("GET", `${pathOf(s)}/search?words=${encodeURIComponent(words)}`, undefined, {}, true, signal),
  inbox: (s: string, limit: number) => ask<InboxList>("GET", inboxPath(s, limit)),
  document: (s: string, key: string, evidence: number, signal: AbortSignal | null = null) =>
    ask<InboxDocument>("GET", `${pathOf(s)}/inbox/${key}?evidence=${evidence}`, undefined, {}, true, signal),
  explain: (s: string, document: NewDocument, signal: AbortSignal | null = null) =>
    ask<Explanation>("POST", `${pathOf(s)}/explain`, { document }, {}, true, signal),
  /** Take back what was decided on documents, with these examples or all that are equal, as one change. */
  takeBack: (s: string, keys: string[], examples: string[] | "all", asSeen: Record<string, DecisionSeen>, key?: string) =>
    ask<Undone>("POST", `${pathOf(s)}/undo`, { keys, examples, as_seen: asSeen }, under(key)),
  /** Decisions on documents as the service takes them: a list of labels only where there may be several. */
  decisions: (labels: Record<string, string[]>, asSeen: Record<string, DecisionSeen>) =>
    ({ labels: Object.fromEntries(Object.entries(labels).map(([key, names]) => [key, names.length === 1 ? names[0] : names])), as_seen: asSeen }),
  decide: (s: string, labels: Record<string, string[]>, asSeen: Record<string, DecisionSeen>, key?: string) =>
    ask<Change>("POST", `${pathOf(s)}/inbox/decisions`, api.decisions(labels, asSeen), under(key)),
  refute: (s: string, document: string, labels: string[], asSeen: Record<string, DecisionSeen>, key?: string) =>
    ask<Change>("POST", `${pathOf(s)}/refute`, { document, label: labels, as_seen: asSeen }, under(key)),
  forget: (s: string, keys: string[]) => ask<Forgotten>("POST", `${pathOf(s)}/forget`, { names: keys }),
  remember: (s: string, what: string) => ask<Change>("POST", `${pathOf(s)}/remember`, { what }),
  start: (s: string, body: Work) =>
    ask<Job>("POST", `${pathOf(s)}/jobs`, body),
  job: (s: string, id: string) => ask<Job>("GET", `${pathOf(s)}/jobs/${id}`),
  cancel: (s: string, id: string) => ask<Job>("DELETE", `${pathOf(s)}/jobs/${id}`),
  proposals: (s: string) => ask<Proposals>("GET", `${pathOf(s)}/proposals`),
  refusedProposals: (s: string) => ask<RefusedGroups>("GET", `${pathOf(s)}/proposals/refused`),
  acceptProposal: (s: string, key: string, accepted: AcceptedProposal, onlyAt?: string) =>
    ask<Change>("POST", `${pathOf(s)}/proposals/${encodeURIComponent(key)}/accept`, accepted, at(onlyAt)),
  previewProposal: (s: string, key: string, accepted: AcceptedProposal) =>
    ask<Preview>("POST", `${pathOf(s)}/proposals/${encodeURIComponent(key)}/accept?preview=true`, accepted),
  refuseProposal: (s: string, key: string) =>
    ask<RefusedProposal>("POST", `${pathOf(s)}/proposals/${encodeURIComponent(key)}/refuse`, {}),
  reconsiderProposal: (s: string, key: string) =>
    ask<ReconsideredProposal>("POST", `${pathOf(s)}/proposals/${encodeURIComponent(key)}/reconsider`, {}),
  conflicts: (s: string) => ask<Conflicts>("GET", `${pathOf(s)}/conflicts`),
  next: (s: string, count = 10) => ask<Next>("GET", `${pathOf(s)}/next?count=${count}`),
  map: (s: string) => ask<MapAnswer>("GET", mapPath(s)),
  followed: (s: string) => ask<FollowedFolder>("GET", `${pathOf(s)}/followed`),
  risk: (s: string) => ask<Risk>("GET", `${pathOf(s)}/risk`),
  drift: (s: string) => ask<DriftReport>("GET", `${pathOf(s)}/drift`),
  throughput: (s: string) => ask<Throughput>("GET", `${pathOf(s)}/throughput`),
  evaluation: (s: string) => ask<Evaluation>("GET", `${pathOf(s)}/evaluation`),
};
