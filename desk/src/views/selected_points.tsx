// The points of the map that somebody has drawn around: what each says, a box to leave it out, and what they are to become.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { entries, load, loaded } from "../documents";
import { DOCUMENT, type Points } from "../map/points";
import { examplesOf, textOf } from "../point_texts";
import { attempt, info, mayCurate, space, t } from "../state";
import type { StoredExample } from "../types";
import { Member } from "./member";

const AT_FIRST = 50; // points that are listed until somebody asks for all

/** ``leftOut``: which points were unticked. */
export function SelectedPoints(props: {
  points: Points; selection: readonly number[]; leftOut: ReadonlySet<number>; onTick: (i: number, isIn: boolean) => void; onLabel: () => void; onEnd: () => void;
}): JSX.Element {
  const { points, selection, leftOut } = props;
  const [examples, setExamples] = useState<ReadonlyMap<string, StoredExample>>(new Map());
  const [most, setMost] = useState(AT_FIRST);
  useEffect(() => {
    let isGone = false;
    void attempt(async () => {
      if (loaded.value !== space.value) await load(); // which has the excerpts of documents
      const texts = await examplesOf(points, selection);
      if (!isGone) setExamples(texts);
    });
    return () => { isGone = true; };
  }, [points, selection]);
  void entries.value; // their titles and excerpts follow the list of the page
  const n = selection.filter((i) => !leftOut.has(i)).length;
  return (
    <section class="chosen card" aria-live="polite">
      <strong>{t.value.selected(n)}</strong>
      {mayCurate.value && <button type="button" class="primary" disabled={!n} onClick={props.onLabel}>{t.value.mapLabel}…</button>}
      <button type="button" onClick={props.onEnd}>{t.value.cancel}</button>
      {info.value?.settings.remember !== "text" && selection.some((i) => points.kinds[i] === DOCUMENT) && <p class="about">{t.value.textsNeeded}</p>}
      <ul class="example-list">
        {selection.slice(0, most).map((i) => {
          const one = textOf(points, i, examples);
          const isIn = !leftOut.has(i);
          return (
            <Member key={`${points.kinds[i]} ${points.answer.keys[i]}`} document={one.document} title={one.title} words={one.words} isReadable={one.isReadable} text={one.text} isIn={isIn}
              label={t.value.mapChosen(one.title)} class={isIn ? "" : "left-out"} {...(mayCurate.value ? { onTick: (is: boolean) => props.onTick(i, is) } : {})} />
          );
        })}
      </ul>
      {selection.length > most && <button type="button" class="quiet" onClick={() => setMost(selection.length)}>{t.value.showAll(selection.length)}</button>}
    </section>
  );
}
