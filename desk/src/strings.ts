// Every sentence of the page itself, in English and in German, put together from the files of `strings/`; what the service says, in German, is in german_of_*.
// A function takes the numbers and names that a sentence needs. TypeScript refuses a language in which one is missing.
import * as englishClasses from "./strings/english_classes";
import * as englishFrame from "./strings/english_frame";
import * as englishInbox from "./strings/english_inbox";
import * as englishMap from "./strings/english_map";
import * as germanClasses from "./strings/german_classes";
import * as germanFrame from "./strings/german_frame";
import * as germanInbox from "./strings/german_inbox";
import * as germanMap from "./strings/german_map";
import { numbersIn } from "./strings/numbers";

const en = { ...numbersIn("en"), ...englishFrame.frame, ...englishInbox.inbox, ...englishClasses.classes, ...englishMap.map };
export type Strings = typeof en;
const de: Strings = { ...numbersIn("de"), ...germanFrame.frame, ...germanInbox.inbox, ...germanClasses.classes, ...germanMap.map };

export const languages = { en, de };
export type Language = keyof typeof languages;
