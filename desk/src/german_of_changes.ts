// A change of a label space in a German sentence, from what its record says of it. It words no other sentence.
import { classes, documents, examples, inDative, quantity, quoted, targetInGerman } from "./german_words";
import { takenUp } from "./taken_up";
import type { Change } from "./types";

type Detail = Record<string, unknown>;

/** The strings that a record has under a key, also where it is one alone. */
function stringsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === "string");
}

/** A sentence about the names under a key; null where the record has none. */
function about(value: unknown, say: (names: string) => string): string | null {
  const names = stringsOf(value);
  return names.length ? say(quoted(names)) : null;
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const joined = (parts: (string | null)[]): string | null => parts.filter(Boolean).join("; ") || null;

/** The settings that a change has set, which its summary alone says. */
function settings(one: Change): string | null {
  const set = /^set ([^;]*)/.exec(one.summary)?.[1];
  const n = numberOf(one.detail.classes);
  const word = /; .* no longer described/.test(one.summary) ? "nicht mehr" : "jetzt";
  return set === undefined ? null : joined([
    `Eingestellt: ${targetInGerman(set.replace(/(\w+) to /g, "$1 = "))}`,
    n ? `${classes(n)} ${n === 1 ? "ist" : "sind"} ${word} durch den Namen beschrieben` : null,
  ]);
}

function nested(detail: Detail): string | null {
  const places = Object.entries((detail.parents ?? {}) as Record<string, string | null>);
  const above = [...new Set(places.map(([, parent]) => parent))];
  const n = numberOf(detail.moved) - places.length;
  return joined([
    ...above.map((parent) => {
      const names = quoted(places.filter(([, other]) => other === parent).map(([name]) => name));
      return parent === null ? `${names} ganz nach oben gestellt` : `${names} unter „${parent}“ gestellt`;
    }),
    n > 0 ? quantity(n, "weitere Klasse", "weitere Klassen") : null,
  ]);
}

function imported(detail: Detail): string | null {
  const [n, names] = [numberOf(detail.added), stringsOf(detail.classes)];
  if (!names.length) return detail.settings === "taken up" ? "Einstellungen übernommen" : null;
  return joined([
    `${n ? examples(n) : "Klassen"} übernommen: ${quoted(names)}`,
    about(detail.unsharpened, (left) => `ohne die geschärfte Beschreibung eines anderen Encoders: ${left}`),
  ]);
}

function sharpened(detail: Detail): string | null {
  const n = numberOf(detail.n);
  return joined([
    n ? `Beschreibung von ${classes(n)} durch ${quantity(numberOf(detail.documents), "gemerktes Dokument", "gemerkte Dokumente")} geschärft` : null,
    about(detail.taken_away, (names) => `Schärfung von ${names} aufgehoben`),
  ]);
}

function added(detail: Detail): string | null {
  const n = numberOf(detail.added);
  return joined([
    n ? about(detail.classes, (names) => `${examples(n)} für ${names}`) : null,
    numberOf(detail.nested) ? `${classes(numberOf(detail.nested))} unter andere gestellt` : null,
    stringsOf(detail.negatives).length ? "gesagt, wozu Dokumente nicht gehören" : null,
  ]);
}

function repaired(summary: string): string | null {
  const reset = /^repaired: the default of (.+)$/.exec(summary)?.[1];
  if (reset !== undefined) return `Repariert: ${reset} auf die Vorgabe gesetzt`;
  return summary === "repaired: sums rebuilt from the examples" ? "Repariert: Summen aus den Beispielen neu gebildet" : null;
}

const listed = (value: unknown): [string, string][] =>
  Object.entries((value ?? {}) as Record<string, unknown>).map(([name, about]) => [name, quoted(stringsOf(about))]);

/** What a change may have done that nobody meant, from the same parts of its record as the English hints. */
export function hintsInGerman({ detail }: Change): string[] {
  const pairs = (detail.two_labels ?? []) as Record<string, string>[];
  const lost = numberOf(detail.lost_decisions);
  return [
    ...listed(detail.near).map(([name, others]) => `Die Klasse „${name}“ ist neu, und ihr Name ähnelt ${others}`),
    ...listed(detail.lists).map(([name, others]) => `Die Klasse „${name}“ ist neu, und ihr Name zählt Klassen auf: ${others}`),
    ...pairs.map((pair) => `Das Beispiel „${pair.example}“ von „${pair.label}“ ist dasselbe Dokument wie „${pair.other}“ von „${pair.other_label}“`),
    ...listed(detail.kept_descriptions).map(([name, text]) => `Die Klasse „${name}“ behält die Beschreibung ${text}`),
    ...(lost ? [`Was durch ${quantity(lost, "Änderung", "Änderungen")} über gemerkte Dokumente entschieden wurde, bleibt, wie es ist: Die Datei merkt nur die neuesten Entscheidungen`] : []),
  ];
}

/** A change in a sentence; null where its record lacks what the sentence needs, as that of an old version may. */
export function summaryInGerman(one: Change): string | null {
  const detail: Detail = one.detail;
  const proposal = takenUp(one);
  if (proposal?.isNew) return `Eine vorgeschlagene Gruppe ist jetzt die Klasse ${quoted(proposal.classes)} mit ${inDative(proposal.examples)}`;
  if (proposal) return `${examples(proposal.examples)} einer vorgeschlagenen Gruppe zur Klasse ${quoted(proposal.classes)} hinzugefügt`;
  switch (one.kind) {
    case "create": return "Sammlung angelegt";
    case "add": return added(detail);
    case "describe": return about(detail.classes, (names) => `Beschreibung von ${names}`);
    case "import": return imported(detail);
    case "rename": return about(detail.from, (from) => about(detail.to, (to) => `${from} heißt jetzt ${to}`) ?? "");
    case "merge": return about(detail.from, (from) => about(detail.into, (into) => `${from} zusammengeführt zu ${into}`) ?? "");
    case "split": return about(detail.from, (from) => about(Object.keys((detail.parts ?? {}) as object), (parts) => `${from} geteilt in ${parts}`) ?? "");
    case "nest": return nested(detail);
    case "retire": return about(detail.classes, (names) => `${names} stillgelegt`);
    case "restore": return about(detail.classes, (names) => `${names} wieder in Gebrauch`);
    case "correct": case "relabel": return about(detail.classes, (names) => `Entschieden: ${names}`);
    case "refute": return numberOf(detail.none) > 1 ? `${documents(numberOf(detail.none))} gehören zu keiner dieser Klassen` : about(detail.classes, (names) => `Entschieden: nicht ${names}`);
    case "move": return about(detail.to, (to) => `Beispiele verschoben nach ${to}`);
    case "remove": return "Beispiele entfernt";
    case "sharpen": return sharpened(detail);
    case "configure": case "remember": return settings(one);
    case "tune": return "Gewicht der Beschreibungen neu geschätzt";
    case "place": return about(detail.to, (to) => `Der Encoder liegt jetzt unter ${to}`);
    case "undo": return one.reverts === null ? null : `Version ${one.reverts} zurückgenommen`;
    case "redo": return "Zurückgenommenes wiederhergestellt";
    case "return": return one.reverts === null ? null : `Zurück zu Version ${one.reverts}`;
    case "reencode": return about(detail.to, (to) => `Umgestellt auf den Encoder ${to}, ${quantity(numberOf(detail.vectors), "Vektor", "Vektoren")}`);
    case "repair": return repaired(one.summary);
    default: return null;
  }
}
