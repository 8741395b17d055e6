// Words that German sentences share: counts with their nouns, names in quotation marks, targets.

/** A count with its noun. */
export const quantity = (n: number, one: string, more: string): string =>
  `${n.toLocaleString("de")} ${n === 1 ? one : more}`;

export const documents = (n: number): string => quantity(n, "Dokument", "Dokumente");
export const examples = (n: number): string => quantity(n, "Beispiel", "Beispiele");
/** Examples after "mit". */
export const inDative = (n: number): string => quantity(n, "Beispiel", "Beispielen");
export const classes = (n: number): string => quantity(n, "Klasse", "Klassen");

/** Names, each in quotation marks. */
export const quoted = (names: string[]): string => names.map((name) => `„${name}“`).join(", ");

/** A target as a person reads it, and "nothing" where none can be promised. */
export const targetInGerman = (target: string): string =>
  target
    .replace(/^nothing$/, "nichts")
    .replace(/(\d)\.(\d)/g, "$1,$2")
    .replace(/^errors (\S+)/, "höchstens $1 Fehler")
    .replace(/ sure (\S+)$/, " ($1 sicher)")
    .replace(/%/g, "\u00a0%");
