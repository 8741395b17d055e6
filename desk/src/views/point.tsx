// One point of the map in full: a document or an example, its class, and its text.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { load, loaded } from "../documents";
import { contentOf } from "../explanations";
import { DOCUMENT, type Points } from "../map/points";
import { withBlanks } from "../names";
import { openClass, openDocument } from "../opening";
import { examplesOf, textOf } from "../point_texts";
import { attempt, mayLabel, space, t } from "../state";
import type { StoredExample } from "../types";
import { Dialog, Loading } from "../ui";

export function PointDialog(props: { points: Points; i: number; onClose: () => void }): JSX.Element {
  const { points, i } = props;
  const [text, setText] = useState<string | null>(null);
  const [examples, setExamples] = useState<ReadonlyMap<string, StoredExample>>(new Map());
  const one = textOf(points, i, examples);
  const isDocument = points.kinds[i] === DOCUMENT;
  const label = points.answer.classes[points.labels[i] ?? -1] ?? null;
  useEffect(() => {
    if (!mayLabel.value) return;
    let isGone = false;
    void attempt(async () => {
      if (isDocument && loaded.value !== space.value) await load();
      const texts = isDocument ? new Map<string, StoredExample>() : await examplesOf(points, [i]);
      const words = isDocument ? (await contentOf(textOf(points, i, texts).document))?.text ?? "" : texts.get(points.answer.keys[i] ?? "")?.text ?? "";
      if (isGone) return;
      setExamples(texts);
      setText(words);
    });
    return () => { isGone = true; };
  }, [points, i]);
  return (
    <Dialog title={one.title} onClose={props.onClose}>
      <p><span class={`chip ${label === null ? "none" : ""}`}>{label ?? t.value.none}</span></p>
      {!mayLabel.value ? <p class="about">{t.value.wordsHidden}</p>
        : text === null ? <Loading />
        : text ? <p class="whole" tabIndex={0} role="group" aria-label={t.value.documentText}>{withBlanks(text)}</p>
        : <p class="about">{t.value.noTextHere}</p>}
      <div class="actions">
        {isDocument ? <button type="button" class="primary" onClick={() => openDocument(points.answer.keys[i] ?? "")}>{t.value.openInInbox}</button>
          : label !== null && <button type="button" class="primary" onClick={() => openClass(label)}>{t.value.openClass(label)}</button>}
      </div>
    </Dialog>
  );
}
