// English sentences of *Map*, *Health* and *History*.
import { namesOf } from "../names";
import { takenUp } from "../taken_up";
import type { Change, Reach } from "../types";
import { count } from "./numbers";

export const map = {
  // -- map
  mapTitle: "Map of documents",
  mapLead: "Each point is a document or an example, near to others that the encoder finds alike.",
  mapDo: "A click on a point shows what it says. Draw around points to label them.",
  mapEmpty: "Nothing to draw yet",
  mapEmptyText: "Examples and labelled documents appear here.",
  mapPoints: (n: number) => count(n, "point", "points"),
  mapMove: "Move",
  mapLasso: "Lasso",
  mapReset: "Show all",
  mapDocuments: "Documents",
  mapExamples: "Examples",
  mapPrototypes: "Prototypes",
  mapCounts: "Documents and examples of each class, as far as they are displayed",
  mapChosen: (title: string) => `${title} is chosen`,
  openInInbox: "Open in the inbox",
  openClass: (label: string) => `Open ${label}`,
  mapUnknown: "None of these",
  mapVariance: (share: string) => `The map shows the two directions in which they differ most, which hold ${share} of their spread. Points that overlap may differ in other directions.`,
  mapLabel: "Label as",
  mapAlone: "In place of the labels that they have",
  mapNothing: "Nothing changed: none of them is a document, or an example of another class.",
  mapNoExamples: "Documents alone are chosen: an example may have several labels. “Classes” changes those.",
  mapKeyboard: "Arrow keys move the map, + and - zoom.",
  mapKeyboardDraw: "L draws, Escape ends.",
  // -- health
  healthTitle: "Health",
  healthFew: "Too few examples to say",
  healthFewText: "Each example is left out once and labelled by the others. That needs two classes with two examples each; ten examples make it useful.",
  howAccurate: "How accurate it is",
  ofDocuments: (n: number) => `${count(n, "document", "documents")}, each left out in turn`,
  /** A measure of several labels a document, by the name that the service gives it. */
  severalShare: (name: string) => name,
  ofExamples: (n: number) => `of ${count(n, "example", "examples")}, each left out in turn`,
  interval: (low: string, high: string) => `95\u00a0% interval ${low} to ${high}`,
  whatItCosts: "What it would answer",
  sliderLabel: "Share of documents that get an answer",
  ofHundred: "Of 100 documents",
  answeredRight: "answered right",
  answeredWrong: "answered wrong",
  leftToYou: "left to you",
  canPromise: (share: string, covered: string) => `What can be promised, with 95\u00a0% confidence: at most ${share} of the answers are wrong, and ${covered} of the documents get an answer. One more error would not change that.`,
  errorsCaught: (share: string) => `Looking through the rest catches ${share} of all errors.`,
  strangersCounted: (n: number) => `${n} of them are assumed to belong to no class: an answer to one of these is wrong. The accuracy above counts examples alone.`,
  noUsefulLimit: (share: string) => `With this share answered, no limit of ${share} errors or fewer can be promised safely yet: one more error could make it impossible. More examples make it possible.`,
  axisWrong: "Wrong answers among those given",
  axisExamples: "Examples a class",
  holdTo: (share: string) => `Hold answers to at most ${share} errors`,
  setLimit: (target: string) => `Set the limit: ${target.replace(/%/g, "\u00a0%").replace(/^errors (.*)$/, "at most $1 errors")}`,
  possibleLimit: "That is the strictest limit of this kind that can be promised now. The next examples may change it.",
  holdToDone: (share: string) => `Answers are held to at most ${share} errors from now on`,
  noTarget: "No limit is set: the fitted threshold decides.",
  noThreshold: "No threshold is in force: every document gets an answer.",
  inForceNow: (share: string) => `${share} of the documents get an answer now.`,
  nothingInForce: "No threshold is in force yet: every document gets an answer, and none has a probability.",
  targetSet: (target: string) => `In force: ${target.replace(/%/g, "\u00a0%").replace(/^errors (.*)$/, "at most $1 errors")}.`,
  reachOf: ({ classes, others, learned, in_descriptions }: Reach) => `All this was measured on ${count(classes, "class", "classes")} with two different examples${learned ? " that the encoder has not learned from" : ""} or more${in_descriptions ? ", one of them not in its description" : ""}. Nothing is promised of ${count(others, "other class", "other classes")} until ${others === 1 ? "it" : "each"} has two: “Classes” lists how many each has.`,
  noneAnswered: (why: string) => `No document gets an answer: ${why}.`,
  dropTarget: "Drop the limit",
  limitDropped: "The limit is dropped: the fitted threshold decides",
  /** ``isOther``: whether another limit can be promised. */
  limitRemedy: (isOther: boolean) => `Drop the limit${isOther ? ", or set one in Health that can be promised" : ""}. More examples may make this one possible again.`,
  moreExamplesBuy: (more: number) => `What ${more} more examples a class would bring`,
  gainText: (low: string, high: string) => `points of accuracy of the prototypes (95\u00a0% interval ${low} to ${high})`,
  prototypesMeasured: "What is measured here are the prototypes: the first answer, before its refinement.",
  paceTitle: "Documents answered lately",
  paceSecond: (n: string) => `${n} a second`,
  paceMinute: (n: string) => `${n} a minute`,
  paceText: (n: number, seconds: number) => `${count(n, "document", "documents")} in the last ${count(seconds, "second", "seconds")}, by page, programs and followed folder`,
  driftTitle: "What changed in the stream",
  driftNothing: "There is nothing to compare yet: remembered documents of different hours are needed.",
  driftNone: (n: number) => `${count(n, "remembered document shows", "remembered documents show")} no change.`,
  driftAlarms: (n: number) => `At most one false alarm in ${n.toLocaleString("en")} documents on average, over all classes.`,
  driftShare: (since: string, label: string, before: string, after: string) => `${label}: ${after} of the documents since about ${since}; before that, ${before}`,
  driftNearness: (since: string, label: string, before: string, after: string) => `${label}: a mean score of ${after} since about ${since}; before that, ${before}`,
  perClass: "Class by class",
  weakest: "The weakest first. More examples help these most.",
  labelNext: "What to label next",
  labelNextText: "A decision on these teaches the most.",
  labelErrors: "Likely label errors",
  labelErrorsText: "Examples that lie nearer to another class than to their own.",
  ratherThan: (nearer: string, label: string) => `${nearer} rather than ${label}?`,
  moveThere: (label: string) => `Move to ${label}`,
  curve: "Accuracy of the prototypes by examples a class",
  // -- history
  historyTitle: "History",
  /** A change in a sentence. */
  summary: (one: Change): string => {
    if (one.kind === "tune") return "The weight of the descriptions was estimated anew";
    const proposal = takenUp(one);
    const names = namesOf(proposal?.classes ?? [], (name) => `“${name}”`);
    if (proposal?.isNew) return `A proposed group is the class ${names} now, with ${count(proposal.examples, "example", "examples")}`;
    if (proposal) return `${count(proposal.examples, "example", "examples")} of a proposed group ${proposal.examples === 1 ? "was" : "were"} added to the class ${names}`;
    const n = Number(one.detail.none ?? 0); // documents that are of none of the classes
    const words = one.none ? "none of these" : n > 1 ? `${count(n, "document belongs", "documents belong")} to none of these classes` : one.summary.replace(/^corrected to /, "decided: ");
    return [namesOf(one.documents ?? [], (name) => `“${name}”`), words].filter(Boolean).join(": ");
  },
  /** A change that took another one back. */
  turnedBack: (version: number, what: string) => `Took back version ${version}: ${what}`,
  /** What a change may have done that nobody meant. */
  hintsOf: (one: Change): string[] => one.hints,
  historyLead: "Every change, the newest first. Nothing is ever lost: going back is a change too.",
  returnHere: "Go back to here",
  returnTitle: (version: number) => `Go back to version ${version}?`,
  returnText: "All classes and examples become what they were then. What came after stays in the history. A document whose decision was taken back since stays under “To decide”.",
  undoLast: "Undo the last change",
  redo: "Redo",
  whatMoved: "What it moved",
  movedByPrototypes: "Compared by the prototypes alone: the answers in the inbox can differ.",
  movedNothing: (n: number) => `None of the ${count(n, "document", "documents")} got another class.`,
  now: "now",
  version: (n: number) => `Version ${n}`,
  acceptedProposal: "proposed class",
  kinds: {
    create: "new", add: "examples", describe: "description", rename: "rename", merge: "merge",
    split: "split", retire: "retire", restore: "restore", move: "move", correct: "decision",
    refute: "not this",
    remove: "remove", sharpen: "sharpening", configure: "setting", undo: "undo", redo: "redo", return: "return",
    tune: "tuning", remember: "setting", import: "import", reencode: "encoder", unretire: "restore",
    nest: "place", relabel: "decision", place: "encoder", repair: "repair",
  } as Record<string, string>,
};
