// What this page has sent, or has yet to send, and the service has not answered: once that takes a moment, the page says how much waits.
import { computed, effect, signal } from "@preact/signals";

const MOMENT = 1000; // milliseconds in which most things are saved

const count = signal(0);
const isLong = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  if (count.value > 0) {
    timer ??= setTimeout(() => { isLong.value = true; }, MOMENT);
    return;
  }
  clearTimeout(timer);
  timer = undefined;
  isLong.value = false;
});

/** How much waits to be saved, once something has waited for a moment; else 0. */
export const overdue = computed(() => (isLong.value ? count.value : 0));

/** Whether anything waits to be saved. If so, the page says from now on how much. */
export function isSaving(): boolean {
  if (count.value > 0) isLong.value = true;
  return count.value > 0;
}

/** Do what is to be saved, from when it begins to wait until it has ended. */
export async function whileSaving<T>(act: () => Promise<T>): Promise<T> {
  count.value++;
  try {
    return await act();
  } finally {
    count.value--;
  }
}

/** Do a part of it that shows by itself how far it is. */
export async function withProgress<T>(act: () => Promise<T>): Promise<T> {
  count.value--;
  try {
    return await act();
  } finally {
    count.value++;
  }
}
