// The classes: what each is, its examples, how well it does, what it is confused with; edit in place.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, Failure, inPages } from "../api";
import { hasDraft, moveDraft, useDraft } from "../drafts";
import { announce, ChangeDialog } from "../flows";
import { useKept } from "../kept";
import { NAME } from "../limits";
import { beginning } from "../names";
import { answering, attempt, change, changed, classes, go, isOnline, isSeveral, mayCurate, space, t, versionTag } from "../state";
import { noteTold, twinOf } from "../twins";
import type { ClassInfo, ClassRow, Evaluation, StoredExample } from "../types";
import { Bar, ClassPicker, Dialog, Empty, focusNext, Icon, Loading } from "../ui";
import { ClassDrop } from "./start";

const PAGE = 100;

/** How well each class does; before the answer to that, and where there are too few examples. */
type Measured = Evaluation | "asked" | "few";

export function ClassesView(): JSX.Element {
  const [name, setName] = useKept<string | null>("class of the view", null);
  const [reading, setReading] = useState(false);
  const [adding, setAdding] = useState(false);
  const [measured, setMeasured] = useState<Measured>("asked");
  useEffect(() => {
    let isGone = false;
    // Too few examples are no error here: then there is nothing to show.
    api.evaluation(space.value).then((one) => { if (!isGone) setMeasured(one); }, (error: unknown) => {
      if (!isGone && error instanceof Failure && error.status === 422) setMeasured("few");
    });
    return () => { isGone = true; };
  }, [versionTag.value, isOnline.value]);
  const rows = new Map((typeof measured === "string" ? [] : measured.per_class?.rows ?? []).map((row) => [row.label, row]));
  const current = classes.value.find((one) => one.name === name) ?? classes.value[0] ?? null;
  if (!classes.value.length) {
    return (
      <div class="page">
        <Empty icon="classes" title={t.value.noClasses}>
          {mayCurate.value && <><p>{t.value.noClassesText}</p><button type="button" class="primary" onClick={() => go("start")}>{t.value.beginHere}</button></>}
        </Empty>
      </div>
    );
  }
  return (
    <div class={`inbox ${reading ? "reading" : ""}`}>
      <section class="list" aria-label={t.value.classes}>
        <header>
          <h1>{t.value.classes}</h1>
          {mayCurate.value && <button type="button" onClick={() => setAdding(true)}><Icon name="plus" /> {t.value.addClass}</button>}
        </header>
        <ul class="rows">
          {classes.value.map((one) => {
            const row = rows.get(one.name);
            return (
              <li key={one.name}>
                <button type="button" aria-current={one.name === current?.name} onClick={() => { setName(one.name); setReading(true); }}>
                  <span class="title">{one.name}{one.retired && <span class="tag">{t.value.retired}</span>}{(hasDraft(nameOf(one.name)) || hasDraft(descriptionOf(one.name))) && <span class="tag">{t.value.unsaved}</span>}</span>
                  <span class="verdict">
                    <span class="number">{t.value.examples(one.examples)}</span>
                    {row && row.n > 0 && <span class="chance"><Bar share={row.accuracy} kind={row.accuracy < 0.7 ? "weak" : "good"} /> {t.value.rightOf(Math.round(row.accuracy * row.n), row.n)}</span>}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      </section>
      <section class="detail" aria-label={current?.name ?? ""}>
        {current && <OneClass key={current.name} one={current} row={rows.get(current.name)} measured={measured} onBack={() => setReading(false)} onName={setName} />}
      </section>
      {adding && <AddClass onClose={() => setAdding(false)} onDone={setName} />}
    </div>
  );
}

function AddClass(props: { onClose: () => void; onDone: (name: string) => void }): JSX.Element {
  const [name, setName] = useDraft("name of a new class", "");
  const [description, setDescription] = useDraft("description of a new class", "");
  const isThere = classes.value.some((one) => one.name === name.trim());
  const twin = twinOf(name.trim(), classes.value.map((one) => one.name));
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isThere) return; // to describe it again would end what was said about it
    if (twin !== undefined) noteTold([name.trim()]);
    if (await change({ kind: "describe", texts: { [name.trim()]: description.trim() || name.trim() } })) {
      props.onDone(name.trim());
      setName("");
      setDescription("");
      props.onClose();
    }
  };
  return (
    <Dialog title={t.value.addClass} onClose={props.onClose}>
      <form onSubmit={(e) => void add(e)}>
        <label>{t.value.name}<input value={name} required maxLength={NAME} onInput={(e) => setName(e.currentTarget.value)} /></label>
        {isThere && <p class="problem" role="status">{t.value.classIsThere(name.trim())}</p>}
        {!isThere && twin !== undefined && <p class="problem" role="status">{t.value.twinNames(name.trim(), twin)}</p>}
        <label>{t.value.description}<textarea rows={3} value={description} placeholder={t.value.descriptionExample} onInput={(e) => setDescription(e.currentTarget.value)} /></label>
        <div class="actions"><button type="button" onClick={props.onClose}>{t.value.cancel}</button><button type="submit" class="primary" disabled={!name.trim() || isThere}>{twin !== undefined && !isThere ? t.value.createAllTheSame : t.value.addClass}</button></div>
      </form>
    </Dialog>
  );
}

// The fields of a class whose drafts are kept.
const nameOf = (label: string): string => `name of ${label}`;
const descriptionOf = (label: string): string => `description of ${label}`;

type Asking = { title: string; text?: string; body: Record<string, unknown>; then?: string } | null;

/** Why a class is not measured. */
function whyNotMeasured(n: number, measured: Measured): string {
  if (n < 2) return t.value.notMeasured;
  const isOfCopies = typeof measured !== "string" && measured.notes.some((note) => note.startsWith("not measured, a single document"));
  return isOfCopies ? t.value.notMeasuredCopies(n) : t.value.notMeasuredFew;
}

function OneClass(props: { one: ClassInfo; row: ClassRow | undefined; measured: Measured; onBack: () => void; onName: (name: string) => void }): JSX.Element {
  const { one, row } = props;
  const [name, setName] = useDraft(nameOf(one.name), one.name);
  const [description, setDescription] = useDraft(descriptionOf(one.name), one.description ?? "");
  const [asking, setAsking] = useState<Asking>(null);
  const [merging, setMerging] = useState(false);
  const named = name.trim() !== one.name && name.trim() !== "";
  const isTaken = named && classes.value.some((other) => other.name === name.trim());
  const described = description.trim() !== (one.description ?? "") && description.trim() !== "";
  const rename = async (): Promise<void> => {
    const to = name.trim();
    if (!await change({ kind: "rename", old: one.name, new: to }, versionTag.value)) return;
    setName(one.name); // no draft any more
    moveDraft(descriptionOf(one.name), descriptionOf(to));
    props.onName(to);
    focusNext(".naming .title");
  };
  const describe = async (): Promise<void> => {
    setDescription(description.trim());
    await change({ kind: "describe", texts: { [one.name]: description.trim() } }, versionTag.value);
    focusNext(".describing textarea");
  };
  const mergeInto = (into: string): void => {
    const labels = others.includes(into) ? [one.name, into] : [one.name];
    setAsking({ title: `${t.value.merge}: ${one.name} → ${into}`, body: { kind: "merge", labels, into }, then: into });
  };
  const others = answering.value.filter((other) => other.name !== one.name).map((other) => other.name);
  return (
    <article class="document one-class">
      <header>
        <button type="button" class="quiet back" onClick={props.onBack}><Icon name="back" /> {t.value.back}</button>
        <h2 class="unseen">{one.name}</h2>
        <form class="naming" onSubmit={(e) => { e.preventDefault(); if (named && !isTaken) void rename(); }}>
          <input class="title" aria-label={t.value.name} value={name} maxLength={NAME} readOnly={!mayCurate.value} onInput={(e) => setName(e.currentTarget.value)} />
          {named && <>{isTaken && !classes.value.some((other) => other.name === name.trim() && other.retired) ? <button type="button" class="primary" onClick={() => mergeInto(name.trim())}>{t.value.merge}…</button> : <button type="submit" class="primary" disabled={isTaken}>{t.value.rename}</button>}<button type="button" onClick={() => setName(one.name)}>{t.value.cancel}</button></>}
        </form>
        {one.retired && <span class="tag">{t.value.retired}</span>}
        {isTaken && <p class="problem" role="status">{t.value.nameTaken(name.trim())}</p>}
      </header>
      <section class="describing">
        <label>{t.value.description}
          <textarea rows={2} value={description} placeholder={t.value.noDescription} readOnly={!mayCurate.value} onInput={(e) => setDescription(e.currentTarget.value)} />
        </label>
        {one.description_from === "name" && <p class="about">{t.value.fromName}</p>}
        {described && (
          <div class="actions start">
            <button type="button" class="primary" onClick={() => void describe()}>{t.value.save}</button>
            <button type="button" onClick={() => setAsking({ title: t.value.description, body: { kind: "describe", texts: { [one.name]: description.trim() } } })}>{t.value.preview}</button>
            <button type="button" onClick={() => setDescription(one.description ?? "")}>{t.value.cancel}</button>
          </div>
        )}
      </section>
      {!isSeveral.value && <section class="measures">
        <div>
          <h3>{t.value.accuracy}</h3>
          {row && row.n > 0
            ? <><p class="big">{t.value.rightOf(Math.round(row.accuracy * row.n), row.n)}</p>{row.n < one.examples && <p class="about">{t.value.askedOf(row.n, one.examples)}</p>}<p class="about">{t.value.accuracyText}, {t.value.interval(t.value.percent(row.low), t.value.percent(row.high))}</p></>
            : props.measured !== "asked" ? <p class="about">{whyNotMeasured(one.examples, props.measured)}</p> : <Loading text={t.value.beingMeasured} />}
        </div>
        {row && row.confused_with.length > 0 && (
          <div>
            <h3>{t.value.confusedWith}</h3>
            <ul>{row.confused_with.map((other) => <li key={other.label}><button type="button" class="link" onClick={() => props.onName(other.label)}>{other.label}</button> <span class="number">{other.count}</span></li>)}</ul>
          </div>
        )}
      </section>}
      {mayCurate.value && (
        <div class="actions start">
          <button type="button" disabled={!others.length} onClick={() => setMerging(true)}>{t.value.merge}…</button>
          {one.retired
            ? <button type="button" onClick={() => setAsking({ title: `${t.value.restore}: ${one.name}`, body: { kind: "restore", labels: [one.name] } })}>{t.value.restore}…</button>
            : <button type="button" onClick={() => setAsking({ title: `${t.value.retire}: ${one.name}`, text: t.value.retireText, body: { kind: "retire", labels: [one.name] } })}>{t.value.retire}…</button>}
        </div>
      )}
      <Examples one={one} others={others} onAsk={setAsking} />
      {merging && (
        <Dialog title={t.value.mergeTitle(one.name)} onClose={() => setMerging(false)}>
          <ClassPicker names={others} first={row?.confused_with.map((c) => c.label) ?? []} allowNew={true} onChoose={(into) => {
            setMerging(false);
            mergeInto(into);
          }} />
        </Dialog>
      )}
      {asking && <ChangeDialog title={asking.title} text={asking.text ?? ""} body={asking.body} onClose={() => setAsking(null)} onDone={(outcome) => { announce(outcome); if (asking.then) props.onName(asking.then); }} />}
    </article>
  );
}

function Examples(props: { one: ClassInfo; others: string[]; onAsk: (asking: Asking) => void }): JSX.Element {
  const { one } = props;
  const [examples, setExamples] = useState<StoredExample[]>([]);
  const [listed, setTotal] = useState<number | null>(null); // null until they are here
  const total = listed ?? one.examples;
  const [n, setN] = useState(PAGE);
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
  const [picking, setPicking] = useState<"move" | "split" | null>(null);
  useEffect(() => {
    let isGone = false;
    void attempt(async () => {
      let all = 0;
      const list = await inPages(n, async (start, limit) => {
        const page = await api.examples(space.value, one.name, start, limit);
        all = page.total;
        return page.examples;
      });
      if (isGone) return;
      setExamples(list);
      setTotal(all);
      setSelection(new Set([...selection].filter((id) => list.some((e) => e.id === id))));
    });
    return () => { isGone = true; };
  }, [one.name, changed.value, n]);
  const ids = [...selection];
  return (
    <section class="examples">
      <h3>{t.value.examples(total)}</h3>
      {mayCurate.value && total > 0 && (
        <div class="toolbar">
          {ids.length === 0
            ? <p class="about">{t.value.splitHint}</p>
            : <>
                <span>{t.value.selected(ids.length)}</span>
                <button type="button" onClick={() => setPicking("move")}>{t.value.moveTo}…</button>
                <button type="button" onClick={() => setPicking("split")}>{t.value.split}…</button>
                <button type="button" onClick={() => props.onAsk({ title: `${t.value.remove}: ${t.value.examples(ids.length)}`, body: { kind: "remove", ids } })}>{t.value.remove}…</button>
              </>}
        </div>
      )}
      {listed === null && <Loading />}
      {listed === 0 && <p class="about">{t.value.noExamples}</p>}
      <ul class="example-list">
        {examples.map((example) => (
          <li key={example.id}>
            <label>
              {mayCurate.value && <input type="checkbox" checked={selection.has(example.id)} onChange={(e) => {
                const next = new Set(selection);
                if (e.currentTarget.checked) next.add(example.id); else next.delete(example.id);
                setSelection(next);
              }} />}
              <span>{example.text !== null ? beginning(example.text, 300) : `${t.value.imageExample} ${example.source || example.id}`}</span>
            </label>
            {example.source && <small>{example.source}</small>}
          </li>
        ))}
      </ul>
      {listed !== null && examples.length < total && <button type="button" onClick={() => setN(examples.length + PAGE)}>{t.value.moreExamples(total - examples.length)}</button>}
      {mayCurate.value && !one.retired && <ul class="class-drops"><ClassDrop name={one.name} n={one.examples} /></ul>}
      {picking === "move" && (
        <Dialog title={t.value.moveTo} onClose={() => setPicking(null)}>
          <ClassPicker names={props.others} allowNew={true} onChoose={(to) => { setPicking(null); props.onAsk({ title: `${t.value.moveTo} ${to}`, body: { kind: "move", ids, to } }); }} />
        </Dialog>
      )}
      {picking === "split" && (
        <SplitDialog n={ids.length} onClose={() => setPicking(null)} onName={(to) => { setPicking(null); props.onAsk({ title: `${t.value.split}: ${one.name} → ${to}`, body: { kind: "split", label: one.name, parts: { [to]: ids } } }); }} />
      )}
    </section>
  );
}

function SplitDialog(props: { n: number; onClose: () => void; onName: (name: string) => void }): JSX.Element {
  const [name, setName] = useState("");
  return (
    <Dialog title={t.value.splitTitle(props.n)} onClose={props.onClose}>
      <form onSubmit={(e) => { e.preventDefault(); if (name.trim()) props.onName(name.trim()); }}>
        <label>{t.value.name}<input value={name} maxLength={NAME} onInput={(e) => setName(e.currentTarget.value)} /></label>
        <div class="actions"><button type="button" onClick={props.onClose}>{t.value.cancel}</button><button type="submit" class="primary" disabled={!name.trim()}>{t.value.preview}</button></div>
      </form>
    </Dialog>
  );
}
