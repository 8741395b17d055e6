// Ways from a place that names a document or a class to the view that shows it.
import { keep } from "./kept";
import { go } from "./state";

/** Open a document in the inbox, whatever is decided on it. */
export function openDocument(key: string): void {
  keep("narrowing of the inbox", undefined);
  keep("filter of the inbox", "all");
  keep("document of the inbox", key);
  go("inbox");
}

/** Open a class in *Classes*. */
export function openClass(label: string): void {
  keep("class of the view", label);
  go("classes");
}
