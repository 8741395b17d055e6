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
    ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || document.querySelector("dialog[open]") !== null;
}

/** Whether Enter or Space would press what has the focus. */
export function isPressing(event: KeyboardEvent): boolean {
  return ["BUTTON", "A", "SUMMARY"].includes((event.target as HTMLElement).tagName);
}
