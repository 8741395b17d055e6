// Proposed classes: groups of declined documents, each with its words and exemplars. Name one, and it is.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api";
import { load } from "../documents";
import { useDraft } from "../drafts";
import { ChangeDialog } from "../flows";
import { beginning } from "../names";
import { NAME } from "../limits";
import { attempt, mayCurate, notify, own, refresh, report, space, t } from "../state";
import type { Proposal, Proposals } from "../types";
import { Icon } from "../ui";

const SHOWN = 240; // characters of a text

export function ProposalList(props: { discovery: Proposals; onRefused: (key: string) => void }): JSX.Element {
  const { discovery } = props;
  return (
    <>
      <p class="about notice">{t.value.groupProposed} {discovery.noise !== null && discovery.noise > 0 && t.value.noise(discovery.noise)}</p>
      <div class="groups">{discovery.proposals.map((one) => <OneProposal key={one.key} one={one} onRefused={() => props.onRefused(one.key)} />)}</div>
    </>
  );
}

function OneProposal(props: { one: Proposal; onRefused: () => void }): JSX.Element {
  const { one } = props;
  const [name, setName] = useDraft(`name of ${one.key}`, ""); // a person names it; the proposal is a hint
  const [description, setDescription] = useDraft(`description of ${one.key}`, one.description);
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const texts = new Map(one.exemplars.map((exemplar) => [exemplar.key, exemplar.text]));
  const rows = all ? one.members : one.exemplars;
  const refuse = (): void => void attempt(async () => {
    await api.refuseProposal(space.value, one.key);
    props.onRefused();
  });
  const words = (): string | null => description.trim() || null;
  const accept = async (onlyAt?: string): Promise<import("../types").Change | null> => {
    try {
      const made = await api.acceptProposal(space.value, one.key, name.trim(), words(), onlyAt);
      own.add(made.mark);
      notify(t.value.created(name.trim(), Number(made.detail.added ?? one.size)));
      props.onRefused();
      await refresh();
      await load();
      return made;
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
      <ul class="example-list">
        {rows.map((member) => <li key={member.key}><strong>{member.id}</strong>{texts.get(member.key) && <><br />{beginning(texts.get(member.key) ?? "", SHOWN)}</>}</li>)}
      </ul>
      {!all && one.members.length > one.exemplars.length && <button type="button" class="link" onClick={() => setAll(true)}>{t.value.showAll(one.members.length)}</button>}
      {mayCurate.value && (
        <form class="name-group" onSubmit={(e) => { e.preventDefault(); setAsking(true); }}>
          <input aria-label={`${t.value.nameGroup} ${one.key}`} placeholder={one.name ? `${t.value.nameGroup}: ${one.name}` : t.value.nameGroup} value={name} maxLength={NAME} required onInput={(e) => setName(e.currentTarget.value)} />
          <input aria-label={`${t.value.description} ${one.key}`} placeholder={t.value.description} value={description} onInput={(e) => setDescription(e.currentTarget.value)} />
          <button type="submit" class="primary" disabled={!name.trim()}><Icon name="plus" /> {t.value.createClass}</button>
          <button type="button" onClick={refuse}>{t.value.refuse}</button>
        </form>
      )}
      {asking && (
        <ChangeDialog title={`${t.value.createClass}: ${name.trim()}`} body={{ key: one.key }} onClose={() => setAsking(false)}
          preview={() => api.previewProposal(space.value, one.key, name.trim(), words())} carryOut={accept} />
      )}
    </section>
  );
}
