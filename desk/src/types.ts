// The JSON of the service. Written from its OpenAPI document by tests/helpers/desk_types.py: change that.

/** What became of suggestions that were accepted. `change`: made by adding examples. */
export interface Acceptance {
  accepted: number;
  change: Change | null;
}

/** A class that was considered. */
export interface Alternative {
  label: string;
  score: number;
  probability: number | null;
  chance: number | null;
}

/** What a label space says about one document; `label` is null for *none of these*. */
export interface Answer {
  id: string;
  source: string;
  label: string | null;
  score: number | null;
  margin: number | null;
  probability: number | null;
  probability_of: string | null;
  threshold: number | null;
  alternatives: Alternative[];
  evidence: Evidence | null;
  reason: string;
  head: "prototypes" | "refined";
  space_version: number;
  encoder_fingerprint: string;
  chance: number | null;
  none_probability: number | null;
  least_chance: number | null;
  fit: "" | "close" | "fair" | "far";
  label_set: (string | null)[] | null;
  levels?: Level[];
  labels?: LabelAnswer[];
}

/** Answers in the order of the documents. */
export interface Answers {
  answers: Answer[];
  space_version: number;
}

/** A change as it stands in the history. `mark`: tells it from that version in a copy. `documents`, in a list of changes: the names of the first documents that it is about, each empty where it has none. `none`: one document was said to be of none of the classes. */
export interface Change {
  version: number;
  mark: string;
  kind: string;
  summary: string;
  at: string;
  who: string;
  reverts: number | null;
  detail: Record<string, unknown>;
  hints: string[];
  documents?: string[];
  none?: boolean;
}

/** Changes, newest first. `undo`, `redo`: the version that each would take back, or null. */
export interface Changes {
  changes: Change[];
  undo: number | null;
  redo: number | null;
}

/** The option that is chosen, with the probability of each. `confidence` is the chance that the choice is right; None where there are no chances. */
export interface ChoiceAnswer {
  type: "choice";
  choice: string;
  probabilities: Record<string, number>;
  confidence: number | null;
}

/** A class, some of its examples, and how many there are in all. */
export interface ClassExamples {
  class: ClassInfo;
  examples: StoredExample[];
  total: number;
}

/** A class, with the `parent` above it. `sharpened`: documents moved its description. */
export interface ClassInfo {
  name: string;
  examples: number;
  description: string | null;
  description_from: "given" | "name" | "none";
  retired: boolean;
  since_version: number;
  sharpened: boolean;
  parent: string | null;
}

/** The classes of a label space. */
export interface ClassList {
  classes: ClassInfo[];
}

/** How well one class does. */
export interface ClassRow {
  label: string;
  accuracy: number;
  low: number;
  high: number;
  n: number;
  documents: number;
  confused_with: Confused[];
}

/** How well each class does. */
export interface ClassTable {
  about: string;
  rows: ClassRow[];
}

/** An example that lies nearer another class. */
export interface Conflict {
  id: string;
  label: string;
  nearer: string;
  margin: number;
  strength: number;
  excerpt: string;
  source: string;
  evidence: NearExample[];
}

/** What is likely wrong. `comparable`: whether label errors can be told: `right` is more than half of `documents`, beyond chance. */
export interface Conflicts {
  examples: Conflict[];
  splits: SplitAdvice[];
  merges: MergeAdvice[];
  documents: number;
  right: number;
  comparable: boolean;
  version: number;
}

/** A class that another one is taken for. */
export interface Confused {
  label: string;
  count: number;
  documents: ConfusedDocument[];
}

/** A document that was taken for another class. */
export interface ConfusedDocument {
  id: string;
  excerpt: string;
}

/** Accuracy at a number of examples a class. */
export interface CurvePoint {
  shot: number;
  queries: number;
  prototypes: Estimate;
  refined: Estimate | null;
}

/** What people have decided on a document, as a decision on it saw that; or nothing. */
export interface DecisionSeen {
  labels?: string[];
  refused?: string[];
}

/** An answer for each question, by its name. `model`: the label space. */
export interface Decisions {
  model: string;
  answers: Record<string, ChoiceAnswer>;
  usage: Usage;
}

/** How many suggestions were dismissed. */
export interface Dismissed {
  dismissed: number;
}

/** A remembered document that got another answer. */
export interface DocumentMove {
  key: string;
  id: string;
  source: string;
  before: string | null;
  after: string | null;
}

/** A change in the stream of documents. `label`: null for *none of these*. */
export interface Drift {
  label: string | null;
  kind: "share" | "nearness";
  before: number;
  after: number;
  documents_before: number;
  documents_after: number;
  since: string;
  number: number;
  document: string;
  earliest: string;
  latest: string;
  e_value: number;
  p_value: number;
  sentence: string;
}

/** What changed in the remembered documents. `reason`: why nothing can be compared. */
export interface DriftReport {
  summary: string;
  changes: Drift[];
  watched: Watched[];
  documents: number;
  first: string | null;
  last: string | null;
  tests: number;
  false_alarm_in: number;
  threshold: number;
  moment: "document" | "hour" | "day" | "week";
  unfinished: number;
  other_encoder: number;
  repeats: number;
  reason: string;
  version: number;
}

/** Nothing to say. */
export interface Empty {
}

/** A mean with its 95 % interval: mean ± interval. */
export interface Estimate {
  mean: number | null;
  interval: number | null;
  n: number;
}

/** Accuracy of a label space on its own examples, each left out in turn. `decided`: how many of the examples came from decisions of people on answers; where it is not 0, the figures do not hold for new documents. */
export interface Evaluation {
  kind: string;
  subject: string;
  date: string;
  encoder_fingerprint: string;
  metric: string;
  classes: number;
  documents: number;
  settings: EvaluationSettings;
  episodes: (Record<string, unknown>)[];
  curve: CurvePoint[];
  shares: Record<string, Share>;
  per_class: ClassTable | null;
  forecast: Forecast | null;
  decided: number;
  notes: string[];
}

/** How it was evaluated, and of which version. `threshold` and `labels` are there where documents may have several labels, and the others of these five where they have one. */
export interface EvaluationSettings {
  version: number;
  kappa: number;
  draws?: number;
  more?: number;
  seed?: number;
  threshold?: number | null;
  labels?: string;
}

/** What is behind an answer. */
export interface Evidence {
  label: string;
  examples: NearExample[];
  description: string | null;
  description_score: number | null;
  description_share: number;
  carried_by: "description" | "examples";
  passage: Passage | null;
  description_sharpened: boolean;
}

/** A document that stands for a proposal, with its text where it may be kept. */
export interface Exemplar {
  key: string;
  id: string;
  source: string;
  text: string | null;
}

/** The answer to one document, with evidence. */
export interface Explanation {
  answer: Answer;
}

/** Where a request differs from its schema, and how. */
export interface Fault {
  where: string;
  what: string;
}

/** How many go from one answer to another; null stands for *none of these*. */
export interface Flow {
  before: string | null;
  after: string | null;
  documents: number;
}

/** What was read from the folder that a service follows. */
export interface FollowedFolder {
  files: number;
  documents: number;
  unreadable: UnreadableFile[];
}

/** What more examples would bring; without numbers where `reason` says why none are there. */
export interface Forecast {
  more: number;
  reason: string | null;
  now?: number;
  then?: number;
  low?: number;
  high?: number;
  gain?: number;
  gain_low?: number;
  gain_high?: number;
  n?: number;
}

/** How many documents were forgotten. */
export interface Forgotten {
  forgotten: number;
  decisions?: number;
}

/** The same with its text, where it may be kept. */
export interface InboxDocument {
  key: string;
  id: string;
  source: string;
  by: "label space" | "person" | "nobody";
  at: string;
  label: string | null;
  labels?: string[];
  refused?: string[];
  version: number;
  excerpt: string;
  has_text: boolean;
  answer: Answer | null;
  text: string | null;
}

/** A document of the inbox, and the answer that it has now. */
export interface InboxItem {
  key: string;
  id: string;
  source: string;
  by: "label space" | "person" | "nobody";
  at: string;
  label: string | null;
  labels?: string[];
  refused?: string[];
  version: number;
  excerpt: string;
  has_text: boolean;
  answer: Answer | null;
}

/** Documents of the inbox, how many there are in all, and the `remembered_mark`. */
export interface InboxList {
  documents: InboxItem[];
  total: number;
  remembered_mark: string;
}

/** The keys of documents that have all words, newest first; `matches`: how many there are. */
export interface InboxMatches {
  keys: string[];
  matches: number;
  total: number;
}

/** Long work: what it is, how far it is, how it ended. */
export interface Job {
  id: string;
  kind: "change" | "decide" | "import" | "discover" | "settle" | "reencode";
  state: "waiting" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  who: string;
  at: string;
  ended_at: string | null;
  what: string;
  done: number;
  total: number | null;
  share: number | null;
  version: number | null;
  summary: string;
  counts: Record<string, number>;
  error: Problem | null;
  cancelling: boolean;
}

/** The newest jobs of a label space, newest first. */
export interface JobList {
  jobs: Job[];
}

/** One of several labels of a document. */
export interface LabelAnswer {
  label: string;
  score: number;
  probability: number | null;
  evidence: Evidence | null;
}

/** The fits that are not made yet. */
export interface Lacking {
  lacking: string[];
}

/** A class with all the classes under it. */
export interface Level {
  label: string;
  probability: number | null;
  chance: number | null;
}

/** n points of a plane; the numbers are packed in base64, as the route says. */
export interface MapAnswer {
  version: number;
  classes: string[];
  n: number;
  x: string;
  y: string;
  labels: string;
  kinds: string;
  people: string;
  keys: string[];
  titles: string[];
  decided: Record<string, DecisionSeen>;
  share: number;
  remembered_mark: string;
}

/** A document of a proposal. */
export interface Member {
  key: string;
  id: string;
  source: string;
}

/** Two classes that can hardly be told apart. */
export interface MergeAdvice {
  labels: string[];
  right: number;
  documents: number;
  p_value: number;
}

/** What one change did to the answers of remembered documents. `by`: whether answers were compared, or those of the prototypes alone. */
export interface Movement {
  by: "answers" | "prototypes";
  documents: number;
  flows: Flow[];
  moved: DocumentMove[];
}

/** An example near a document. `thumbnail`: of an image alone, a `data:` address. */
export interface NearExample {
  id: string;
  score: number;
  excerpt: string;
  thumbnail?: string;
  source: string;
}

/** The class nearest a proposal. `limit`: the distance within one class. */
export interface NearestClass {
  label: string;
  distance: number;
  limit: number;
}

/** What to label next, most helpful first, of how many documents. */
export interface Next {
  documents: NextDocument[];
  of: number;
  version: number;
}

/** A document to label. `gain`: errors among what it stands for; null without calibration. */
export interface NextDocument {
  key: string;
  id: string;
  source: string;
  text: string | null;
  nearest: string | null;
  gain: number | null;
  stands_for: number;
}

/** The part of a long document that decided. */
export interface Passage {
  start: number;
  end: number;
  text: string;
  score: number;
  page: number | null;
  influence: number | null;
  words: Span[];
}

/** What a change would do, had it been made. */
export interface Preview {
  preview: true;
  version: number;
  kind: string;
  summary: string;
  detail: Record<string, unknown>;
  documents: number;
  examples: number;
  left_out: number;
  examples_left_out: number;
  head: "prototypes" | "refined";
  flows: PreviewFlow[];
  moved: PreviewMove[];
  hints: string[];
}

/** The same, and how many examples. */
export interface PreviewFlow {
  before: string | null;
  after: string | null;
  documents: number;
  examples: number;
}

/** A document or an example that would get another answer. `own_label`: of an example. */
export interface PreviewMove {
  kind: "document" | "example";
  id: string;
  source: string;
  own_label?: string;
  before: Answer;
  after: Answer;
}

/** An error (RFC 9457). */
export interface Problem {
  type: string;
  status: number;
  title: string;
  expected?: string;
  remedy?: string;
  errors?: Fault[];
}

/** Declined documents that look like one class. */
export interface Proposal {
  key: string;
  size: number;
  kind: "new" | "part" | "outlier";
  tightness: number;
  nearest: NearestClass | null;
  terms: string[];
  name: string;
  description: string;
  exemplars: Exemplar[];
  members: Member[];
}

/** Proposed classes. What only a new grouping counts is null where there was none. */
export interface Proposals {
  proposals: Proposal[];
  documents: number;
  copies: number | null;
  noise: number | null;
  refused: number | null;
  left_out: number | null;
  version: number | null;
  enough: number | null;
  like_refused: number | null;
  undeclined: string | null;
}

/** How many classes a calibration was measured on, and how many others there are. Nothing is promised of the others. `learned`: whether examples that the encoder has learned from do not count. `in_descriptions`: whether examples that stand in the description of their class do not. */
export interface Reach {
  classes: number;
  others: number;
  learned: boolean;
  in_descriptions: boolean;
}

/** A document of a file, not labelled. `image`: a `data:` address. `message_path`: to be sent with a document of a mailbox, which is known by it; empty for others. */
export interface ReadDocument {
  id: string;
  text: string | null;
  source: string;
  image: string | null;
  unreadable: string;
  message_path: string;
}

/** The documents of a file. */
export interface ReadDocuments {
  documents: ReadDocument[];
}

/** On how many documents decisions were taken back. */
export interface Reconsidered {
  reconsidered: number;
}

/** The proposal that was refused, and is listed again. */
export interface ReconsideredProposal {
  reconsidered: string;
}

/** A proposal that is never made again, as it was listed. `at`: when it was refused. */
export interface RefusedGroup {
  key: string;
  size: number;
  kind: "new" | "part" | "outlier";
  tightness: number;
  nearest: NearestClass | null;
  terms: string[];
  name: string;
  description: string;
  exemplars: Exemplar[];
  members: Member[];
  at: string;
}

/** The proposals that are never made again, the newest refusal first. */
export interface RefusedGroups {
  proposals: RefusedGroup[];
}

/** The proposal that is never made again. */
export interface RefusedProposal {
  refused: string;
}

/** A document that was answered, without its text. */
export interface Remembered {
  key: string;
  id: string;
  source: string;
  label: string | null;
  probability: number | null;
  version: number;
  at: string;
  refused?: string[];
  by: "label space" | "person" | "nobody";
  labels?: string[];
}

/** Documents that were answered, and how many there are in all. */
export interface RememberedList {
  documents: Remembered[];
  total: number;
}

/** Coverage against risk. `coverage`: the share that is answered as things are. `verdict`: how far the target is kept; empty without one, and where it cannot be promised. `decided`: how many of its examples came from decisions of people on answers. */
export interface Risk {
  subject: string;
  version: number;
  head: "prototypes" | "refined";
  origin: "simulated" | "held out";
  queries: number;
  strangers: number;
  share: number;
  points: RiskPoint[];
  target: string | null;
  limit: RiskLimit | null;
  coverage: number;
  notes: string[];
  reach: Reach;
  verdict: string;
  decided: number;
}

/** What follows from a target. `possible`: the one that could be promised in its place. */
export interface RiskLimit {
  least_chance: number | null;
  least_score: number | null;
  bound: number | null;
  coverage: number | null;
  shortage: string;
  possible: string;
}

/** What one least chance of an answer means. `promise`: of the fewest errors, with one more to spare, where no fewer documents are answered; null where none can be promised. */
export interface RiskPoint {
  least_chance: number | null;
  coverage: number;
  risk: number | null;
  low: number | null;
  high: number | null;
  bound: number | null;
  strangers_answered: number | null;
  errors_caught: number | null;
  n: number;
  promise: RiskPromise | null;
}

/** A target of errors that can be promised, and the share that is answered where it is set. */
export interface RiskPromise {
  target: string;
  share: number;
  coverage: number;
}

/** Whose session it is, its role, and the token that its changes must send. Documents of a smaller chance than `review_below` are to be looked at one by one. `read_only`: the service refuses changes, whoever asks; the role is `label` at most then. */
export interface Session {
  name: string;
  role: "read" | "label" | "curate" | "admin";
  csrf: string;
  review_below: number;
  read_only: boolean;
}

/** A share with its 95 % interval. */
export interface Share {
  share: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

/** What a label space is at one version, with the `mark` of that version. `remembered_mark` changes whenever documents come to the inbox, are decided on, or leave. `follows`: documents of a folder come by themselves. `identity` tells the label space from every other one; a backup of it has the same. */
export interface SpaceInfo {
  path: string;
  version: number;
  created_at: string;
  encoder: string;
  encoder_fingerprint: string;
  dim: number;
  metric: "cosine" | "euclidean";
  classes: number;
  retired: number;
  examples: number;
  head: "prototypes" | "refined";
  settings: Record<string, string>;
  calibration: Record<string, unknown>;
  modes: number;
  mode_share: number;
  levels: number;
  refusal: string;
  answered_strangers: number | null;
  unpromised: string;
  lacking: string[];
  mark: string;
  remembered_mark: string;
  identity: string;
  follows: boolean;
}

/** The label spaces of the service. */
export interface SpaceNames {
  spaces: string[];
}

/** Some words of a document: its characters `start` to `end`. */
export interface Span {
  start: number;
  end: number;
  text: string;
}

/** A class with several modes. `sizes`: how many examples; `parts`: ids of the first. */
export interface SplitAdvice {
  label: string;
  sizes: number[];
  parts: string[][];
  excerpts: string[];
}

/** How the service is. */
export interface Status {
  status: "live" | "ready";
}

/** An example as a label space holds it, without its vector and its image. */
export interface StoredExample {
  id: string;
  label: string;
  text: string | null;
  source: string;
  has_image: boolean;
  since_version: number;
}

/** A remembered document that prefers another class now. */
export interface Suggestion {
  key: string;
  id: string;
  source: string;
  label: string | null;
  probability: number | null;
  version: number;
  at: string;
  refused?: string[];
  answer: Answer;
}

/** Suggestions, how many there are in all, and of how many documents. `declined`: how many documents have a class, and would be none of these now. */
export interface Suggestions {
  suggestions: Suggestion[];
  total: number;
  declined: number;
  remembered: number;
}

/** How many documents were answered within the last seconds, about a minute at most. */
export interface Throughput {
  documents: number;
  seconds: number;
}

/** The change that took another one back; null where documents alone were opened again. */
export interface Undone {
  change: Change | null;
}

/** A file of a followed folder that could not be read, and why. */
export interface UnreadableFile {
  name: string;
  reason: string;
}

/** Tokens that are billed: none. */
export interface Usage {
  input_tokens: number;
  output_tokens: number;
}

/** A class, or *none of these*, as it was watched. `showable`: the share that would show. */
export interface Watched {
  label: string | null;
  documents: number;
  share: number;
  showable: number | null;
}
