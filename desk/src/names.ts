// How documents are named in a sentence, by their names alone, and how long texts are shortened.

/** The beginning of a text, with a mark where more follows. */
export function beginning(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const NAMED = 3; // documents of a change that are named

/** The last parts of the name of a document, without the folders of a machine above them. */
export function shortName(source: string): string {
  return source.split("/").slice(-2).join("/");
}

/** The names of some documents, each in quotation marks; "" where none has a name. */
export function namesOf(documents: string[], quoted: (name: string) => string): string {
  const names = documents.filter(Boolean).map((one) => quoted(shortName(one)));
  return names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", …" : "");
}
