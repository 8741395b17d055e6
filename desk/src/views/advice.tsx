// What a person might do next: documents whose decision teaches most, and examples that look wrong.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { announceDecision, decide } from "../decisions";
import { entries, load, titleOf } from "../documents";
import { ChangeDialog } from "../flows";
import { beginning } from "../names";
import { answering, attempt, changed, mayCurate, space, t, versionTag } from "../state";
import type { Conflict, NextDocument } from "../types";
import { ClassPicker, Dialog } from "../ui";

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
  const settle = (label: string): void => {
    const entry = entries.value.find((one) => one.key === deciding?.key);
    if (entry) {
      decide(new Map([[entry, [label]]]));
      announceDecision(t.value.corrected(label));
    }
    setDeciding(null);
  };
  return (
    <>
      {next.length > 0 && (
        <section class="card">
          <h2>{t.value.labelNext}</h2>
          <p class="about">{t.value.labelNextText}</p>
          <ul class="advice">
            {next.map((one) => (
              <li key={one.key}>
                <span><strong>{titleOf({ ...one, excerpt: one.text ?? "" })}</strong>{one.text && <small>{beginning(one.text, 140)}</small>}</span>
                {mayCurate.value && entries.value.some((entry) => entry.key === one.key && entry.has_text) && <button type="button" onClick={() => setDeciding(one)}>{t.value.chooseClass}</button>}
              </li>
            ))}
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
                <span><strong>{t.value.ratherThan(one.nearer, one.label)}</strong><small>{one.id}</small></span>
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
          <ClassPicker names={answering.value.map((one) => one.name)} allowNew={true} onChoose={settle} />
        </Dialog>
      )}
    </>
  );
}
