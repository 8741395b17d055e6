// Proposed classes: groups of declined documents, each with its words and documents. Leave out what does not belong, name it, and it is.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type AcceptedProposal, api } from "../api";
import { noteDecision } from "../decisions";
import { entries, isOpen, load, remembersTexts, sentDocument, titleOf } from "../documents";
import { useDraft } from "../drafts";
import { type Entry, isAnswering } from "../entry";
import { announce, ChangeDialog } from "../flows";
import { NAME } from "../limits";
import { beginning } from "../names";
import { whileSaving } from "../saving";
import { attempt, mayCurate, notify, own, refresh, report, space, t } from "../state";
import type { Member as MemberOf, Proposal, Proposals } from "../types";
import { Icon } from "../ui";
import { KeepTexts } from "./adding";
import { Member } from "./member";

const MOST_CHARACTERS = 240; // characters of a text
const MOST_SENT = 5_000_000; // characters of the texts of one request, whose bytes the service bounds

/** The newest group whose refusal was taken back, here or after the person had left the view. */
export const takenBack = signal<Proposal | null>(null);

export function ProposalList(props: { discovery: Proposals; onDecided: (one: Proposal, isRefused: boolean) => void }): JSX.Element {
  const { discovery } = props;
  return (
    <>
      <p class="about notice">{t.value.groupProposed}</p>
      <div class="groups">{discovery.proposals.map((one) => <OneProposal key={one.key} one={one} onDecided={(isRefused) => props.onDecided(one, isRefused)} />)}</div>
    </>
  );
}

function OneProposal(props: { one: Proposal; onDecided: (isRefused: boolean) => void }): JSX.Element {
  const { one } = props;
  const [name, setName] = useDraft(`name of ${one.key}`, ""); // a person names it; the proposal is a hint
  const [description, setDescription] = useDraft(`description of ${one.key}`, one.description);
  const [left, setLeft] = useDraft<string[]>(`left out of ${one.key}`, []); // the keys of documents that do not belong there
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const texts = new Map(one.exemplars.map((exemplar) => [exemplar.key, exemplar.text]));
  const byKey = new Map(entries.value.map((entry) => [entry.key, entry]));
  const rows = all ? one.members : one.exemplars;
  const members = one.members.filter((member) => !left.includes(member.key));
  const isTextless = (member: MemberOf): boolean => !texts.get(member.key) && !hasText(member, byKey.get(member.key));
  const lacking = members.filter(isTextless).map((member) => member.key);
  const refusedTextless = one.members.filter((member) => left.includes(member.key) && isTextless(member)).length;
  const isAny = lacking.length < members.length;
  const question = [lacking.length && t.value.lackingTexts(lacking.length), refusedTextless && t.value.refusedTextless(refusedTextless)].filter(Boolean).join(" ");
  const refuse = (): void => void attempt(async () => {
    const where = space.value;
    await whileSaving(() => api.refuseProposal(where, one.key));
    props.onDecided(true);
    const takeBack = async (): Promise<void> => {
      await whileSaving(() => api.reconsiderProposal(where, one.key));
      takenBack.value = { ...one };
      notify(t.value.undone);
    };
    notify(t.value.refusedGroup(one.size), { name: t.value.undo, run: () => void attempt(takeBack) });
  });
  const label = name.trim();
  const isOld = isAnswering(label); // the group joins a class that there is
  const act = isOld ? t.value.addTo(label) : t.value.createClass;
  const accepted = (): AcceptedProposal => ({
    name: label, description: description.trim() || null, leave_out: left, pass_over: lacking,
    texts: textsHere(one.members.filter((member) => !(remembersTexts() && byKey.get(member.key)?.has_text))),
  });
  const accept = async (onlyAt?: string): Promise<import("../types").Change | null> => {
    try {
      const where = space.value;
      const outcome = await whileSaving(() => api.acceptProposal(where, one.key, accepted(), onlyAt));
      own.add(outcome.mark);
      const isNow = (key: string): boolean => !left.includes(key) && !lacking.includes(key);
      const subjects = one.members.filter((member) => isNow(member.key)).flatMap((member) => byKey.get(member.key) ?? []);
      noteDecision(where, subjects, label, subjects.length + left.length, outcome);
      announce(outcome, (isOld ? t.value.addedTo : t.value.created)(label, Number(outcome.detail.added ?? one.size)));
      props.onDecided(false);
      await refresh();
      await load();
      return outcome;
    } catch (error) {
      report(error);
      return null;
    }
  };
  return (
    <section class="card group" aria-label={one.name || one.key}>
      <header>
        <h2>{t.value.documents(one.size)} <span class="tag">{t.value.proposalKinds[one.kind] ?? one.kind}</span></h2>
        {one.nearest && <span class="about">{t.value.nearestClass(one.nearest.label)}</span>}
      </header>
      {one.terms.length > 0 && <p class="terms"><span class="about">{t.value.terms}</span> {one.terms.map((term) => <span key={term} class="chip">{term}</span>)}</p>}
      {mayCurate.value && <p class="about">{t.value.leaveOut}{left.length > 0 && <strong> {t.value.leftOut(left.length)}</strong>}</p>}
      <ul class="example-list">
        {rows.map((member) => (
          <OneMember key={member.key} member={member} entry={byKey.get(member.key)} text={texts.get(member.key) ?? null} isIn={!left.includes(member.key)}
            onTick={(isIn) => setLeft(isIn ? left.filter((key) => key !== member.key) : [...left, member.key])} />
        ))}
      </ul>
      {!all && one.members.length > one.exemplars.length && <button type="button" class="link" onClick={() => setAll(true)}>{t.value.showAll(one.members.length)}</button>}
      {mayCurate.value && (
        <form class="name-group" onSubmit={(e) => { e.preventDefault(); setAsking(true); }}>
          <input aria-label={`${t.value.nameGroup} ${one.key}`} placeholder={one.name ? `${t.value.nameGroup}: ${one.name}` : t.value.nameGroup} value={name} maxLength={NAME} required onInput={(e) => setName(e.currentTarget.value)} />
          <input aria-label={`${t.value.description} ${one.key}`} placeholder={t.value.description} value={description} onInput={(e) => setDescription(e.currentTarget.value)} />
          <button type="submit" class="primary" disabled={!label || !isAny}>{!isOld && <Icon name="plus" />} {act}</button>
          <button type="button" onClick={refuse}>{t.value.refuse}</button>
        </form>
      )}
      {mayCurate.value && !isAny && members.length > 0 && <><p class="about">{t.value.textsNeeded}</p><KeepTexts isEmpty={false} /></>}
      {asking && (
        <ChangeDialog title={isOld ? act : `${act}: ${label}`} text={question} body={{ key: one.key, left, lacking }} onClose={() => setAsking(false)}
          preview={() => api.previewProposal(space.value, one.key, accepted())} carryOut={accept} />
      )}
    </section>
  );
}

/** Whether the page or the service has the text of a document, so that it can be an example. */
function hasText(member: MemberOf, entry: Entry | undefined): boolean {
  const own = sentDocument(member.key);
  if (own) return !!own.text; // a picture has none
  return entry ? entry.has_text : remembersTexts(); // the list of the page ends somewhere
}

/** The texts of documents that this page has, by key, as many as go into one request. */
function textsHere(members: MemberOf[]): Record<string, string> {
  const texts: Record<string, string> = {};
  let characters = 0;
  for (const { key } of members) {
    const text = sentDocument(key)?.text;
    characters += text?.length ?? 0;
    if (characters > MOST_SENT) break;
    if (text) texts[key] = text;
  }
  return texts;
}

/** A document of a group, and whether it belongs there. */
function OneMember(props: { member: MemberOf; entry: Entry | undefined; text: string | null; isIn: boolean; onTick: (isIn: boolean) => void }): JSX.Element {
  const { member, entry } = props;
  const title = titleOf(entry ?? { ...member, excerpt: props.text ?? "" });
  const words = props.text ?? entry?.excerpt ?? "";
  const isReadable = entry ? isOpen(entry) : remembersTexts(); // the list of the page ends somewhere
  return (
    <Member document={entry ?? { key: member.key, has_text: true }} title={title} label={t.value.belongs(title)} isReadable={isReadable} isIn={props.isIn} class={props.isIn ? "" : "left-out"} words={beginning(words, MOST_CHARACTERS)}
      {...(mayCurate.value ? { onTick: props.onTick } : {})} />
  );
}
