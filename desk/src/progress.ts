// The one piece of long work of this page: how far it is, and how it is stopped.
import { signal } from "@preact/signals";

export interface Progress {
  text: string;
  share: number;
  stop: () => void;
}
export const progress = signal<Progress | null>(null);
