// Asks the service. It keeps the token of the session, and turns what fails into a Failure; it knows
// nothing of what is displayed.
import type {
  Change, Changes, ClassExamples, ClassList, Conflicts, DriftReport, Evaluation, Explanation, InboxDocument, InboxList, Job, MapAnswer, Movement, Next,
  Preview, Problem, Proposals, ReadDocuments, RefusedProposal, Risk, Session, SpaceInfo, SpaceNames, Undone,
} from "./types";

/** What a request met: the problem that the service describes, or no service at all (status 0). */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly expected = "",
    readonly remedy = "",
  ) {
    super(message);
  }
}

let csrf = "";
export const online = { report: (_is: boolean): void => undefined };

/** A new id for a request that is carried out once. */
function once(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0"))
    .join("");
}

async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const sent: Record<string, string> = { ...headers };
  if (csrf) sent["X-CSRF-Token"] = csrf;
  let payload: BodyInit | null = null;
  if (body instanceof Blob) {
    payload = body;
    sent["Content-Type"] = "application/octet-stream";
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    sent["Content-Type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(path, { method, headers: sent, body: payload, credentials: "same-origin" });
  } catch {
    online.report(false);
    throw new Failure(0, "");
  }
  online.report(true);
  const content = response.headers.get("content-type") ?? "";
  const record: unknown = content.includes("json") ? await response.json() : null;
  if (!response.ok) {
    const problem = (record ?? {}) as Partial<Problem>;
    throw new Failure(response.status, problem.title ?? response.statusText, problem.expected, problem.remedy);
  }
  return record as T;
}

const space = (name: string): string => `/v1/spaces/${encodeURIComponent(name)}`;

export interface NewDocument {
  id: string;
  text?: string;
  image?: string;
  source: string;
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
  info: (s: string) => ask<SpaceInfo>("GET", space(s)),
  classes: (s: string) => ask<ClassList>("GET", `${space(s)}/classes`),
  examples: (s: string, label: string, start = 0, limit = 100) =>
    ask<ClassExamples>(
      "GET", `${space(s)}/examples?label=${encodeURIComponent(label)}&start=${start}&limit=${limit}`),
  history: (s: string, limit = 200) => ask<Changes>("GET", `${space(s)}/history?limit=${limit}`),
  moved: (s: string, version: number) => ask<Movement>("GET", `${space(s)}/history/${version}/moved`),
  change: (s: string, body: Record<string, unknown>, onlyAt?: number) =>
    ask<Change>("POST", `${space(s)}/changes`, body, {
      "Idempotency-Key": once(),
      ...(onlyAt === undefined ? {} : { "If-Match": `"${onlyAt}"` }),
    }),
  preview: (s: string, body: Record<string, unknown>) => ask<Preview>("POST", `${space(s)}/preview`, body),
  undo: (s: string, version: number | null, keys: string[]) =>
    ask<Undone>("POST", `${space(s)}/undo`, { version, keys }),
  read: (s: string, name: string, content: Blob) =>
    ask<ReadDocuments>("POST", `${space(s)}/read?name=${encodeURIComponent(name.slice(-255))}`, content),
  put: (s: string, documents: NewDocument[]) =>
    ask<InboxList>("POST", `${space(s)}/inbox`, { documents, evidence: 0 }),
  inbox: (s: string, limit = 500) =>
    ask<InboxList>("GET", `${space(s)}/inbox?limit=${limit}`),
  document: (s: string, key: string) => ask<InboxDocument>("GET", `${space(s)}/inbox/${key}`),
  explain: (s: string, document: NewDocument) =>
    ask<Explanation>("POST", `${space(s)}/explain`, { document }),
  decide: (s: string, labels: Record<string, string>) =>
    ask<Change>("POST", `${space(s)}/inbox/decisions`, { labels }),
  refute: (s: string, document: string, label: string) =>
    ask<Change>("POST", `${space(s)}/refute`, { document, label }),
  remember: (s: string, what: string) => ask<Change>("POST", `${space(s)}/remember`, { what }),
  start: (s: string, body: { kind: string; change?: Record<string, unknown> }) =>
    ask<Job>("POST", `${space(s)}/jobs`, body, { "Idempotency-Key": once() }),
  job: (s: string, id: string) => ask<Job>("GET", `${space(s)}/jobs/${id}`),
  cancel: (s: string, id: string) => ask<Job>("DELETE", `${space(s)}/jobs/${id}`),
  proposals: (s: string) => ask<Proposals>("GET", `${space(s)}/proposals`),
  acceptProposal: (s: string, key: string, name: string, description: string | null) =>
    ask<Change>("POST", `${space(s)}/proposals/${encodeURIComponent(key)}/accept`, { name, description }),
  previewProposal: (s: string, key: string, name: string, description: string | null) =>
    ask<Preview>("POST", `${space(s)}/proposals/${encodeURIComponent(key)}/accept?preview=true`, { name, description }),
  refuseProposal: (s: string, key: string) =>
    ask<RefusedProposal>("POST", `${space(s)}/proposals/${encodeURIComponent(key)}/refuse`, {}),
  conflicts: (s: string) => ask<Conflicts>("GET", `${space(s)}/conflicts`),
  next: (s: string, count = 10) => ask<Next>("GET", `${space(s)}/next?count=${count}`),
  map: (s: string) => ask<MapAnswer>("GET", `${space(s)}/map`),
  risk: (s: string) => ask<Risk>("GET", `${space(s)}/risk`),
  drift: (s: string) => ask<DriftReport>("GET", `${space(s)}/drift`),
  evaluation: (s: string) => ask<Evaluation>("GET", `${space(s)}/evaluation`),
};
