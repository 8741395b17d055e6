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

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable ||
    (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) && !isBox(target)) || document.querySelector("dialog[open]") !== null;
}

/** Whether an element is a box to tick, which takes no letters. */
const isBox = (target: HTMLElement): boolean => target instanceof HTMLInputElement && target.type === "checkbox";

/** Whether Enter or Space would press what has the focus. */
export function isPressing(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return ["BUTTON", "A", "SUMMARY"].includes(target.tagName) || isBox(target);
}
