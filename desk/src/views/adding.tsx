// How documents come into the inbox by hand: files, a folder, a pasted text; and whether their texts are kept.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { chosenFiles, type DroppedFile } from "../drop";
import { useDraft } from "../drafts";
import { ownOnes, remembersTexts } from "../documents";
import { keepTexts } from "../intake";
import { info, mayLabel, session, t } from "../state";
import { Dialog } from "../ui";

/** Offers to keep texts where none are kept, or where some are on this page alone. */
export function KeepTexts(props: { isEmpty: boolean }): JSX.Element | null {
  const own = ownOnes();
  const isKept = remembersTexts();
  const n = own.filter(({ entry }) => !isKept || !entry.has_text).length;
  const isAdmin = session.value?.role === "admin";
  const follows = info.value?.follows === true;
  if (isKept ? !n || !mayLabel.value : session.value?.read_only || (!follows && (props.isEmpty || !isAdmin))) return null;
  return (
    <div class="card hint">
      <p>{isKept ? t.value.keepTextsHere(n) : [follows ? t.value.keepTextsOfFolder : t.value.keepTextsText, n ? t.value.keepTextsToo(n) : ""].filter(Boolean).join(" ")}</p>
      {isKept || isAdmin ? <button type="button" onClick={() => void keepTexts()}>{t.value.keepTexts}</button> : <p>{t.value.keepTextsByAdmin}</p>}
    </div>
  );
}

export function AddDocuments(props: { disabled: boolean; onFiles: (files: DroppedFile[]) => Promise<void>; onPaste: () => void }): JSX.Element {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choose = (event: { currentTarget: HTMLInputElement }): void => {
    const list = event.currentTarget.files;
    if (list) void props.onFiles(chosenFiles(list));
    event.currentTarget.value = "";
  };
  return (
    <div class="adding">
      <button type="button" disabled={props.disabled} onClick={props.onPaste}>{t.value.paste} <kbd>p</kbd></button>
      <button type="button" disabled={props.disabled} onClick={() => files.current?.click()}>{t.value.files}</button>
      <button type="button" disabled={props.disabled} onClick={() => folder.current?.click()}>{t.value.folder}</button>
      <input ref={files} type="file" multiple hidden aria-label={t.value.chooseFiles} onChange={choose} />
      <input ref={folder} type="file" multiple hidden aria-label={t.value.chooseFolder} {...{ webkitdirectory: true }} onChange={choose} />
    </div>
  );
}

export function Paste(props: { onClose: () => void; onText: (text: string) => void }): JSX.Element {
  const [text, setText] = useDraft("paste", "");
  const send = (): void => {
    if (!text.trim()) return;
    props.onText(text);
    setText("");
    props.onClose();
  };
  return (
    <Dialog title={t.value.pasteLabel} onClose={props.onClose}>
      <textarea autofocus rows={10} aria-label={t.value.pasteLabel} placeholder={t.value.pasteExample} value={text}
        onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) send(); }} />
      <div class="actions"><button type="button" onClick={props.onClose}>{t.value.cancel}</button><button type="button" class="primary" disabled={!text.trim()} onClick={send}>{t.value.labelIt}</button></div>
    </Dialog>
  );
}
