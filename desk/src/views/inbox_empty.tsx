// What the inbox says where it has no document to list, or none to display.
import type { JSX } from "preact";
import { entries } from "../documents";
import type { DroppedFile } from "../drop";
import { progress } from "../progress";
import { isToDecide, type Shown } from "../shown";
import { answering, go, mayCurate, mayLabel, t } from "../state";
import { Empty, Loading } from "../ui";
import { AddDocuments } from "./adding";

/** In the place of the list. */
export function NoRows(props: { listing: Shown }): JSX.Element | null {
  const { listing } = props;
  const isOpen = listing.tab === "open";
  if (listing.isNarrow && listing.all.length + listing.elsewhere > 0) return (
    <Empty icon="search" title={t.value.nothingMatches}>
      <p>{t.value.nothingMatchesText(listing.all.length)}</p>
      {listing.elsewhere > 0 && <button type="button" onClick={() => listing.setTab("all")}>{t.value.matchElsewhere(listing.elsewhere)}</button>}
      <button type="button" class="primary" onClick={listing.widen}>{t.value.showAllAgain}</button>
    </Empty>
  );
  if (!entries.value.some(isToDecide)) return null;
  return <Empty icon="check" title={isOpen ? t.value.inboxDone : t.value.inboxEmpty}>{isOpen && <p>{t.value.inboxDoneText} {mayLabel.value && t.value.dropMore}</p>}</Empty>;
}

/** In the place of a document. ``closed``: how many documents cannot be decided here; ``isOffered``: whether texts can be kept, which opens them. */
export function NoDocument(props: { closed: number; isOffered: boolean; onFiles: (files: DroppedFile[]) => Promise<void>; onPaste: () => void }): JSX.Element {
  const { closed, isOffered } = props;
  const isAny = entries.value.length > 0;
  if (answering.value.length < 2) return (
    <Empty icon="classes" title={answering.value.length ? t.value.needSecondClass : t.value.needClasses}>
      <p>{t.value.needClassesText}</p>
      {mayCurate.value && <button type="button" class="primary" onClick={() => go("start")}>{t.value.beginHere}</button>}
    </Empty>
  );
  if (entries.value.some(isToDecide)) return <Empty icon="inbox" title={t.value.lookFirst} />;
  if (progress.value && isAny) return <Loading />;
  return (
    <Empty icon="drop" title={closed ? t.value.noneOpen : isAny ? t.value.inboxDone : t.value.inboxEmpty}>
      <p>{closed ? t.value.noneOpenText(closed, !isOffered) : isAny ? t.value.inboxDoneText : mayLabel.value && t.value.inboxEmptyText} {!closed && mayCurate.value && !isAny && t.value.inboxEmptyDecide}</p>
      {mayLabel.value && !(closed && isOffered) && <AddDocuments disabled={false} onFiles={props.onFiles} onPaste={props.onPaste} />}
    </Empty>
  );
}
