// The frame: who is here, where one can go, what has happened. Each view is a part of its own.
import type { ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, Failure } from "./api";
import { failures } from "./intake";
import { progress } from "./progress";
import { overdue } from "./saving";
import { isTyping } from "./keys";
import { later } from "./later";
import { languages, type Language } from "./strings";
import {
  attempt, begin, closeErrors, dismiss, go, info, isExpelled, isOnline, isSeveral, language, mayCurate, mayLabel, messages, phase, sentenceOf, session, space,
  spaces, t, theme, view, type ViewName, views,
} from "./state";
import { Replaced } from "./replaced";
import { Dialog, Empty, Icon, Loading } from "./ui";
import { ClassesView } from "./views/classes";
import { DecliningBanner } from "./views/declining";
import { UnreadOfFolder } from "./views/followed";
import { InboxView } from "./views/inbox";
import { StartView } from "./views/start";
import { UnknownView } from "./views/unknown";

const HealthView = later(() => import("./views/health").then((one) => one.HealthView));
const HistoryView = later(() => import("./views/history").then((one) => one.HistoryView));
const MapView = later(() => import("./views/map").then((one) => one.MapView));
const CONTENT: Record<ViewName, ComponentType> = {
  start: StartView, inbox: InboxView, classes: ClassesView, unknown: UnknownView,
  map: MapView, health: HealthView, history: HistoryView,
};
const LETTERS: Record<string, ViewName> = {
  s: "start", i: "inbox", c: "classes", u: "unknown", m: "map", h: "health", y: "history",
};

export function App(): JSX.Element {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    let pending = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || phase.value !== "ready") return;
      const to = LETTERS[event.key];
      if (event.key === "?") setHelp(true);
      else if (event.key === "g") pending = Date.now();
      else if (to && views.value.includes(to) && Date.now() - pending < 1500) {
        pending = 0;
        go(to);
        event.stopImmediatePropagation();
      }
    };
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);
  useEffect(closeErrors, [view.value, space.value]); // they were about the view before
  useEffect(() => {
    document.title = `${t.value[view.value]} · ${space.value || "protolabel"}`;
  }, [view.value, space.value, language.value]);
  if (phase.value === "loading") return <main class="alone"><Loading /></main>;
  if (phase.value === "signed-out") return <SignIn />;
  if (phase.value === "offline") return <main class="alone"><Empty icon="cloud" title={t.value.offlineTitle}><p>{t.value.offlineText}</p></Empty></main>;
  if (phase.value === "empty") return <main class="alone"><Empty title={t.value.noSpace} /></main>;
  const Content = CONTENT[view.value];
  return (
    <div class="frame">
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); document.getElementById("content")?.focus(); }}>{t.value.skip}</a>
      <Navigation onHelp={() => setHelp(true)} />
      <main id="content" tabIndex={-1}>
        {!isOnline.value && <p class="banner warn" role="alert"><Icon name="cloud" /> <strong>{t.value.offlineTitle}.</strong> {t.value.offlineText} {t.value.offlineDecisions}</p>}
        <Replaced />
        {!mayCurate.value && <p class="banner"><Icon name="lock" /> {session.value?.read_only ? t.value.readOnlyService : mayLabel.value ? t.value.labelOnly : t.value.readOnly}</p>}
        <Unread />
        {view.value === "inbox" && <UnreadOfFolder />}
        {(view.value === "inbox" || view.value === "unknown") && <DecliningBanner key={space.value} />}
        {info.value ? <Content key={space.value} /> : <Loading />}
      </main>
      <Messages />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

function Navigation(props: { onHelp: () => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  const who = session.value;
  return (
    <nav class={open ? "open" : ""} aria-label={t.value.menu}>
      <div class="brand">
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
          <rect class="brand-tile" width="32" height="32" rx="8" /><circle class="brand-dot" cx="11" cy="20" r="5" />
          <circle class="brand-dot" cx="22" cy="21" r="2.6" /><circle class="brand-dot" cx="19" cy="11" r="3.6" />
        </svg>
        {spaces.value.length > 1
          ? <select aria-label={t.value.space} value={space.value} onChange={(e) => go(view.value, e.currentTarget.value)}>
              {spaces.value.map((name) => <option key={name}>{name}</option>)}
            </select>
          : <strong title={space.value}>{space.value}</strong>}
        <span class="here">{t.value[view.value]}</span>
        <button type="button" class="quiet icon burger" aria-expanded={open} aria-label={t.value.menu} onClick={() => setOpen(!open)}>
          <Icon name={open ? "close" : "menu"} />
        </button>
      </div>
      <div class="foldable">
        <ul>
          {views.value.map((name) => (
            <li key={name}>
              <a href={`#/${encodeURIComponent(space.value)}/${name}`} aria-current={view.value === name ? "page" : undefined} onClick={() => setOpen(false)}>
                <Icon name={name} /> {t.value[name]}
              </a>
            </li>
          ))}
        </ul>
        <div class="corner">
          <label>{t.value.theme}
            <select value={theme.value} onChange={(e) => { theme.value = e.currentTarget.value; }}>
              <option value="auto">{t.value.themeAuto}</option><option value="light">{t.value.themeLight}</option><option value="dark">{t.value.themeDark}</option>
            </select>
          </label>
          <label>{t.value.languageChoice}
            <select value={language.value} onChange={(e) => { language.value = e.currentTarget.value as Language; }}>
              {Object.entries(languages).map(([code, one]) => <option key={code} value={code} lang={code}>{one.language}</option>)}
            </select>
          </label>
          <button type="button" class="quiet" onClick={props.onHelp}><Icon name="keyboard" /> {t.value.keyboard} <kbd>?</kbd></button>
          {who?.name
            ? <p class="who">{who.name}, {t.value.roles[who.role]}<br />
                <button type="button" class="link" onClick={() => void attempt(async () => { await api.signOut(); isExpelled.value = false; phase.value = "signed-out"; })}>{t.value.signOut}</button>
              </p>
            : <p class="who">{t.value.anybody}</p>}
        </div>
      </div>
    </nav>
  );
}

function SignIn(): JSX.Element {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [problem]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem("");
    try {
      await api.signIn(key.trim());
      isExpelled.value = false;
      await begin();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      setProblem(error.status === 401 ? t.value.signInWrong : sentenceOf(error));
    }
  };
  return (
    <main class="alone">
      <form class="card sign-in" onSubmit={(e) => void submit(e)}>
        <h1>{t.value.signInTitle}</h1>
        {isExpelled.value && <p class="problem" role="status">{t.value.signedOut}</p>}
        <p>{t.value.signInText}</p>
        <label>{t.value.key}
          <input ref={field} type="password" name="key" autocomplete="current-password" required value={key} onInput={(e) => setKey(e.currentTarget.value)}
            aria-invalid={problem !== ""} aria-describedby="wrong" />
        </label>
        <p id="wrong" class="problem" role="alert">{problem}</p>
        <button type="submit" class="primary">{t.value.signIn}</button>
      </form>
    </main>
  );
}

/** The files that could not be read, above the view where they were added: they cover nothing. */
function Unread(): JSX.Element | null {
  if (!failures.value.length) return null;
  return (
    <div class="banner bad" role="alert">
      <details>
        <summary>{t.value.notRead(failures.value.length)}</summary>
        {t.value.serviceLanguage && <p class="about">{t.value.serviceLanguage}</p>}
        <ul>{failures.value.map((one) => <li key={one.name}><strong>{one.name}</strong>: {one.reason}</li>)}</ul>
      </details>
      <button type="button" class="quiet icon" aria-label={t.value.close} onClick={() => { failures.value = []; }}><Icon name="close" /></button>
    </div>
  );
}

function Messages(): JSX.Element {
  const work = progress.value;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { // the views leave room below, so that nothing of them stays covered
    const one = box.current;
    if (!one) return;
    const watcher = new ResizeObserver(() => {
      const height = one.offsetHeight;
      document.documentElement.style.setProperty("--messages", `${height ? height + 12 : 0}px`);
    });
    watcher.observe(one);
    return () => watcher.disconnect();
  }, []);
  return (
    <div class="messages" ref={box}>
      {work && (
        <div class="message" role="status">
          <p>{work.text}</p>
          <progress value={work.share} max={1} aria-label={work.text} />
          <button type="button" class="quiet" onClick={work.stop}>{t.value.stop}</button>
        </div>
      )}
      {overdue.value > 0 && isOnline.value && (
        <div class="saving" role="status"><span class="spinner" aria-hidden="true" /><p>{t.value.saving(overdue.value)}</p></div>
      )}
      <div aria-live="polite" class="live">
        {messages.value.map((one) => (
          <div key={one.id} class={`message ${one.kind}`} role={one.kind === "error" ? "alert" : undefined}>
            <p>{one.kind === "error" && <strong>{t.value.errorTitle}: </strong>}{one.text}{one.more && <small>{one.more}</small>}</p>
            {one.action && <button type="button" class="quiet" onClick={() => { one.action?.run(); dismiss(one.id); }}>{one.action.name}</button>}
            <button type="button" class="quiet icon" aria-label={t.value.close} onClick={() => dismiss(one.id)}><Icon name="close" /></button>
          </div>
        ))}
      </div>
    </div>
  );
}

function Help(props: { onClose: () => void }): JSX.Element {
  const decisions: [string[], string][] = [
    [["a", "Enter"], isSeveral.value ? t.value.keysAcceptAll : t.value.keysAccept], [["1", "…", "9"], isSeveral.value ? t.value.keysTick : t.value.keysNumber], [["n"], t.value.keysNot], [["0"], t.value.keysNone],
    [["c"], isSeveral.value ? t.value.keysFurther : t.value.keysOther], [["u"], t.value.keysUndo],
  ];
  const choices: [string[], string][] = [
    [["x"], t.value.keysChoose], [["Shift", "↑", "↓"], t.value.keysExtend], [["Shift", "X"], t.value.keysChooseAll], [["Delete"], t.value.keysRemove],
  ];
  const letters = Object.entries(LETTERS).flatMap(([letter, to]) => views.value.includes(to) ? letter : []);
  const rows: [string[], string][] = [
    [["j", "k"], t.value.keysMove], [["/"], t.value.keysSearch], ...(mayCurate.value ? choices : []), ...(mayCurate.value ? decisions : []), ...(mayLabel.value ? [[["p"], t.value.keysPaste] satisfies [string[], string]] : []),
    ...(mayCurate.value ? [[["L"], t.value.keysLasso] satisfies [string[], string]] : []), [["0"], t.value.keysShowAll],
    [["g", letters.join(" ")], t.value.keysViews], [["?"], t.value.keysHelp],
  ];
  return (
    <Dialog title={t.value.keysTitle} onClose={props.onClose}>
      <dl class="keys">
        {rows.map(([keys, text]) => (
          <div key={text}><dt>{keys.map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{text}</dd></div>
        ))}
      </dl>
    </Dialog>
  );
}
