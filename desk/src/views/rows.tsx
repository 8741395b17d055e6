// The list of the inbox, a row for each document, and the note above it of what a decision has moved.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isOpen, movement, titleOf } from "../documents";
import { type Entry, folderOf, isAwaited, isDecided, isWithheld, labelOf, wholeCertainty } from "../entry";
import type { Selection } from "../selection";
import { locale, mayLabel, t } from "../state";
import { Bar, Icon } from "../ui";

/** When a document was answered: it tells those apart that have neither names nor words here. */
function timeOf(one: Entry): string {
  return one.at ? new Date(one.at).toLocaleString(locale.value, { dateStyle: "medium", timeStyle: "medium" }) : "";
}

/** ``selection``: the rows that are chosen; null where nothing can be done with several. */
export function Rows(props: { rows: Entry[]; current: Entry | null; selection: Selection | null; onChoose: (entry: Entry) => void }): JSX.Element {
  const { selection } = props;
  /** Choose with Shift all rows up to this one, with Ctrl this one, too; else open it. */
  const press = (event: MouseEvent, one: Entry): void => {
    if (selection && event.shiftKey) selection.extend(one, props.current);
    else if (selection && (event.ctrlKey || event.metaKey)) selection.toggle(one);
    else props.onChoose(one);
  };
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" }), [props.current?.key]);
  return (
    <ul class="rows" ref={list}>
      {props.rows.map((one) => {
        const label = labelOf(one);
        const none = isAwaited(one) ? t.value.awaited : !isDecided(one) && isWithheld(one.answer) ? t.value.noAnswer : t.value.none;
        const chance = wholeCertainty(one.answer);
        return (
          <li key={one.key} class={selection?.has(one) ? "picked" : ""}>
            {selection && (
              <label class="pick">
                <input type="checkbox" aria-label={t.value.choose(titleOf(one))} checked={selection.has(one)}
                  onClick={(event) => {
                    if (!event.shiftKey) return selection.toggle(one);
                    selection.extend(one, props.current);
                    event.currentTarget.checked = true; // the browser has ticked it, or no longer
                  }} />
              </label>
            )}
            <button type="button" aria-current={one.key === props.current?.key} onMouseDown={(event) => { if (event.shiftKey) event.preventDefault(); }} onClick={(event) => press(event, one)}>
              <span class="title">{titleOf(one)}</span>
              <span class="excerpt">{one.excerpt || [folderOf(one), mayLabel.value && !isOpen(one) ? t.value.noTextHere : ""].filter(Boolean).join(" ") || timeOf(one)}</span>
              <span class="verdict">
                <span class={`chip ${label === null ? "none" : ""}`}>{isDecided(one) && <Icon name="check" size={14} />}{label ?? none}</span>
                {one.isSent && <span class="was">{t.value.beingDecided}</span>}
                {one.was !== undefined && !isDecided(one) && <span class="was">{t.value.wasBefore(one.was ?? t.value.none)}</span>}
                {one.by !== "person" && label !== null && chance !== null && <span class="chance"><Bar share={chance} /> {t.value.percent(chance)}</span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const FLOWS = 3; // that the note lists

export function MovedNote(): JSX.Element | null {
  const shift = movement.value;
  if (!shift) return null;
  return (
    <div class="moved" role="status">
      <p><strong>{t.value.movedTitle(shift.n)}</strong> {shift.flows.slice(0, FLOWS).map((flow) => `${flow.documents} ${flow.before ?? t.value.none} → ${flow.after ?? t.value.none}`).join(", ")}{shift.flows.length > FLOWS && `, ${t.value.moreExamples(shift.flows.slice(FLOWS).reduce((sum, flow) => sum + flow.documents, 0))}`}</p>
      <button type="button" class="quiet icon" aria-label={t.value.close} onClick={() => { movement.value = null; }}><Icon name="close" size={14} /></button>
    </div>
  );
}
