// Documents that no class explains, listed by the class that is nearest. One choice over all of them becomes
// one class, or goes to a class that there is: nobody says that those of one list belong together.
import type { JSX } from "preact";
import { decideAndSay } from "../decisions";
import { isFree, isOpen, titleOf } from "../documents";
import { useDraft } from "../drafts";
import { type Entry, folderOf, isAnswering } from "../entry";
import { useKept } from "../kept";
import { NAME } from "../limits";
import { info, mayCurate, t } from "../state";
import { isNameOfNone } from "../twins";
import { Icon } from "../ui";
import { Member } from "./member";

const NAMED = 4; // documents of the choice whose titles are listed

/** ``groups``: the documents by their nearest class; ``isRest``: whether others are proposed as classes above. */
export function DeclinedList(props: { groups: [string, Entry[]][]; isRest: boolean }): JSX.Element {
  const [keys, setKeys] = useKept<string[]>("documents of a new class", []);
  const ticks = new Set(keys);
  const selection = props.groups.flatMap(([, rows]) => rows).filter((one) => isFree(one) && ticks.has(one.key));
  const tick = (rows: Entry[], isIn: boolean): void => {
    const next = new Set(selection.map((one) => one.key)); // who has left the list meanwhile is chosen no more
    for (const { key } of rows) if (isIn) next.add(key); else next.delete(key);
    setKeys([...next]);
  };
  return (
    <>
      <p class="about notice">{props.isRest && t.value.groupOthers} {t.value.groupHonest} {mayCurate.value && t.value.chooseTogether}</p>
      <div class="groups">{props.groups.map(([label, rows]) => <Group key={label} nearest={label} rows={rows} ticks={ticks} onTick={tick} />)}</div>
      {mayCurate.value && selection.length > 0 && <Selection rows={selection} onEnd={() => setKeys([])} />}
    </>
  );
}

function Group(props: { nearest: string; rows: Entry[]; ticks: ReadonlySet<string>; onTick: (rows: Entry[], isIn: boolean) => void }): JSX.Element {
  const { ticks } = props;
  const open = props.rows.filter(isFree);
  return (
    <section class="card group">
      <header><h2>{props.nearest ? t.value.nearestClass(props.nearest) : t.value.noNearest}</h2><span class="number">{t.value.documents(props.rows.length)}</span></header>
      <ul class="example-list">
        {props.rows.map((one) => (
          <Member key={one.key} document={one} title={titleOf(one)} isReadable={isOpen(one)} isIn={ticks.has(one.key)} words={one.excerpt || folderOf(one)}
            {...(mayCurate.value && isFree(one) ? { onTick: (isIn: boolean) => props.onTick([one], isIn) } : {})} />
        ))}
      </ul>
      {mayCurate.value && open.some((one) => !ticks.has(one.key)) && <button type="button" class="quiet" onClick={() => props.onTick(open, true)}>{t.value.chooseAll(open.length)}</button>}
      {mayCurate.value && !open.length && info.value?.settings.remember !== "text" && <p class="about">{t.value.textsNeeded}</p>}
    </section>
  );
}

/** What is chosen, and the class that it becomes: a new one, or one that there is. */
function Selection(props: { rows: Entry[]; onEnd: () => void }): JSX.Element {
  const { rows } = props;
  const [name, setName] = useDraft("name of a new class", "");
  const label = name.trim();
  const near = new Set(rows.map((one) => one.answer?.alternatives[0]?.label ?? ""));
  const [nearest = ""] = near.size === 1 ? near : []; // the class that is nearest to each of them
  const take = (to: string): void => {
    if (isNameOfNone(to)) {
      setName("");
      props.onEnd();
      void decideAndSay(new Map(rows.map((one) => [one, []])), t.value.noneOfManySaid(rows.length));
      return;
    }
    const words = (isAnswering(to) ? t.value.addedTo : t.value.created)(to, rows.length);
    setName("");
    props.onEnd();
    void decideAndSay(new Map(rows.map((one) => [one, [to]])), words);
  };
  return (
    <form class="chosen card" onSubmit={(e) => { e.preventDefault(); take(label); }}>
      <p role="status"><strong>{t.value.selected(rows.length)}</strong> <span class="about">{rows.slice(0, NAMED).map(titleOf).join(", ")}{rows.length > NAMED && " …"}</span></p>
      <input aria-label={t.value.nameGroup} placeholder={t.value.nameGroup} value={name} maxLength={NAME} onInput={(e) => setName(e.currentTarget.value)} />
      <button type="submit" class="primary" disabled={!label}>{isNameOfNone(label) ? t.value.none : isAnswering(label) ? t.value.addTo(label) : <><Icon name="plus" /> {t.value.createClass}</>}</button>
      {isAnswering(nearest) && nearest !== label && <button type="button" onClick={() => take(nearest)}>{t.value.addTo(nearest)}</button>}
      <button type="button" class="quiet" onClick={props.onEnd}>{t.value.cancel}</button>
    </form>
  );
}
