// What changed in the stream of documents, class by class, and since when. Nothing is computed here.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { changed, space, t, versionTag } from "../state";
import type { Drift as Change, DriftReport } from "../types";

export function Drift(): JSX.Element | null {
  const [drift, setDrift] = useState<DriftReport | null>(null);
  useEffect(() => {
    let isGone = false;
    // Where documents may have several labels, there is nothing to say.
    api.drift(space.value).then((one) => { if (!isGone) setDrift(one); }, () => { if (!isGone) setDrift(null); });
    return () => { isGone = true; };
  }, [versionTag.value, changed.value]);
  if (drift === null) return null;
  return (
    <section class="card wide">
      <h2>{t.value.driftTitle}</h2>
      {drift.changes.length === 0 && <p class="about">{drift.reason ? t.value.driftNothing : t.value.driftNone(drift.documents)}</p>}
      {drift.changes.length > 0 && <ul class="advice">{drift.changes.map((one) => <li key={`${one.label}${one.kind}`}><span>{sentence(one)}</span></li>)}</ul>}
      {!drift.reason && <p class="about">{t.value.driftAlarms(drift.false_alarm_in)}</p>}
    </section>
  );
}

function sentence(one: Change): string {
  const words = one.kind === "nearness" ? t.value.driftNearness : t.value.driftShare;
  const number = (value: number): string => one.kind === "nearness" ? t.value.score(value) : t.value.tenths(value);
  return words(one.since.slice(0, 10), one.label ?? t.value.mapUnknown, number(one.before), number(one.after));
}
