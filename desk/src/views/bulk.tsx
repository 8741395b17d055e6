// What concerns all documents of the inbox at once: to accept those that are sure, and to take their labels elsewhere.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api";
import { csvOf, download } from "../csv";
import { entries, titleOf, total } from "../documents";
import { acceptable, type Entry, folderOf, isAwaited, isDecided, isWithheld, labelsOf, ownLabels, wholeCertainty, wordsOf } from "../entry";
import { INBOX } from "../limits";
import { attempt, notify, space, t } from "../state";
import type { InboxItem } from "../types";
import { Dialog, Icon } from "../ui";

const SEPARATOR = "; "; // of several labels in one cell, as in the command line's CSV

/** The labels of a document in a cell; of one that is none of these, that; empty where nothing is answered. */
function labelCell(one: Entry): string {
  if (ownLabels(one).length) return ownLabels(one).join(SEPARATOR);
  return isAwaited(one) || !one.answer || (!isDecided(one) && isWithheld(one.answer)) ? "" : t.value.none;
}

/** How probable what stands in that cell is; null where a person said it, and where nothing says it. */
function chanceOf(one: Entry): number | null {
  if (isDecided(one) || isAwaited(one) || !one.answer || isWithheld(one.answer)) return null;
  return labelsOf(one.answer).length ? wholeCertainty(one.answer) : one.answer.none_probability;
}

/** All documents that the page or the service has, the newest first, as many as one answer has. */
async function all(name: string): Promise<Entry[]> {
  const rows = entries.value;
  if (total.value <= rows.length) return rows;
  const { documents, total: n } = await api.inbox(name, INBOX);
  const byKey = new Map(rows.map((one) => [one.key, one]));
  const listed = new Set(documents.map((one: InboxItem) => one.key));
  if (n > documents.length) notify(t.value.downloadedOf(documents.length, n));
  return [...rows.filter((one) => !listed.has(one.key)), ...documents.map((one) => byKey.get(one.key) ?? one)];
}

/** The labels of all documents as a file: what they are called, where they lay, and who decided. */
export function Download(): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  if (!entries.value.length) return null;
  const take = async (): Promise<void> => {
    const name = space.value;
    setBusy(true);
    await attempt(async () => {
      const rows = (await all(name)).map((one) => {
        const chance = chanceOf(one);
        return [titleOf(one), folderOf(one), labelCell(one), chance === null ? null : Number(chance.toFixed(4)), isDecided(one) ? t.value.aPerson : t.value.theSpace];
      });
      download(`${name} ${new Date().toISOString().slice(0, 10)}.csv`, csvOf([t.value.columnDocument, t.value.folder, t.value.columnClass, t.value.probability, t.value.columnBy], rows));
    });
    setBusy(false);
  };
  return <button type="button" class="icon" disabled={busy} aria-label={t.value.download} title={t.value.downloadText} onClick={() => void take()}><Icon name="drop" /></button>;
}

/** Ask before documents are accepted together. */
export function BulkDialog(props: { rows: Entry[]; more: string; onClose: () => void; onAccept: () => void }): JSX.Element {
  const { rows } = props;
  return (
    <Dialog title={t.value.acceptSureTitle(rows.length)} onClose={props.onClose}>
      <p>{t.value.acceptSureText} {props.more}</p>
      <ul class="flows">{[...Map.groupBy(rows, (one) => wordsOf(acceptable(one)) ?? t.value.none)].map(([label, some]) => <li key={label}><strong>{label}</strong> {t.value.documents(some.length)}</li>)}</ul>
      <div class="actions">
        <button type="button" onClick={props.onClose}>{t.value.cancel}</button>
        <button type="button" class="primary" onClick={props.onAccept}>{t.value.accept}</button>
      </div>
    </Dialog>
  );
}
