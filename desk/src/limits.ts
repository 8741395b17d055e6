// What the service takes and hands out at most: its own figures, to which tests/desk/test_limits.py holds these.

export const NAME = 200; // characters of the name of a class
export const FILE_NAME = 255; // characters of the name of a file that is read
export const PAGE = 1000; // entries of a list in one answer
export const INBOX = 5000; // documents of the inbox in one answer
export const DECISIONS = 5000; // documents of one decision
export const EXCERPT = 200; // characters of a text that a list shows
export const TITLE = 80; // characters of the first line of a text, as a title
