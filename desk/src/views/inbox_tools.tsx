// What stands above the list of the inbox: its tabs, the search, the filters, and what concerns all that are listing.
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { entries } from "../documents";
import { type Entry, isAwaited, ownLabels } from "../entry";
import { INBOX } from "../limits";
import { limit } from "../documents";
import type { Selection } from "../selection";
import { isIn, type Order, type Shown, type State, stateOf, statesOf, type Tab } from "../shown";
import { session, t } from "../state";
import { Icon } from "../ui";
import { Download } from "./bulk";

const TABS: Tab[] = ["open", "decided", "all"];

export function InboxTools(props: { listing: Shown; sure: Entry[]; onAcceptSure: () => void }): JSX.Element {
  const { listing, sure } = props;
  const [isOpen, setOpen] = useState(false); // on a phone: the filters
  const { narrowing } = listing;
  const nameOf = (tab: Tab): string => tab === "open" ? t.value.toDecide : tab === "decided" ? t.value.decided : t.value.all;
  const counts = useMemo(() => labelCounts(listing.ofFilters.label), [listing.ofFilters]);
  const inState = useMemo(() => Map.groupBy(listing.ofFilters.state, stateOf), [listing.ofFilters]);
  const labels = [...counts.labels.keys(), ...(narrowing.label.startsWith("=") && !counts.labels.has(narrowing.label.slice(1)) ? [narrowing.label.slice(1)] : [])].sort((a, b) => a.localeCompare(b));
  const least = t.value.limit(session.value?.review_below ?? 1);
  const states = statesOf(listing.tab);
  const isFiltered = narrowing.label !== "" || narrowing.state !== "";
  return (
    <>
      <div class="tools">
        <div class="tabs" role="group" aria-label={t.value.inbox}>
          {TABS.map((tab) => (
            <button key={tab} type="button" aria-pressed={listing.tab === tab} onClick={() => listing.setTab(tab)}>
              {nameOf(tab)} <span class="count">{entries.value.filter((one) => isIn(one, tab)).length}</span>
            </button>
          ))}
        </div>
      </div>
      <div class="tools search" role="search">
        <span class="field">
          <Icon name="search" size={16} />
          <input type="search" id="search" aria-label={t.value.searchDocuments} placeholder={t.value.searchHint} autocomplete="off" value={narrowing.words}
            aria-keyshortcuts="/" onInput={(e) => listing.narrow({ words: e.currentTarget.value })}
            onKeyDown={(e) => {
              if (e.key !== "Escape" && e.key !== "Enter") return;
              if (e.key === "Escape") listing.narrow({ words: "" });
              e.currentTarget.blur(); // the next keys are about the documents
              e.preventDefault();
            }} />
          <kbd aria-hidden="true">/</kbd>
        </span>
        <button type="button" class="icon fold" aria-label={t.value.filters} title={t.value.filters} aria-expanded={isOpen || isFiltered} aria-controls="filters" onClick={() => setOpen(!isOpen)}><Icon name="filter" /></button>
        <Download />
      </div>
      <div class={`tools filters ${isOpen || isFiltered ? "open" : ""}`} id="filters" role="group" aria-label={t.value.filters}>
        <select aria-label={t.value.filterClass} class={narrowing.label ? "in-use" : ""} value={narrowing.label} onChange={(e) => listing.narrow({ label: e.currentTarget.value })}>
          <option value="">{t.value.anyClass}</option>
          {labels.map((label) => <option key={label} value={`=${label}`}>{label} ({counts.labels.get(label) ?? 0})</option>)}
          {(counts.none > 0 || narrowing.label === "none") && <option value="none">{t.value.none} ({counts.none})</option>}
        </select>
        {states.length > 0 && (
          <select aria-label={t.value.filterState} class={narrowing.state ? "in-use" : ""} value={narrowing.state} onChange={(e) => listing.narrow({ state: e.currentTarget.value as State })}>
            <option value="">{t.value.anyState}</option>
            {states.map((state) => <option key={state} value={state}>{t.value.states[state]?.(least)} ({inState.get(state)?.length ?? 0})</option>)}
          </select>
        )}
        <select aria-label={t.value.order} value={listing.order} onChange={(e) => listing.setOrder(e.currentTarget.value as Order)}>
          <option value="newest">{t.value.orderNewest}</option>
          <option value="unsure">{t.value.orderUnsure}</option>
          <option value="sure">{t.value.orderSure}</option>
        </select>
      </div>
      {sure.length > 1 && (
        <div class="tools">
          <button type="button" onClick={props.onAcceptSure}><Icon name="check" /> {(listing.isNarrow ? t.value.acceptSureShown : t.value.acceptSure)(sure.length, least)}</button>
        </div>
      )}
    </>
  );
}

/** How many documents have each class, and how many none. */
function labelCounts(rows: Entry[]): { labels: Map<string, number>; none: number } {
  const labels = new Map<string, number>();
  let none = 0;
  for (const one of rows) {
    const own = ownLabels(one);
    for (const label of own) labels.set(label, (labels.get(label) ?? 0) + 1);
    if (!own.length && !isAwaited(one)) none += 1;
  }
  return { labels, none };
}

/** How many documents are shown of how many, and a box that chooses all of them. */
export function ShownLine(props: { listing: Shown; selection: Selection; mayChoose: boolean }): JSX.Element {
  const { listing, selection } = props;
  const [n, picks] = [listing.rows.length, selection.rows.length];
  return (
    <div class="shown">
      {props.mayChoose && n > 0 && (
        <label class="pick">
          <input type="checkbox" aria-label={t.value.chooseAllShown(n)} title={`${t.value.chooseAllShown(n)} (Shift+X)`} checked={picks === n}
            ref={(box) => { if (box) box.indeterminate = picks > 0 && picks < n; }} onChange={selection.toggleAll} />
        </label>
      )}
      <p role="status">{picks ? t.value.chosenOf(picks, n) : listing.isNarrow ? t.value.matchOf(n, listing.all.length) : t.value.documents(n)}</p>
      {listing.isNarrow && n > 0 && !picks && <button type="button" class="link" onClick={listing.widen}>{t.value.showAllAgain}</button>}
      {picks > 0 && <button type="button" class="link" onClick={selection.clear}>{t.value.chooseNone}</button>}
      {listing.older > 0 && limit.value < INBOX && (
        <p>{t.value.olderMatch(listing.older)} <button type="button" class="link" onClick={() => { limit.value = INBOX; }}>{t.value.listThem}</button></p>
      )}
    </div>
  );
}
