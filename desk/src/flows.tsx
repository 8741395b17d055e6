// What a change would move or has moved, as rows from one class to another.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "./api";
import { isUndone } from "./change";
import { attempt, change, notify, refresh, report, space, t, versionTag } from "./state";
import { namesOf } from "./names";
import { whileSaving } from "./saving";
import { asSentence } from "./too_large";
import type { Change, DocumentMove, Flow, Preview, PreviewFlow } from "./types";
import { Dialog, Loading } from "./ui";

export function Flows(props: { flows: (Flow | PreviewFlow)[]; moved?: DocumentMove[]; most?: number }): JSX.Element {
  const most = props.most ?? 12;
  return (
    <ul class="flows">
      {props.flows.slice(0, most).map((flow) => (
        <li key={`${flow.before}\0${flow.after}`}>
          <span class="chip">{flow.before ?? t.value.none}</span> <span aria-label="→">→</span> <span class="chip">{flow.after ?? t.value.none}</span>
          <span class="number">{t.value.previewFlow(flow.documents, "examples" in flow ? flow.examples : 0)}</span>
          {props.moved && <span class="about">{namesOf(props.moved.filter((one) => one.before === flow.before && one.after === flow.after).map((one) => one.id), (name) => name)}</span>}
        </li>
      ))}
      {props.flows.length > most && <li class="about">{t.value.moreExamples(props.flows.length - most)}</li>}
    </ul>
  );
}

/** Say what a change was, with a way to take it back while it is the newest. */
export function announce(outcome: Change, words = t.value.summary(outcome)): void {
  const name = space.value;
  const takeBack = async (): Promise<void> => {
    if (!(await whileSaving(() => isUndone(() => api.undo(name, outcome, []))))) return notify(t.value.cannotUndo);
    await refresh();
    notify(t.value.undone);
  };
  notify(words, { name: t.value.undo, run: () => void attempt(takeBack) });
}

/** Ask before a change, with a preview of what it would move; it holds for the version shown. */
export function ChangeDialog(props: {
  title: string; body: Record<string, unknown>; text?: string; onClose: () => void; onDone?: (outcome: Change) => void;
  /** How to preview and carry out what is no plain change. */
  preview?: () => Promise<Preview>; carryOut?: (onlyAt?: string) => Promise<Change | null>;
}): JSX.Element {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [refused, setRefused] = useState(false);
  const [busy, setBusy] = useState(false);
  const [version] = useState(versionTag.value);
  const isOver = useRef(false); // once it is carried out, nothing of its preview counts
  const body = JSON.stringify(props.body);
  useEffect(() => {
    let isGone = false;
    (props.preview ? props.preview() : api.preview(space.value, props.body)).then(
      (one) => { if (!isGone) setPreview(one); },
      (error: unknown) => {
        if (isGone || isOver.current) return;
        setRefused(true);
        report(error);
      },
    );
    return () => { isGone = true; };
  }, [body]);
  const carryOut = async (): Promise<void> => {
    if (!preview || busy) return; // what it would change has not been seen
    setBusy(true);
    isOver.current = true;
    const outcome = await (props.carryOut ? props.carryOut(version) : change(props.body, version));
    props.onClose();
    if (outcome) props.onDone?.(outcome);
  };
  const ended = Object.values((preview?.detail.descriptions ?? {}) as Record<string, string>);
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      {props.text && <p>{props.text}</p>}
      <section class="preview" aria-live="polite">
        <h3>{t.value.preview}</h3>
        {preview
          ? preview.flows.length ? <><p>{t.value.previewAnswers}</p><Flows flows={preview.flows} /></> : <p>{t.value.previewNothing(preview.documents + preview.examples)}</p>
          : refused ? null : <Loading text={t.value.previewComing} />}
        {preview?.hints.map((one) => <p key={one} class="hint-line">{asSentence(t.value.ofService(one))}</p>)}
        {ended.length > 0 && <p>{t.value.descriptionsEnd(ended)}</p>}
      </section>
      <div class="actions">
        <button type="button" onClick={props.onClose}>{t.value.cancel}</button>
        <button type="button" class="primary" disabled={busy || refused} aria-disabled={!preview} onClick={() => void carryOut()}>{t.value.confirm}</button>
      </div>
    </Dialog>
  );
}
