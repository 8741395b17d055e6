// The sentences of the service about its measures, in German. What is not known here is shown as it is,
// and said to be English.

import { targetInGerman } from "./german_words";

type Say = (...numbers: string[]) => string;

const ofCount = (n: string, one: string, more: string) => `${n} ${n === "1" ? one : more}`;

const thousands = (n: string) => n.replaceAll(",", ".");

const UNLEARNED = ", aus denen der Encoder nicht gelernt hat";
const OUTSIDE = ", eines davon nicht in ihrer Beschreibung";

const SENTENCES: [RegExp, Say][] = [
  [/^copies or near copies of another example, which count with it as one document: (\d+)$/,
    (n) => `Gleiche oder fast gleiche Beispiele, die mit einem anderen als ein Dokument zählen: ${n}`],
  [/^not measured, in the description .+: ([\d,]+) documents?$/,
    (n) => `Nicht gemessen, da in Beschreibung oder Name ihrer Klasse: ${ofCount(thousands(n), "Dokument", "Dokumente")}`],
  [/^(.+) \(without ([\d,]+) examples? that stands? in the description of .+\)$/s,
    (why, n) => `${germanOfService(why)} (ohne ${ofCount(thousands(n), "Beispiel, das", "Beispiele, die")} in der Beschreibung ${n === "1" ? "seiner Klasse steht" : "ihrer Klasse stehen"})`],
  [/^people decided on ([\d,]+) of the documents among its examples, .+$/,
    (n) => `Über ${ofCount(thousands(n), "Dokument", "Dokumente")} unter den Beispielen haben Menschen entschieden, wie bei falschen Antworten. Neue Dokumente können leichter sein`],
  [/^not measured, a single document: (.+)$/s,
    (names) => `Nicht gemessen, weil sie nur ein Dokument haben: ${names}`],
  [/^not measured, no example: ([\d,]+) class(?:es)?$/,
    (n) => `Nicht gemessen, weil sie kein Beispiel haben: ${ofCount(thousands(n), "Klasse", "Klassen")}`],
  [/^the target (.+) is kept for the ([\d,]+) class(?:es)? with two different examples( that the encoder has not learned from)? or more(, one of them not in its description)?; of ([\d,]+) others? nothing is promised until .+$/,
    (target, n, unlearned, inside, others) => `${targetInGerman(target)} – das gilt für ${ofCount(thousands(n), "Klasse", "Klassen")} mit mindestens zwei verschiedenen Beispielen${unlearned ? UNLEARNED : ""}${inside ? OUTSIDE : ""}. Für ${ofCount(thousands(others), "andere Klasse", "andere Klassen")} ist nichts zugesichert, bis jede davon zwei hat. Wie viele jede hat, steht unter „Klassen“`],
  [/^(\d+) of (\d+) documents are measured; each class keeps one at least, and of many some are drawn$/,
    (n, all) => `${n} von ${all} Dokumenten werden gemessen; jede Klasse behält mindestens eines, und von vielen werden einige ausgelost`],
  [/^the encoder has learned from (\d+) of the (\d+) examples; they are not asked about, and the others may still look easier than new documents$/,
    (n, all) => `Der Encoder hat von ${n} der ${all} Beispiele gelernt. Sie werden nicht gefragt, und die anderen können immer noch leichter wirken als neue Dokumente`],
  [/^needs (\d+) examples in classes of two or more; has (\d+)$/,
    (needed, n) => `Dafür braucht es ${needed} Beispiele in Klassen mit zwei oder mehr; es sind ${n}`],
  [/^needs (\d+) points of the learning curve from 1 example on; has (\d+)$/,
    (needed, n) => `Dafür braucht es ${needed} Punkte der Lernkurve ab einem Beispiel; es sind ${n}`],
  [/^needs (\d+) different sizes; classes have too few examples$/,
    (needed) => `Dafür braucht es ${needed} verschiedene Größen; die Klassen haben zu wenige Beispiele`],
  [/^the prototypes made no mistake among (\d+) documents, so that there is nothing to extrapolate from$/,
    (n) => `Die Prototypen haben bei ${n} Dokumenten keinen Fehler gemacht, sodass sich nichts vorhersagen lässt`],
  [/^(\d+) more examples? of each class (?:are|is) over (\d+) times what was measured \((\d+)\.(\d) a class on average\)$/,
    (more, times, whole, tenth) => `${ofCount(more, "weiteres Beispiel je Klasse ist", "weitere Beispiele je Klasse sind")} mehr als das ${times}-Fache dessen, was gemessen wurde (im Mittel ${whole},${tenth} je Klasse)`],
  [/^needs (\d+) classes and (\d+) different examples in at least 2 classes that have two or more; has (\d+) class(?:es)?, and (\d+) such examples? in (\d+) of them$/,
    (classes, needed, has, n, some) => `Dafür braucht es ${classes} Klassen und ${needed} verschiedene Beispiele in mindestens 2 Klassen, die zwei oder mehr haben; vorhanden: ${ofCount(has, "Klasse", "Klassen")}, und ${ofCount(n, "solches Beispiel", "solche Beispiele")} in ${some} davon`],
  [/^needs (\d+) different documents whose class has another document or a description, and (\d+) cases of a class that a document is not in; has (\d+) and (\d+)$/,
    (needed, cases, n, beside) => `Dafür braucht es ${needed} verschiedene Dokumente, deren Klasse ein weiteres Dokument oder eine Beschreibung hat, und ${cases} Fälle, in denen ein Dokument nicht zu einer Klasse gehört; es sind ${n} und ${beside}`],
  [/^the encoder has learned from (\d+) of (\d+) examples? that could be left out, so they do not say how it does on new documents; of the others: (.+)$/s,
    (n, all, others) => `Der Encoder hat von ${n} der ${all} Beispiele gelernt, die weggelassen werden könnten. Sie sagen nicht, wie gut er bei neuen Dokumenten ist. Von den anderen: ${germanOfService(others)}`],
  [/^each document is labelled as if it and its near copies were not among the examples: its classes, and what gives the labels their chances and the threshold, lack them$/,
    () => "Jedes Dokument wird zugeordnet, als wären es und seine fast gleichen keine Beispiele: Sie fehlen in seinen Klassen und in dem, woraus Wahrscheinlichkeiten und Schwelle folgen"],
  [/^([\d,]+) classes are too many for a calibration, for refined weights and for an estimate of kappa: a fit reads ([\d,]+) examples, two of each class or more, of at most ([\d,]+) classes$/,
    (n, examples, most) => `${thousands(n)} Klassen sind dafür zu viele: Gemessen wird an ${thousands(examples)} Beispielen, zwei oder mehr je Klasse, von höchstens ${thousands(most)} Klassen`],
  [/^version (\d+) is being calibrated in the background; \S+ waits until it is$/,
    (version) => `Version ${version} wird gerade im Hintergrund gemessen`],
  [/^version (\d+) is not calibrated yet; \S+ calibrates it$/,
    (version) => `Version ${version} ist noch nicht gemessen`],
  [/^the calibration of version (\d+) is not kept, and was not made again$/,
    (version) => `Was an Version ${version} gemessen wurde, ist nicht mehr da`],
  [/^needs a class with two examples or more to try refined scores on$/,
    () => "Dafür braucht es eine Klasse mit zwei Beispielen oder mehr"],
  [/^(.+) cannot be promised from ([\d,]+) simulated quer(?:y|ies): (.+); what they can promise is (.+)$/,
    (target, n, cure, possible) => `${targetInGerman(target)} – das lässt sich aus ${thousands(n)} simulierten Anfragen nicht zusichern. ${germanOfService(cure)}. Zusichern lässt sich: ${targetInGerman(possible)}`],
  [/^(.+) cannot be promised from strangers of ([\d,]+) simulated class(?:es)?: (.+); what they can promise is (.+)$/,
    (target, n, cure, possible) => `${targetInGerman(target)} – das lässt sich aus Fremden von ${thousands(n)} simulierten Klassen nicht zusichern. ${germanOfService(cure)}. Zusichern lässt sich: ${targetInGerman(possible)}`],
  [/^(.+) cannot be promised without a calibration: (.+)$/,
    (target, why) => `${targetInGerman(target)} – das lässt sich ohne Messung nicht zusichern. ${germanOfService(why)}`],
  [/^every document is declined: (?:the target )?(.+)$/s,
    (why) => `Danach bekommt kein Dokument eine Antwort: ${germanOfService(why)}`],
  [/^hardly any document is answered: the threshold, set to (\S+), is above the scores of all ([\d,]+) simulated quer(?:y|ies), of which the highest is (\S+)$/,
    (threshold, n, highest) => `Kaum ein Dokument bekommt eine Antwort: Die Schwelle ${threshold.replace(".", ",")} liegt über den Werten aller ${thousands(n)} simulierten Anfragen, deren höchster ${highest.replace(".", ",")} ist`],
  [/^at least ([\d,]+) different examples? in classes of two or more are needed$/,
    (n) => `Dafür braucht es mindestens ${thousands(n)} verschiedene Beispiele in Klassen mit zwei oder mehr`],
  [/^examples in at least ([\d,]+) class(?:es)? are needed, two or more in each$/,
    (n) => `Dafür braucht es Beispiele in mindestens ${thousands(n)} Klassen, zwei oder mehr in jeder`],
  [/^examples in at least ([\d,]+) class(?:es)? are needed(?:, or fewer strangers in the stream \(.+\))?$/,
    (n) => `Dafür braucht es Beispiele in mindestens ${thousands(n)} Klassen`],
  [/^classes that are told apart better are needed, so more examples or descriptions$/,
    () => "Dafür müssen die Klassen besser zu unterscheiden sein: durch mehr Beispiele oder Beschreibungen"],
];

/** A sentence of the service in German; one that is not known, marked as English. */
export const germanOfService = (sentence: string): string => {
  for (const [pattern, say] of SENTENCES) {
    const match = pattern.exec(sentence);
    if (match) return say(...match.slice(1));
  }
  return `Der Dienst sagt dazu auf Englisch: „${sentence}“`;
};
