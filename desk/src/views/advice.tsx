// What a person might do next: documents whose decision teaches most, and examples that look wrong.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { announceDecision, decideAndSay, refuteAll } from "../decisions";
import { entries, isOpen, load, titleOf } from "../documents";
import type { Entry } from "../entry";
import { ChangeDialog } from "../flows";
import { beginning } from "../names";
import { openClass, openDocument } from "../opening";
import { answering, attempt, changed, mayCurate, space, t, versionTag } from "../state";
import type { Conflict, NextDocument } from "../types";
import { ClassPicker, Dialog } from "../ui";
import { Member } from "./member";

const MOST_CHARACTERS = 300; // of a text in a list
const CONFLICTS = 6; // displayed; the next ones follow once these are settled

export function Advice(): JSX.Element {
  const [next, setNext] = useState<NextDocument[]>([]);
  const [conflicts, setConflicts] = useState<Conflict[]>([]);
  const [asking, setAsking] = useState<Conflict | null>(null);
  const [deciding, setDeciding] = useState<NextDocument | null>(null);
  useEffect(() => {
    let isGone = false;
    // Where there is nothing to advise, or too little to say it from, nothing is displayed.
    api.next(space.value, 6).then((one) => { if (!isGone) setNext(one.documents); }, () => { if (!isGone) setNext([]); });
    api.conflicts(space.value).then((one) => { if (!isGone) setConflicts(one.examples); }, () => { if (!isGone) setConflicts([]); });
    if (mayCurate.value) void attempt(load);
    return () => { isGone = true; };
  }, [versionTag.value, changed.value]);
  const entryOf = (one: NextDocument) => entries.value.find((entry) => entry.key === one.key);
  const settle = (label: string): void => {
    const entry = deciding ? entryOf(deciding) : undefined;
    if (entry) void decideAndSay(new Map([[entry, [label]]]), t.value.corrected(label));
    setDeciding(null);
  };
  const refuse = (entry: Entry): void => {
    refuteAll(entry);
    announceDecision(t.value.noneSaid);
    setDeciding(null);
  };
  const decidingEntry = deciding ? entryOf(deciding) : undefined;
  return (
    <>
      {next.length > 0 && (
        <section class="card">
          <h2>{t.value.labelNext}</h2>
          <p class="about">{t.value.labelNextText}</p>
          <ul class="advice documents">
            {next.map((one) => {
              const entry = entryOf(one);
              const isReadable = entry ? isOpen(entry) : one.text !== null;
              return (
                <Member key={one.key} document={entry ?? { key: one.key, has_text: one.text !== null }} title={titleOf({ ...one, excerpt: one.text ?? "" })} words={beginning(one.text ?? "", MOST_CHARACTERS)} isReadable={isReadable} isIn={false}>
                  <button type="button" class="quiet" onClick={() => openDocument(one.key)}>{t.value.openInInbox}</button>
                  {mayCurate.value && entry?.has_text && <button type="button" onClick={() => setDeciding(one)}>{t.value.chooseClass}</button>}
                </Member>
              );
            })}
          </ul>
        </section>
      )}
      {conflicts.length > 0 && (
        <section class="card">
          <h2>{t.value.labelErrors}</h2>
          <p class="about">{t.value.labelErrorsText}</p>
          <ul class="advice">
            {conflicts.slice(0, CONFLICTS).map((one) => (
              <li key={one.id}>
                <span><strong>{t.value.ratherThan(one.nearer, one.label)}</strong><small>{[one.source, beginning(one.excerpt, MOST_CHARACTERS)].filter(Boolean).join(": ") || one.id}</small></span>
                <button type="button" class="quiet" onClick={() => openClass(one.label)}>{t.value.openClass(one.label)}</button>
                {mayCurate.value && <button type="button" onClick={() => setAsking(one)}>{t.value.moveThere(one.nearer)}…</button>}
              </li>
            ))}
            {conflicts.length > CONFLICTS && <li class="about">{t.value.moreExamples(conflicts.length - CONFLICTS)}</li>}
          </ul>
        </section>
      )}
      {asking && <ChangeDialog title={t.value.moveThere(asking.nearer)} body={{ kind: "move", ids: [asking.id], to: asking.nearer }} onClose={() => setAsking(null)} />}
      {deciding && (
        <Dialog title={t.value.chooseClass} onClose={() => setDeciding(null)}>
          <p class="about">{titleOf({ ...deciding, excerpt: deciding.text ?? "" })}</p>
          {deciding.text && <p class="whole" tabIndex={0} role="group" aria-label={t.value.documentText}>{deciding.text}</p>}
          <ClassPicker names={answering.value.map((one) => one.name)} allowNew={true} onChoose={settle}
            onNone={decidingEntry?.answer?.alternatives.length ? () => refuse(decidingEntry) : undefined} />
        </Dialog>
      )}
    </>
  );
}
