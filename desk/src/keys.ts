// Which key presses are meant for the page, and not for a field, a button or a dialog.

import { useLayoutEffect, useRef } from "preact/hooks";

/** Listen to keys of the page from the moment in which it is drawn. The newest ``handle`` hears the next key, however fast it comes. */
export function useKeys(handle: (event: KeyboardEvent) => void): void {
  const newest = useRef(handle);
  newest.current = handle;
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => newest.current(event);
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

const TEXTLESS = ["button", "checkbox", "color", "file", "radio", "range", "reset", "submit"]; // fields into which nobody types
const MOVES = /^Arrow|^Home$|^End$|^Page/; // keys that a slider takes

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  const isTextless = target instanceof HTMLInputElement && TEXTLESS.includes(target.type);
  const isOfField = isTextless ? ["radio", "range"].includes(target.type) && MOVES.test(event.key) : ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  return event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable || isOfField || document.querySelector("dialog[open]") !== null;
}

/** Whether Enter or Space would press what has the focus. */
export function isPressing(event: KeyboardEvent): boolean {
  return ["BUTTON", "A", "SUMMARY", "INPUT"].includes((event.target as HTMLElement).tagName);
}
