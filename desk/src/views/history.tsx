// Every change: what, when, by whom, what it moved; and the way back to any of them.
import { takenUp } from "../taken_up";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, inPages } from "../api";
import { ChangeDialog, Flows } from "../flows";
import { attempt, change, changed, locale, mayCurate, own, refresh, space, t, versionTag } from "../state";
import type { Change, Movement } from "../types";
import { Icon, Loading } from "../ui";

const PAGE = 200;

export function HistoryView(): JSX.Element {
  const [changes, setChanges] = useState<Change[] | null>(null);
  const [n, setN] = useState(PAGE);
  const [back, setBack] = useState({ undo: false, redo: false }); // what there is to take back
  const [asking, setAsking] = useState<number | null>(null);
  useEffect(() => {
    let isGone = false;
    const name = space.value;
    void attempt(async () => {
      let back = { undo: false, redo: false };
      const list = await inPages(n, async (start, limit) => {
        const { changes, undo, redo } = await api.history(name, limit, start);
        back = { undo: undo !== null, redo: redo !== null };
        return changes;
      });
      if (!isGone) setBack(back);
      if (!isGone) setChanges([...new Map(list.map((one) => [one.version, one])).values()]); // once each, though some came meanwhile
    });
    return () => { isGone = true; };
  }, [changed.value, n]);
  if (!changes) return <Loading />;
  const days = Map.groupBy(changes, (one) => new Date(one.at).toLocaleDateString(locale.value, { weekday: "long", day: "numeric", month: "long", year: "numeric" }));
  const newest = changes[0]?.version;
  return (
    <div class="page">
      <header class="title-row">
        <div><h1>{t.value.historyTitle}</h1><p class="lead">{t.value.historyLead}</p></div>
        {mayCurate.value && (
          <div class="buttons">
            <button type="button" disabled={!back.undo} onClick={() => void change({ kind: "undo" }, versionTag.value)}><Icon name="undo" /> {t.value.undoLast}</button>
            <button type="button" disabled={!back.redo} onClick={() => void change({ kind: "redo" }, versionTag.value)}>{t.value.redo}</button>
          </div>
        )}
      </header>
      {[...days].map(([day, rows]) => (
        <section key={day} class="day">
          <h2>{day}</h2>
          <ol class="changes">
            {rows.map((one) => <OneChange key={one.version} one={one} undone={one.kind === "undo" ? changes.find((other) => other.version === one.reverts) : undefined} isNow={one.version === newest} onReturn={() => setAsking(one.version)} />)}
          </ol>
        </section>
      ))}
      {(changes.at(-1)?.version ?? 1) > 1 && <button type="button" onClick={() => setN(changes.length + PAGE)}>{t.value.showMore}</button>}
      {asking !== null && (
        <ChangeDialog title={t.value.returnTitle(asking)} text={t.value.returnText} body={{ kind: "return", version: asking }}
          onClose={() => setAsking(null)} onDone={(outcome) => { own.add(outcome.mark); void attempt(refresh); }} />
      )}
    </div>
  );
}

function OneChange(props: { one: Change; undone: Change | undefined; isNow: boolean; onReturn: () => void }): JSX.Element {
  const { one, undone } = props;
  const [movement, setMovement] = useState<Movement | null>(null);
  const time = new Date(one.at).toLocaleTimeString(locale.value, { hour: "2-digit", minute: "2-digit" });
  return (
    <li class={one.kind === "tune" ? "automatic" : ""}>
      <span class="version" title={t.value.version(one.version)}>{one.version}</span>
      <div>
        <p><span class="tag">{takenUp(one)?.isNew ? t.value.acceptedProposal : t.value.kinds[takenUp(one) ? "add" : one.kind] ?? one.kind}</span> {undone ? t.value.turnedBack(undone.version, t.value.summary(undone)) : t.value.summary(one)}</p>
        <p class="about"><time dateTime={one.at}>{time}</time> · {t.value.by} {one.who}</p>
        {t.value.hintsOf(one).map((hint) => <p key={hint} class="hint-line">{hint}</p>)}
        {one.version > 1 && one.kind !== "remember" && (
          <details onToggle={(e) => {
            if (e.currentTarget.open && !movement) void attempt(async () => setMovement(await api.movement(space.value, one.version)));
          }}>
            <summary>{t.value.whatMoved}</summary>
            {movement?.by === "prototypes" && <p class="about">{t.value.movedByPrototypes}</p>}
            {movement ? movement.flows.length ? <Flows flows={movement.flows} moved={movement.moved} /> : <p class="about">{t.value.movedNothing(movement.documents)}</p> : <Loading />}
          </details>
        )}
      </div>
      {props.isNow ? <span class="tag now">{t.value.now}</span>
        : mayCurate.value && <button type="button" class="quiet" onClick={props.onReturn}>{t.value.returnHere}</button>}
    </li>
  );
}
