// The first three steps of an empty label space: describe, show examples, watch it label.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { pasted, put } from "../documents";
import { useDraft } from "../drafts";
import { noteTold, twinOf } from "../twins";
import { certainty, fill, labelsOf, uncalibrated } from "../entry";
import { chosenFiles, droppedFiles, type DroppedFile } from "../drop";
import { addExamples } from "../intake";
import { answerOf } from "../jobs";
import { NAME } from "../limits";
import { answering, attempt, change, changed, classes, go, mayCurate, mayLabel, noteSteps, notify, space, t } from "../state";
import type { Answer } from "../types";
import { Bar, Empty, focusNext, Icon, Loading } from "../ui";
import { likelierNone, reasonOf } from "./document";

interface Row {
  name: string;
  description: string;
}
const blank = (): Row => ({ name: "", description: "" });

export function StartView(): JSX.Element {
  const [answer, setAnswer] = useState<{ text: string; answer: Answer } | null>(null);
  const classes = answering.value;
  const n = classes.reduce((sum, one) => sum + one.examples, 0);
  const done = [classes.length >= 2, n >= classes.length && n > 0, answer !== null];
  const step = done[0] ? (done[1] ? 2 : 1) : 0;
  useEffect(() => { // what is displayed is the answer of now
    if (!answer) return undefined;
    let isGone = false;
    const { text } = answer;
    void attempt(async () => {
      const one = await api.explain(space.value, pasted(text));
      if (!isGone) setAnswer({ text, answer: one.answer });
    });
    return () => { isGone = true; };
  }, [changed.value]);
  return (
    <div class="page start">
      <h1>{mayCurate.value ? t.value.startTitle : t.value.stepThree}</h1>
      <p class="lead">{mayCurate.value ? t.value.startLead : t.value.stepThreeText}</p>
      {!mayCurate.value && (done[0] ? <div class="steps"><section class="card"><Try onAnswer={setAnswer} answer={answer} /></section></div> : <Empty icon="classes" title={t.value.needClasses}><p>{t.value.needClassesText}</p></Empty>)}
      {mayCurate.value && <ol class="steps">
        <Step n={1} title={t.value.stepOne} text={t.value.stepOneText} done={done[0] ?? false} now={step === 0}><Describe /></Step>
        <Step n={2} title={t.value.stepTwo} text={t.value.stepTwoText} done={done[1] ?? false} now={step === 1}><Examples /></Step>
        <Step n={3} title={t.value.stepThree} text={t.value.stepThreeText} done={done[2] ?? false} now={step === 2}>
          {done[0] && <Try onAnswer={setAnswer} answer={answer} />}
        </Step>
      </ol>}
      {done[2] && mayCurate.value && <p class="finish"><Icon name="check" /> {t.value.startDone} <button type="button" class="primary" onClick={() => go("inbox")}>{t.value.goInbox}</button></p>}
    </div>
  );
}

function Step(props: { n: number; title: string; text: string; done: boolean; now: boolean; children: preact.ComponentChildren }): JSX.Element {
  return (
    <li class={`card step ${props.now ? "now" : ""}`} aria-current={props.now ? "step" : undefined}>
      <span class="ordinal" aria-hidden="true">{props.done ? <Icon name="check" /> : props.n}</span>
      <div>
        <h2>{props.title}{props.done && <span class="done"> {t.value.stepDone}</span>}</h2>
        <p>{props.text}</p>
        {props.children}
      </div>
    </li>
  );
}

function Describe(): JSX.Element {
  const [rows, setRows] = useDraft<Row[]>("lines of classes", answering.value.length ? [blank()] : [blank(), blank(), blank()]);
  const [busy, setBusy] = useState(false);
  const filled = rows.filter((row) => row.name.trim());
  const newest = useRef(rows); // as they are typed on while classes are created
  newest.current = rows;
  const [twins, setTwins] = useState<[string, string] | null>(null); // two names that may be one class
  const set = (i: number, part: Partial<Row>): void => {
    setTwins(null);
    setRows(rows.map((row, j) => (i === j ? { ...row, ...part } : row)));
  };
  const create = async (isTold = false): Promise<void> => {
    const texts: Record<string, string> = {};
    const unnamed = rows.findIndex((row) => row.description.trim() && !row.name.trim());
    if (unnamed >= 0) return notify(t.value.noNameInLine(unnamed + 1));
    for (const row of filled) { // a name may stand in two lines, with one sentence at most
      const [name, sentence] = [row.name.trim(), row.description.trim()];
      if (classes.value.some((one) => one.name === name)) return notify(t.value.classIsThere(name));
      if (sentence && texts[name] && sentence !== texts[name]) return notify(t.value.twoSentences(name));
      texts[name] = sentence || texts[name] || "";
    }
    const names = Object.keys(texts);
    for (const [i, name] of isTold ? [] : names.entries()) {
      const twin = twinOf(name, [...classes.value.map((one) => one.name), ...names.slice(0, i)]);
      if (twin !== undefined) return setTwins([name, twin]);
    }
    if (isTold) noteTold(names);
    setTwins(null);
    setBusy(true);
    noteSteps();
    const described = Object.fromEntries(Object.entries(texts).map(([name, sentence]) => [name, sentence || name]));
    const isMade = await change({ kind: "describe", texts: described }) !== null;
    setBusy(false);
    const rest = newest.current.map((row) => (isMade && filled.includes(row) ? blank() : row)); // each stays in its place
    const isTypedOn = rest.some((row) => row.name || row.description);
    if (isMade) setRows(isTypedOn ? rest : [blank()]);
    if (!isTypedOn) focusNext(".describe input");
  };
  return (
    <>
      {answering.value.length > 0 && <ul class="chips">{answering.value.map((one) => <li key={one.name} class="chip">{one.name}</li>)}</ul>}
      {mayCurate.value && (
        <form class="describe" aria-busy={busy} onSubmit={(e) => { e.preventDefault(); void create(); }}>
          {rows.map((row, i) => (
            <div class="row" key={i}>
              <input aria-label={`${t.value.className} ${i + 1}`} placeholder={i ? t.value.className : t.value.classNameExample} value={row.name} maxLength={NAME} onInput={(e) => set(i, { name: e.currentTarget.value })} />
              <input aria-label={`${t.value.description} ${i + 1}`} placeholder={i ? t.value.description : t.value.descriptionExample} value={row.description} onInput={(e) => set(i, { description: e.currentTarget.value })} />
            </div>
          ))}
          <div class="actions start">
            <button type="button" onClick={() => {
              setRows([...rows, blank()]);
              focusNext(".describe .row:has(+ .actions) input", true); // what is typed next is its name
            }}><Icon name="plus" /> {t.value.addRow}</button>
            <button type="submit" class="primary" disabled={!filled.length || busy}>{t.value.createClasses}</button>
          </div>
          {twins && <p class="problem" role="alert">{t.value.twinNames(...twins)} <button type="button" onClick={() => void create(true)}>{t.value.createAllTheSame}</button></p>}
          {busy && <Loading text={t.value.creatingClasses} />}
        </form>
      )}
    </>
  );
}

function Examples(): JSX.Element {
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  if (!mayCurate.value) return <></>;
  return (
    <>
      <div class={`dropzone ${over ? "over" : ""}`} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e) => { e.preventDefault(); setOver(false); if (e.dataTransfer) void droppedFiles(e.dataTransfer).then((files) => addExamples(files, null)); }}>
        <Icon name="drop" size={26} /> <span>{t.value.dropHere}</span>
        <button type="button" onClick={() => folder.current?.click()}>{t.value.chooseFolder}</button>
        <input ref={folder} type="file" multiple hidden aria-label={t.value.chooseFolder} {...{ webkitdirectory: true }} onChange={(e) => {
          const list = e.currentTarget.files;
          if (list) void addExamples(chosenFiles(list), null);
          e.currentTarget.value = ""; // the same folder may be chosen again
        }} />
      </div>
      {answering.value.length > 0 && <ul class="class-drops">{answering.value.map((one) => <ClassDrop key={one.name} name={one.name} n={one.examples} />)}</ul>}
    </>
  );
}

/** A class that takes dropped files, chosen files and pasted texts as its examples. */
export function ClassDrop(props: { name: string; n: number }): JSX.Element {
  const [text, setText] = useDraft(`example of ${props.name}`, "");
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const newest = useRef(text); // as it is typed on while an example is added
  newest.current = text;
  const take = (list: DroppedFile[]): void => void addExamples(list, props.name);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (text.trim() && (await change({ kind: "add", examples: [{ label: props.name, text }], skip_known: true }) && newest.current === text)) setText("");
    if (!document.activeElement?.matches("input, textarea")) field.current?.focus(); // the button is off until something else is typed
  };
  return (
    <li class={over ? "over" : ""} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(e) => { e.preventDefault(); e.stopPropagation(); setOver(false); if (e.dataTransfer) void droppedFiles(e.dataTransfer).then(take); }}>
      <form onSubmit={(e) => void add(e)}>
        <strong>{props.name}</strong> <span class="number">{t.value.examples(props.n)}</span>
        <input ref={field} aria-label={`${t.value.typeExample}: ${props.name}`} placeholder={t.value.typeExample} value={text} onInput={(e) => setText(e.currentTarget.value)} />
        <button type="submit" disabled={!text.trim()}>{t.value.addExample}</button>
        <button type="button" class="quiet" onClick={() => files.current?.click()}>{t.value.chooseFiles}</button>
        <input ref={files} type="file" multiple hidden aria-label={`${t.value.chooseFiles}: ${props.name}`} onChange={(e) => { if (e.currentTarget.files) take(chosenFiles(e.currentTarget.files)); e.currentTarget.value = ""; }} />
      </form>
    </li>
  );
}

function Try(props: { answer: { text: string; answer: Answer } | null; onAnswer: (one: { text: string; answer: Answer }) => void }): JSX.Element {
  const [text, setText] = useDraft("first document", "");
  const label = async (event: Event): Promise<void> => {
    event.preventDefault();
    const document = pasted(text);
    await attempt(async () => {
      const { answer } = await answerOf(() => api.explain(space.value, document));
      props.onAnswer({ text, answer });
      await answerOf(() => put([document]));
    });
  };
  if (!mayLabel.value) return <></>;
  const one = props.answer?.answer;
  return (
    <>
      <form onSubmit={(e) => void label(e)}>
        <textarea rows={4} aria-label={t.value.pasteLabel} placeholder={t.value.pasteExample} value={text} onInput={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) void label(e); }} />
        <div class="actions start"><button type="submit" class="primary" disabled={!text.trim()}>{t.value.labelIt}</button></div>
      </form>
      {one && (
        <div class="result" role="status">
          <p class="label">{labelsOf(one).join(", ") || t.value.none}</p>
          <ul>{one.alternatives.slice(0, 3).map((a) => (
            <li key={a.label}><span class="name">{a.label}</span><Bar share={fill(a)} /><span class="number">{certainty(a) === null ? t.value.score(a.score) : t.value.percent(certainty(a) ?? 0)}</span></li>
          ))}
          {one.none_probability !== null && <li><span class="name">{t.value.none}</span><Bar share={one.none_probability} /><span class="number">{t.value.percent(one.none_probability)}</span></li>}
          </ul>
          {certainty(one) === null && uncalibrated() && <p class="reason">{t.value.noProbabilityYet(t.value.ofService(uncalibrated()))}</p>}
          {likelierNone(one) && <p class="reason">{likelierNone(one)}</p>}
          {one.label === null && <p class="reason">{reasonOf(one)}</p>}
          {one.evidence?.examples[0] && <p class="about">{one.label === null ? t.value.becauseNotNear : t.value.because}: “{one.evidence.examples[0].excerpt}”</p>}
        </div>
      )}
    </>
  );
}
