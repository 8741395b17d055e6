// How documents come into the inbox by hand: files, a folder, a pasted text; and whether their texts are kept.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { api } from "../api";
import { chosenFiles, type DroppedFile } from "../drop";
import { useDraft } from "../drafts";
import { attempt, info, notify, refresh, session, space, t } from "../state";
import { Dialog } from "../ui";

export function KeepTexts(): JSX.Element {
  return (
    <div class="card hint">
      <p>{info.value?.follows ? t.value.keepTextsOfFolder : t.value.keepTextsText}</p>
      {session.value?.role !== "admin" ? <p>{t.value.keepTextsByAdmin}</p> : <button type="button" onClick={() => void attempt(async () => {
        await api.remember(space.value, "text");
        await refresh();
        notify(t.value.keepTextsDone);
      })}>{t.value.keepTexts}</button>}
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
