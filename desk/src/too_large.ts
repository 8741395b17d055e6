// What the service refuses since it is too large, in words of the page: its own are for programs.
import type { Failure } from "./api";
import type { Strings } from "./strings";

const TOO_LARGE = 413;
const BODY = /^a body of more than ([\d,]+) bytes/;
const TEXT = /^a text of [\d,]+ characters/;

/** Why something is too large, and what to do instead; null where it is not, or the service itself says it. ``isFile``: a file was sent as it is. */
export function tooLarge(error: Failure, words: Strings, isFile = false): string | null {
  if (error.status !== TOO_LARGE) return null;
  if (TEXT.test(error.message)) return words.textTooLong;
  const bytes = BODY.exec(error.message)?.[1];
  if (bytes === undefined) return null;
  const megabytes = Math.floor(Number(bytes.replaceAll(",", "")) / 1e6);
  return isFile ? words.fileTooLarge(megabytes) : words.tooMuchAtOnce(megabytes);
}

/** The beginning of a sentence in place of a reason that follows a name. */
export const asSentence = (reason: string): string => reason.charAt(0).toUpperCase() + reason.slice(1);
