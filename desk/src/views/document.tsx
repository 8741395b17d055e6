// One document: its answer, the evidence for it, and its text with what decided marked.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isFree, isOpen, titleOf } from "../documents";
import { acceptable, certainty, type Entry, fill, folderOf, isAwaited, isDecided, isWithheld, labelOf, labelsOf, ownLabels, uncalibrated, wordsOf } from "../entry";
import { type Content, contentHere, contentOf, explain, leaveOthers } from "../explanations";
import { attempt, changed, isSeveral, mayCurate, mayLabel, t, versionTag } from "../state";
import { withBlanks } from "../names";
import type { Answer, Evidence, Passage } from "../types";
import { Bar, Icon } from "../ui";
import { Removal } from "./removing";

const MOST_SHOWN = 60_000; // characters of a text

export function DocumentPane(props: {
  entry: Entry; next: Entry | null; onBack: () => void; onAccept: () => void; onTake: (label: string) => void; onOther: () => void; onNot: () => void; onNone: () => void; onUndo: () => void; onRemoved: () => void;
}): JSX.Element {
  const { entry } = props;
  const [detail, setDetail] = useState<{ key: string; answer: Answer | null } | null>(null);
  const [read, setRead] = useState<(Content & { key: string }) | null>(null);
  const [failed, setFailed] = useState(""); // the document that could not be explained
  useEffect(() => {
    if (!mayLabel.value) return;
    let isGone = false;
    leaveOthers(entry);
    /** What came of a question; undefined where nobody looks at the document any more. */
    const unlessGone = <T,>(request: Promise<T>): Promise<T | undefined> => request.then((one) => isGone ? undefined : one, (error: unknown) => {
      if (isGone) return undefined;
      setFailed(entry.key);
      throw error;
    });
    setFailed("");
    void attempt(async () => {
      const content = await unlessGone(contentOf(entry));
      if (content) setRead({ ...content, key: entry.key });
      if (isGone) return;
      const answer = await unlessGone(explain(entry));
      if (answer === undefined) return;
      setDetail({ key: entry.key, answer });
      if (props.next) { // so that it is there when its turn comes
        await unlessGone(contentOf(props.next));
        if (!isGone) await unlessGone(explain(props.next));
      }
    });
    return () => { isGone = true; };
  }, [entry.key, entry.has_text, versionTag.value, changed.value]);
  useEffect(() => () => leaveOthers(null), []);
  const content = contentHere(entry) ?? (read?.key === entry.key ? read : null);
  const current = detail?.key === entry.key ? detail : null;
  const isSought = mayLabel.value && isOpen(entry) && !current && failed !== entry.key;
  const answer = entry.answer; // what keys are about; the explanation may be of a version before or after
  const evidence = current?.answer?.evidence?.label === answer?.alternatives[0]?.label ? current?.answer?.evidence : null;
  return (
    <article class="document">
      <header>
        <button type="button" class="quiet back" onClick={props.onBack}><Icon name="back" /> {t.value.back}</button>
        <h2>{titleOf(entry)}</h2>
        {folderOf(entry) && <p class="source">{folderOf(entry)}</p>}
      </header>
      {answer && <AnswerCard {...props} answer={answer} />}
      {content?.image && <img class="picture" src={content.image} alt={entry.id} />}
      {!mayLabel.value ? <p class="about notice">{t.value.wordsHidden}</p>
        : !isOpen(entry) ? <p class="about">{t.value.noText}</p>
        : content?.text ? <MarkedText key={entry.key} text={content.text} passage={evidence?.passage ?? null} isSought={isSought} />
        : content?.image ? isSought && <Sought words={t.value.evidenceSought} />
        : !content && <section class="text-box">{failed !== entry.key && <Sought words={t.value.textSought} />}<p class="text">{entry.excerpt}</p></section>}
      {evidence && <Because evidence={evidence} title={nearTitle(answer)} />}
      <Removal entry={entry} takeBack={props.onRemoved} />
    </article>
  );
}

/** Says what is not here yet. What comes at once is not announced. */
function Sought(props: { words: string }): JSX.Element {
  return <p class="legend sought" role="status"><span class="spinner" aria-hidden="true" /> {props.words}</p>;
}

function AnswerCard(props: { entry: Entry; answer: Answer; onAccept: () => void; onTake: (label: string) => void; onOther: () => void; onNot: () => void; onNone: () => void; onUndo: () => void }): JSX.Element {
  const { entry, answer } = props;
  const ticks = entry.ticks;
  const awaited = isAwaited(entry);
  const decided = isDecided(entry) && ticks === undefined;
  const withheld = !decided && isWithheld(answer);
  const labels = ticks ?? ownLabels(entry);
  const label = ticks ? ticks.join(", ") || null : labelOf(entry);
  const preferred = wordsOf(labelsOf(answer));
  const [best, second] = answer.alternatives;
  const chance = certainty(answer);
  const canDecide = mayCurate.value && isFree(entry);
  return (
    <section class="answer card" aria-live="polite">
      <div class="headline">
        <div>
          <p class={`label ${label === null ? "none" : ""}`}>{decided && <Icon name="check" size={22} />}{label ?? (awaited ? t.value.awaited : withheld ? t.value.noAnswer : t.value.none)}</p>
          <p class="facts">
            {entry.isSent ? t.value.beingDecided : awaited ? t.value.awaitedFacts : ticks ? t.value.tickedFacts : decided ? t.value.confirmedAs : chance === null ? t.value.noProbability
              : label === null ? t.value.declinedFacts(best?.label ?? "", t.value.percent(chance), answer.none_probability === null ? "" : t.value.percent(answer.none_probability))
              : answer.labels && answer.labels.length > 1 ? answer.labels.map((one) => `${one.label} ${t.value.percent(one.probability ?? 0)}`).join(", ")
              : <span title={answer.chance === null ? t.value.probabilityIs : t.value.chanceIs}>{answer.chance === null ? t.value.probability : t.value.chance} {t.value.percent(chance)}</span>}
            {!decided && label !== null && answer.margin !== null && second && <> · {t.value.margin} {t.value.marginText(t.value.score(answer.margin), second.label)}</>}
            {entry.by === "person" && preferred !== wordsOf(ownLabels(entry)) && <> · {t.value.nowPrefers(preferred ?? t.value.none)}</>}
          </p>
        </div>
        {canDecide && (
          <div class="buttons">
            {decided
              ? <button type="button" onClick={props.onUndo}><Icon name="undo" /> {t.value.undo} <kbd>u</kbd></button>
              : (acceptable(entry).length > 0 || (best && !withheld)) && <button type="button" class="primary" disabled={awaited} onClick={props.onAccept}>{t.value.accept} <kbd>a</kbd></button>}
            {!decided && best && <button type="button" onClick={props.onNot}>{t.value.notThis(best.label)} <kbd>n</kbd></button>}
            <button type="button" onClick={props.onOther}>{isSeveral.value ? t.value.furtherClass : t.value.otherClass} <kbd>c</kbd></button>
          </div>
        )}
      </div>
      {best && (
        <ol class={`alternatives ${mayCurate.value ? "" : "read"}`}>
          {answer.alternatives.map((one, i) => {
            const share = certainty(one);
            return (
              <li key={one.label}>
                <button type="button" class="quiet" disabled={!canDecide} aria-pressed={isSeveral.value ? labels.includes(one.label) : undefined} onClick={() => props.onTake(one.label)}>
                  {mayCurate.value && <kbd aria-hidden="true">{i + 1}</kbd>}<span class="name">{one.label}{isSeveral.value && labels.includes(one.label) && <> <Icon name="check" size={14} /></>}</span><Bar share={fill(one)} /><span class="number">{awaited ? "" : share === null ? t.value.score(one.score) : t.value.percent(share)}</span>
                </button>
              </li>
            );
          })}
          <li>
            <button type="button" class="quiet" disabled={!canDecide} onClick={props.onNone}>
              {mayCurate.value && <kbd aria-hidden="true">0</kbd>}<span class="name none">{t.value.none}</span><Bar share={answer.none_probability ?? 0} /><span class="number">{answer.none_probability === null ? "" : t.value.percent(answer.none_probability)}</span>
            </button>
          </li>
        </ol>
      )}
      {!decided && !ticks && !awaited && chance === null && uncalibrated() && <p class="reason">{t.value.noProbabilityYet(t.value.ofService(uncalibrated()))}</p>}
      {!decided && !ticks && likelierNone(answer) && <p class="reason">{likelierNone(answer)}</p>}
      {answer.label === null && !decided && !awaited && <p class="reason">{reasonOf(answer)}</p>}
    </section>
  );
}

/** Why a document is answered that most likely belongs to none of the classes; empty where it does not. */
export function likelierNone(answer: Answer): string {
  const { label, chance, none_probability: none, score, threshold } = answer;
  if (label === null || answer.labels || chance === null || none === null || none <= chance) return "";
  return t.value.likelierNone(t.value.percent(none), score !== null && threshold !== null ? [t.value.score(score), t.value.score(threshold)] : null);
}

/** Why an answer is none: in the words of the page where its numbers say it, else in those of the service. */
export function reasonOf(answer: Answer): string {
  const [best] = answer.alternatives;
  if (!best || answer.labels) return t.value.atThisPage(answer.reason); // of several labels the threshold is a chance, and the score is none
  if (answer.threshold !== null && answer.score !== null && answer.score < answer.threshold) return t.value.belowThreshold(best.label, answer.score, answer.threshold) || t.value.atThisPage(answer.reason);
  if (isWithheld(answer)) return t.value.withheld(best.label, answer.reason) || t.value.atThisPage(answer.reason);
  if (answer.least_chance !== null && answer.chance !== null && answer.chance < answer.least_chance && !answer.levels?.length) return t.value.tooUnsure(best.label, answer.chance, answer.least_chance) || t.value.atThisPage(answer.reason);
  return t.value.atThisPage(answer.reason);
}

/** What the nearest examples are to a document: the ground of its answer, too far from it, or neither. */
function nearTitle(answer: Answer | null): string {
  if (answer === null || answer.label !== null) return t.value.because;
  const isFar = answer.threshold !== null && answer.score !== null && answer.score < answer.threshold;
  return isFar ? t.value.becauseNotNear : t.value.becauseNearest;
}

function Because(props: { evidence: Evidence; title: string }): JSX.Element {
  const { evidence } = props;
  return (
    <section class="because">
      {evidence.carried_by === "description" && evidence.description && (
        <><h3>{t.value.becauseDescription}</h3><blockquote>{evidence.description}</blockquote></>
      )}
      {evidence.examples.length > 0 && (
        <>
          <h3>{props.title}</h3>
          <ul>
            {evidence.examples.map((one) => (
              <li key={one.id}>
                {one.thumbnail && <img src={one.thumbnail} alt="" />}
                <span>{one.excerpt || one.source || one.id}</span>
                <span class="number" title={t.value.similarity}>{t.value.score(one.score)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Positions in the service count characters; those of JavaScript count UTF-16 units. */
function units(text: string, positions: number[]): number[] {
  if (!/[\ud800-\udfff]/.test(text)) return positions;
  const order = positions.map((p, i) => [p, i] as const).sort((a, b) => a[0] - b[0]);
  const result = [...positions];
  let at = 0;
  let unit = 0;
  for (const [position, i] of order) {
    while (at < position && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      at += 1;
    }
    result[i] = unit;
  }
  return result;
}

function MarkedText(props: { text: string; passage: Passage | null; isSought: boolean }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const placed = useRef(0); // where the page itself has scrolled to
  const { text, passage } = props;
  useEffect(() => {
    const mark = box.current?.querySelector("mark");
    if (!mark || !box.current || Math.abs(box.current.scrollTop - placed.current) > 1) return; // a person reads on elsewhere
    box.current.scrollTop = Math.max(0, mark.offsetTop - box.current.clientHeight / 3);
    placed.current = box.current.scrollTop;
  }, [text, passage?.start]);
  const spans = passage ? [passage, ...passage.words] : [];
  const edges = units(text, spans.flatMap((one) => [one.start, one.end]));
  const [from = 0, to = 0] = edges;
  const inWords = (at: number): boolean => spans.slice(1).some((_, i) => at >= (edges[2 * i + 2] ?? 0) && at < (edges[2 * i + 3] ?? 0));
  const first = from > MOST_SHOWN / 2 ? from - MOST_SHOWN / 2 : 0;
  const last = Math.min(text.length, first + MOST_SHOWN);
  const cuts = [...new Set([first, ...edges.filter((e) => e > first && e < last), last])].sort((a, b) => a - b);
  return (
    <section class="text-box" aria-busy={props.isSought}>
      {props.isSought && !passage && <Sought words={t.value.passageSought} />}
      {passage && <p class="legend"><mark>{t.value.becausePassage}</mark>{passage.page !== null && ` (${t.value.onPage(passage.page)})`}</p>}
      <div class="text" ref={box} tabIndex={0} role="group" aria-label={t.value.documentText}>
        {first > 0 && "… "}
        {cuts.slice(0, -1).map((cut, i) => {
          const part = withBlanks(text.slice(cut, cuts[i + 1])).replaceAll("\f", "\n\n");
          if (!passage || cut < from || cut >= to) return part;
          return <mark key={cut} class={inWords(cut) ? "words" : ""}>{part}</mark>;
        })}
        {last < text.length && " …"}
      </div>
    </section>
  );
}
