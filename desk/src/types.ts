// The JSON of the service, as docs/json.md and /v1/openapi.json describe it.

export interface Alternative {
  label: string;
  score: number;
  probability: number | null;
  chance: number | null;
}

export interface Span {
  start: number;
  end: number;
  text: string;
}

export interface Passage extends Span {
  score: number;
  page: number | null;
  influence: number | null;
  words: Span[];
}

export interface NearExample {
  id: string;
  score: number;
  excerpt: string;
  thumbnail?: string;
  source: string;
}

export interface Evidence {
  label: string;
  examples: NearExample[];
  description: string | null;
  description_score: number | null;
  description_share: number;
  carried_by: "description" | "examples";
  passage: Passage | null;
}

export interface Answer {
  id: string;
  label: string | null;
  score: number | null;
  margin: number | null;
  probability: number | null;
  probability_of: string | null;
  threshold: number | null;
  alternatives: Alternative[];
  evidence: Evidence | null;
  reason: string;
  space_version: number;
  chance: number | null;
  none_probability: number | null;
  fit: string;
}

export interface InboxItem {
  key: string;
  id: string;
  source: string;
  by: "label space" | "person";
  at: string;
  label: string | null;
  version: number;
  excerpt: string;
  has_text: boolean;
  answer: Answer | null;
  text?: string | null;
}

export interface ClassInfo {
  name: string;
  examples: number;
  description: string | null;
  description_from: "given" | "name" | "none";
  retired: boolean;
  since_version: number;
}

export interface StoredExample {
  id: string;
  label: string;
  text: string | null;
  source: string;
  has_image: boolean;
  since_version: number;
}

export interface Change {
  version: number;
  kind: string;
  summary: string;
  at: string;
  who: string;
  reverts: number | null;
  detail: Record<string, unknown>;
  hints: string[];
}

export interface SpaceInfo {
  version: number;
  encoder: string;
  classes: number;
  retired: number;
  examples: number;
  head: string;
  settings: Record<string, string>;
  lacking: string[];
}

export interface Flow {
  before: string | null;
  after: string | null;
  documents: number;
  examples?: number;
}

export interface Preview {
  summary: string;
  documents: number;
  examples: number;
  flows: Flow[];
  moved: { kind: string; id: string; source: string; before: Answer; after: Answer }[];
}

export interface Movement {
  documents: number;
  flows: Flow[];
  moved: { key: string; id: string; source: string; before: string | null; after: string | null }[];
}

export interface ReadDocument {
  id: string;
  text: string | null;
  source: string;
  image: string | null;
  unreadable: string;
}

export interface RiskPoint {
  least_chance: number | null;
  coverage: number;
  risk: number;
  low: number | null;
  high: number | null;
  bound: number | null;
  strangers_answered: number | null;
  errors_caught: number | null;
  n: number;
}

export interface Risk {
  origin: string;
  version: number;
  queries: number;
  strangers: number;
  share: number;
  points: RiskPoint[];
  target: string | null;
  notes: string[];
}

export interface Confused {
  label: string;
  count: number;
}

export interface ClassRow {
  label: string;
  accuracy: number;
  n: number;
  low: number;
  high: number;
  confused_with: Confused[];
}

export interface Evaluation {
  version: number;
  shares: Record<string, { share: number | null; low: number; high: number; n: number }>;
  per_class: { about: string; rows: ClassRow[] };
  forecast: {
    reason: string | null; now?: number; then?: number; low?: number; high?: number;
    gain?: number; gain_low?: number; gain_high?: number; n?: number;
  } | null;
  settings: Record<string, number>;
  curve: { shot: number; prototypes: { mean: number; interval: number; n: number } }[];
  notes: string[];
}

export interface Session {
  name: string;
  role: "read" | "label" | "curate" | "admin";
  csrf: string;
}

export interface Member {
  key: string;
  id: string;
  source: string;
  text?: string | null;
}

export interface Proposal {
  key: string;
  size: number;
  kind: "new" | "part" | "outlier";
  nearest: { label: string; score: number } | null;
  tightness: number;
  terms: string[];
  name: string;
  description: string;
  exemplars: Member[];
  members: Member[];
}

export interface Proposals {
  proposals: Proposal[];
  documents: number;
  noise: number;
  left_out: number;
  version: number;
}

export interface Conflict {
  id: string;
  label: string;
  nearer: string;
  margin: number;
  probability: number | null;
}

export interface NextDocument extends Member {
  gain: number;
  nearest: unknown;
}
