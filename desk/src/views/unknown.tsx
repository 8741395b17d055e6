// Documents that no class explains, in groups: name a group and it is a class.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { arrivals } from "../arrivals";
import { announceDecision, decide } from "../decisions";
import { entries, isOpen, load, loaded, titleOf } from "../documents";
import { useDraft } from "../drafts";
import { type Entry, folderOf, isAwaited } from "../entry";
import { run } from "../jobs";
import { NAME } from "../limits";
import { answering, attempt, changed, info, mayCurate, space, t } from "../state";
import type { Proposal, Proposals } from "../types";
import { Empty, Icon, Loading } from "../ui";
import { ProposalList, takenBack } from "./proposals";

export function UnknownView(): JSX.Element {
  const [discovery, setDiscovery] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const order = useRef<string[]>([]); // of the groups: the largest first, and those that come later below
  useEffect(() => void attempt(load), [changed.value, arrivals.value]);
  useEffect(() => {
    const back = takenBack.value?.size ?? 0;
    api.proposals(space.value).then(
      ({ proposals, ...rest }) => setDiscovery((now) => now ? { ...now, proposals, refused: now.refused && Math.max(0, now.refused - back) } : { ...rest, proposals }),
      () => setDiscovery(null)); // a service without discovery
  }, [takenBack.value]);
  const take = (one: Proposal, isRefused: boolean): void => setDiscovery((now) => now && {
    ...now, isPast: true, proposals: now.proposals.filter((other) => other.key !== one.key), refused: isRefused ? (now.refused ?? 0) + one.size : now.refused,
  });
  const discover = async (smallest?: number): Promise<void> => {
    const name = space.value;
    setBusy(true);
    await attempt(async () => {
      const job = await run(name, { kind: "discover", ...(smallest === undefined ? {} : { least: smallest }) }, () => t.value.discovering);
      if (!job) return;
      const { documents = 0, copies = 0, noise = 0, refused = 0, left_out = 0, enough = null, like_refused = 0, least } = job.counts;
      setDiscovery({ ...await api.proposals(name), documents, copies, noise, refused, left_out, enough, like_refused, least });
    });
    setBusy(false);
  };
  const declined = useMemo(
    () => entries.value.filter((one) => one.by !== "person" && !isAwaited(one) && one.answer !== null && one.answer.label === null),
    [entries.value]);
  if (loaded.value !== space.value) return <Loading />;
  const answeredStrangers = info.value?.answered_strangers ?? null;
  const byClass = Map.groupBy(declined, (one) => one.answer?.alternatives[0]?.label ?? "");
  const added = [...byClass].filter(([label]) => !order.current.includes(label)).sort(([, a], [, b]) => b.length - a.length);
  order.current = [...order.current.filter((label) => byClass.has(label)), ...added.map(([label]) => label)];
  const proposed = new Set(discovery?.proposals.flatMap((one) => one.members.map((member) => member.key)));
  const groups = order.current
    .map((label): [string, Entry[]] => [label, (byClass.get(label) ?? []).filter((one) => !proposed.has(one.key))])
    .filter(([, rows]) => rows.length);
  return (
    <div class="page">
      <h1>{t.value.unknownTitle}</h1>
      <p class="lead">{t.value.unknownLead}</p>
      {declined.length === 0
        ? cannotDecline()
          ? <Empty icon="unknown" title={t.value.unknownNotYet}><p>{t.value.unknownNoThreshold}</p>{answering.value.length > 0 && <p>{t.value.ofService(cannotDecline())}</p>}</Empty>
          : answeredStrangers !== null
            ? <Empty icon="unknown" title={t.value.unknownEmpty}><p>{t.value.unknownAnswered(t.value.percent(answeredStrangers))}</p><p>{t.value.unknownAnsweredDo}</p></Empty>
            : <Empty icon="check" title={t.value.unknownEmpty}><p>{t.value.unknownEmptyText}</p></Empty>
        : <>
            {mayCurate.value && discovery && (
              <div class="finding card">
                {!discovery.proposals.length && (discovery.refused || (discovery.documents && !discovery.isPast)) ? <Nothing found={discovery} /> : <p>{t.value.discoverText}</p>}
                {busy ? <p class="loading" role="status"><span class="spinner" aria-hidden="true" /> {t.value.discovering}</p>
                  : <button type="button" class={discovery?.proposals.length ? "" : "primary"} onClick={() => void discover()}>{discovery.documents ? t.value.discoverAgain : t.value.discover}</button>}
                {!busy && discovery.enough !== null && !discovery.proposals.length && (
                  <button type="button" onClick={() => void discover(discovery.enough ?? undefined)}>{t.value.discoverSmaller(discovery.enough)}</button>
                )}
              </div>
            )}
            {discovery && discovery.proposals.length > 0 && <ProposalList discovery={discovery} onDecided={take} />}
            {groups.length > 0 && <>
              <p class="about notice">{proposed.size > 0 && t.value.groupOthers} {t.value.groupHonest}</p>
              <div class="groups">{groups.map(([label, rows]) => <Group key={label} nearest={label} rows={rows} />)}</div>
            </>}
          </>}
    </div>
  );
}

/** The proposals; after a look for groups also how many documents one needs, and whether a person has decided on one since. */
type Found = Proposals & { least?: number | undefined; isPast?: boolean };

/** What a look for groups has found where it proposes none, and what to do. */
function Nothing({ found }: { found: Found }): JSX.Element {
  const { documents, copies, noise, refused, left_out, least, enough, like_refused, isPast } = found;
  return (
    <>
      {documents !== null && <p>{t.value.discoverNothing(documents, copies ?? 0)}</p>}
      {!!refused && <p>{t.value.discoverRefused(refused)}</p>}
      {!!left_out && <p>{t.value.discoverLeftOut(left_out)}</p>}
      {!!like_refused && <p>{t.value.discoverLikeRefused(like_refused)}</p>}
      {!!noise && least !== undefined && enough !== null && <p>{t.value.discoverFewer(least, enough)}</p>}
      {!!noise && least !== undefined && enough === null && !like_refused && !isPast && <p>{t.value.discoverAlone(least, !refused)}</p>}
      {(noise ?? 0) > (like_refused ?? 0) && <p>{t.value.discoverYourself}</p>}
    </>
  );
}

/** Why nothing can be declined yet; empty where something can. */
function cannotDecline(): string {
  const about = info.value;
  if (!about || about.settings.threshold !== "auto") return "";
  return typeof about.calibration.reason === "string" ? about.calibration.reason : "";
}

function Group(props: { nearest: string; rows: Entry[] }): JSX.Element {
  const [name, setName] = useDraft(`name of a group near ${props.nearest}`, "");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set()); // nobody says that they belong together
  const open = props.rows.filter(isOpen);
  const usable = open.filter((one) => picked.has(one.key));
  const create = (event: Event): void => {
    event.preventDefault();
    const label = name.trim();
    setName("");
    decide(new Map(usable.map((one) => [one, [label]])));
    announceDecision(t.value.created(label, usable.length));
  };
  return (
    <section class="card group">
      <header><h2>{props.nearest ? t.value.nearestClass(props.nearest) : t.value.noNearest}</h2><span class="number">{t.value.documents(props.rows.length)}</span></header>
      <ul class="example-list">
        {props.rows.map((one) => (
          <li key={one.key}>
            <label>
              {mayCurate.value && isOpen(one) && <input type="checkbox" checked={picked.has(one.key)} onChange={(e) => {
                const next = new Set(picked);
                if (e.currentTarget.checked) next.add(one.key); else next.delete(one.key);
                setPicked(next);
              }} />}
              <span><strong>{titleOf(one)}</strong><br />{one.excerpt || folderOf(one)}{!isOpen(one) && <span class="about"> {t.value.noTextHere}</span>}</span>
            </label>
          </li>
        ))}
      </ul>
      {mayCurate.value && (open.length
        ? <form class="name-group" onSubmit={create}>
            <input aria-label={`${t.value.nameGroup}: ${props.nearest}`} placeholder={t.value.nameGroup} value={name} maxLength={NAME} required onInput={(e) => setName(e.currentTarget.value)} />
            <button type="submit" class="primary" disabled={!name.trim() || !usable.length}><Icon name="plus" /> {t.value.createClass}</button>
            {usable.length < open.length && <button type="button" class="quiet" onClick={() => setPicked(new Set(open.map((one) => one.key)))}>{t.value.chooseAll(open.length)}</button>}
          </form>
        : <p class="about">{info.value?.settings.remember === "text" ? "" : t.value.textsNeeded}</p>)}
    </section>
  );
}
