// Rows as a CSV file that spreadsheets open as it is, by the rules of the command line's CSV (src/protolabel/columns/csv_lines.py).

const BOM = "\ufeff"; // without it, spreadsheets read the file as some code page
const LINE_BREAK = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/;
const FORMULA = /^[ \t"'\u00a0\ufeff]*[=+\-@＝＋－＠]/; // also behind what spreadsheets may drop, and wide

/** A text on one line, and never a formula, whatever a document is called. */
function cell(text: string): string {
  const parts = text.split(LINE_BREAK);
  if (parts.at(-1) === "") parts.pop();
  const line = parts.join(" ");
  const safe = FORMULA.test(line) ? `'${line}` : line;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file of a header and rows; null is an empty cell. Numbers are none of formulas. */
export function csvOf(header: string[], rows: (string | number | null)[][]): Blob {
  const lines = [header, ...rows].map((row) => row.map((one) => (typeof one === "string" ? cell(one) : `${one ?? ""}`)).join(","));
  return new Blob([BOM, ...lines.map((line) => `${line}\n`)], { type: "text/csv;charset=utf-8" });
}

/** Give a person a file, under a name. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
