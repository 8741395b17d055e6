// Small parts that the views share. They know nothing of documents.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "./state";
import { isNameOfNone, noneNames, plain } from "./twins";

export function Empty(props: { title: string; children?: ComponentChildren; icon?: string }): JSX.Element {
  return (
    <div class="empty">
      <Icon name={props.icon ?? "inbox"} size={32} />
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

export function Loading(props: { text?: string }): JSX.Element {
  return <p class="loading" role="status"><span class="spinner" aria-hidden="true" /> {props.text ?? t.value.loading}</p>;
}

/** A modal dialog on the browser's own <dialog>: it keeps the focus, which begins on its first field, or else on its action; Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const title = useId();
  useLayoutEffect(() => { // before the next key: who types fast types into the dialog
    const dialog = box.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    const first = ["input, textarea, select", ".actions .primary", ".actions button"].map((one) => dialog?.querySelector<HTMLElement>(one)).find(Boolean);
    first?.focus(); // the browser begins on the button that closes it
    return () => { if (before instanceof HTMLElement) setTimeout(() => { if (before.isConnected && document.activeElement === document.body) before.focus(); }); };
  }, []);
  return (
    <dialog ref={box} aria-labelledby={title} onClose={props.onClose}
      onClick={(event) => { if (event.target === box.current) box.current?.close(); }}>
      <div class="dialog-content">
        <header>
          <h2 id={title}>{props.title}</h2>
          <button type="button" class="quiet icon" aria-label={t.value.close} onClick={() => box.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}

interface Option { name: string; kind: "class" | "none" | "new" }

/** Choose a class by a few letters, with the arrow keys, Enter and Escape; or name a new one. */
export function ClassPicker(props: {
  names: string[]; first?: string[]; allowNew: boolean; onChoose: (name: string) => void; onNone?: (() => void) | undefined;
}): JSX.Element {
  const [text, setText] = useState("");
  const [first] = useState(props.first ?? []); // the order stays while it is open
  const [at, setAt] = useState(props.first?.length === 0 ? -1 : 0); // where nothing is likely, Enter takes nothing by itself
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const options = useMemo(() => {
    const order = [...new Set([...first.filter((n) => props.names.includes(n)), ...props.names])];
    const sought = plain(text);
    const matching = order.filter((name) => plain(name).includes(sought));
    matching.sort((a, b) => Number(plain(b).startsWith(sought)) - Number(plain(a).startsWith(sought)));
    const rows: Option[] = matching.map((name) => ({ name, kind: "class" }));
    const exists = order.some((name) => plain(name) === sought);
    if (sought && props.onNone && noneNames().some((name) => plain(name).includes(sought))) rows.push({ name: t.value.none, kind: "none" });
    return sought && props.allowNew && !exists && !isNameOfNone(text) ? [...rows, { name: text.trim(), kind: "new" }] : rows;
  }, [text, props.names, first, props.allowNew, !props.onNone]);
  const choose = (i: number): void => {
    const option = options[i];
    if (option?.kind === "none") props.onNone?.();
    else if (option) props.onChoose(option.name);
  };
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at, options]);
  return (
    <div class="picker">
      <input autofocus type="text" role="combobox" aria-expanded="true" aria-controls={id} aria-label={t.value.filterClasses}
        aria-activedescendant={options[at] ? `${id}-${at}` : undefined} placeholder={t.value.filterClasses} value={text} autocomplete="off"
        onInput={(e) => { setText(e.currentTarget.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") { setAt(Math.min(at + 1, options.length - 1)); e.preventDefault(); }
          else if (e.key === "ArrowUp") { setAt(Math.max(at - 1, 0)); e.preventDefault(); }
          else if (e.key === "Enter") { choose(at); e.preventDefault(); }
          else if (e.key === "0" && !text && props.onNone) { props.onNone(); e.preventDefault(); }
          else if (/^[1-9]$/.test(e.key) && !text && options[Number(e.key) - 1]) { choose(Number(e.key) - 1); e.preventDefault(); }
        }} />
      <ul ref={list} id={id} role="listbox" aria-label={t.value.chooseClass}>
        {options.map((option, i) => (
          <li key={`${option.kind} ${option.name}`} id={`${id}-${i}`} role="option" aria-selected={i === at}
            onMouseMove={() => setAt(i)} onClick={() => choose(i)}>
            {!text && i < 9 && <kbd aria-hidden="true">{i + 1}</kbd>}
            {option.kind === "new" ? t.value.newClass(option.name) : option.name}
          </li>
        ))}
      </ul>
      {props.onNone && <button type="button" class="quiet" onClick={props.onNone}><kbd aria-hidden="true">0</kbd> {t.value.none}</button>}
    </div>
  );
}

/** Set the focus once the page is drawn anew, where what had it is gone: the next key is meant for what follows. */
export function focusNext(selector: string, always = false): void {
  requestAnimationFrame(() => setTimeout(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost || always) document.querySelector<HTMLElement>(selector)?.focus();
  }));
}

/** A bar for a share from 0 to 1; the number stands beside it as text. */
export function Bar(props: { share: number; kind?: string }): JSX.Element {
  return (
    <span class={`bar ${props.kind ?? ""}`} aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, props.share)) * 100}%` }} />
    </span>
  );
}

const PATHS: Record<string, string> = {
  start: "M5 21V4m0 0h11l-2 4 2 4H5",
  inbox: "M3 13l3-8h12l3 8v6H3zm0 0h5l1 3h6l1-3h5",
  classes: "M4 6h7v5H4zm9 0h7v5h-7zM4 13h7v5H4zm9 0h7v5h-7z",
  unknown: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4m0 3.2v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  map: "M6.5 8.5h.01M17 6h.01M12 12h.01M18 16h.01M8 17h.01M13.5 18.5h.01M4 4v16h16",
  health: "M3 12h4l3-7 4 14 3-7h4",
  history: "M3.5 12a8.5 8.5 0 1 0 2.7-6.2L3.5 8.3M3.5 4v4.3h4.3M12 7.5V12l3 2",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3L21 21",
  filter: "M4 6h16M7 12h10M10 18h4",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  check: "M5 12.5l4.5 4.5L19 7",
  plus: "M12 5v14M5 12h14",
  undo: "M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10h-2",
  back: "M15 5l-7 7 7 7",
  keyboard: "M3 7h18v10H3zm4 3.5h.01M10.5 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8",
  drop: "M12 4v11m0 0l-4-4m4 4l4-4M4 18v2h16v-2",
  lock: "M6 11h12v9H6zm3 0V8a3 3 0 0 1 6 0v3",
  cloud: "M4 4l16 16M8 8a5 5 0 0 0-2 9.5h10M12 6.5a5 5 0 0 1 5 4.5 3.5 3.5 0 0 1 2.5 5.8",
};

export function Icon(props: { name: string; size?: number }): JSX.Element {
  return (
    <svg class="glyph" width={props.size ?? 18} height={props.size ?? 18} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[props.name] ?? ""} />
    </svg>
  );
}
