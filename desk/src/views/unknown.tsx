// The view of documents that no class explains: a look for groups, the groups that are proposed, and the rest.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../api";
import { arrivals } from "../arrivals";
import { undo } from "../decisions";
import { entries, load, loaded } from "../documents";
import { type Entry, isAwaited, isWithheld, uncalibrated } from "../entry";
import { run } from "../jobs";
import { isTyping, useKeys } from "../keys";
import { answering, attempt, changed, info, mayCurate, space, t } from "../state";
import type { Proposal, Proposals } from "../types";
import { Empty, Loading } from "../ui";
import { DeclinedList } from "./declined";
import { ProposalList, takenBack } from "./proposals";
import { RefusedList, useRefused } from "./refused";

export function UnknownView(): JSX.Element {
  const [discovery, setDiscovery] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const order = useRef<string[]>([]); // of the groups: the largest first, and those that come later below
  useEffect(() => void attempt(load), [changed.value, arrivals.value]);
  const lastBack = useRef(takenBack.value); // the refusal that was taken back last, as the counts have it
  useEffect(() => {
    const back = lastBack.current === takenBack.value ? 0 : takenBack.value?.size ?? 0;
    lastBack.current = takenBack.value;
    api.proposals(space.value).then(
      ({ proposals, ...rest }) => setDiscovery((last) => last ? { ...last, proposals, refused: last.refused && Math.max(0, last.refused - back) } : { ...rest, proposals }),
      () => setDiscovery(null)); // a service without discovery
  }, [takenBack.value, changed.value]);
  const refused = useRefused(space.value, discovery?.refused);
  useKeys((event) => {
    if (event.key === "u" && mayCurate.value && !isTyping(event)) undo();
  });
  const take = (one: Proposal, isRefused: boolean): void => setDiscovery((last) => last && {
    ...last, isPast: true, proposals: last.proposals.filter((other) => other.key !== one.key), refused: isRefused ? (last.refused ?? 0) + one.size : last.refused,
  });
  const discover = async (smallest?: number): Promise<void> => {
    const name = space.value;
    setBusy(true);
    await attempt(async () => {
      const job = await run(name, { kind: "discover", ...(smallest === undefined ? {} : { least: smallest }) }, () => t.value.discovering);
      if (!job) return;
      const { documents = 0, copies = 0, noise = 0, refused = 0, left_out = 0, enough = null, like_refused = 0, least } = job.counts;
      setDiscovery({ ...await api.proposals(name), documents, compared: documents, copies, noise, refused, left_out, enough, like_refused, least });
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
  const grouped = new Set([...proposed, ...refused.flatMap((one) => one.members.map((member) => member.key))]);
  const ungrouped = grouped.size ? declined.filter((one) => !grouped.has(one.key)).length : 0; // where no group was looked for, none is missed
  const groups = order.current
    .map((label): [string, Entry[]] => [label, (byClass.get(label) ?? []).filter((one) => !proposed.has(one.key))])
    .filter(([, rows]) => rows.length);
  const refusals = mayCurate.value && discovery && <RefusedList groups={refused} />;
  return (
    <div class="page">
      <h1>{t.value.unknownTitle}</h1>
      <p class="lead">{leadOf(declined)} {mayCurate.value && t.value.unknownDo}</p>
      {declined.length === 0
        ? cannotDecline()
          ? <Empty icon="unknown" title={t.value.unknownNotYet}><p>{t.value.unknownNoThreshold} {mayCurate.value && t.value.unknownNoThresholdDo}</p>{answering.value.length > 0 && <p>{t.value.ofService(cannotDecline())}</p>}</Empty>
          : answeredStrangers !== null
            ? <Empty icon="unknown" title={t.value.unknownEmpty}><p>{t.value.unknownAnswered(t.value.percent(answeredStrangers))}</p>{mayCurate.value && <p>{t.value.unknownAnsweredDo}</p>}</Empty>
            : <Empty icon="check" title={t.value.unknownEmpty}><p>{t.value.unknownEmptyText}</p></Empty>
        : <>
            {mayCurate.value && discovery && (
              <div class="finding card">
                {!discovery.proposals.length && (discovery.refused || (discovery.compared && !discovery.isPast)) ? <Nothing outcome={discovery} /> : <p>{t.value.discoverText}</p>}
                {busy ? <p class="loading" role="status"><span class="spinner" aria-hidden="true" /> {t.value.discovering}</p>
                  : <button type="button" class={discovery?.proposals.length ? "" : "primary"} onClick={() => void discover()}>{discovery.documents ? t.value.discoverAgain : t.value.discover}</button>}
                {!busy && discovery.enough !== null && !discovery.proposals.length && (
                  <button type="button" onClick={() => void discover(discovery.enough ?? undefined)}>{t.value.discoverSmaller(discovery.enough)}</button>
                )}
              </div>
            )}
            {refusals}
            {discovery && discovery.proposals.length > 0 && <ProposalList discovery={discovery} onDecided={take} />}
            {ungrouped > 0 && <p class="about notice" role="status">{t.value.noise(ungrouped)}</p>}
            {groups.length > 0 && <DeclinedList groups={groups} isRest={proposed.size > 0} />}
          </>}
      {declined.length === 0 && refusals}
    </div>
  );
}

/** The proposals; after a look for groups also how many documents it compared and how many a group needs, and whether a person has decided on one since. */
type Found = Proposals & { compared?: number; least?: number | undefined; isPast?: boolean };

/** What a look for groups has found where it proposes none, and what to do. */
function Nothing({ outcome }: { outcome: Found }): JSX.Element {
  const { compared, copies, noise, refused, left_out, least, enough, like_refused, isPast } = outcome;
  return (
    <>
      {compared !== undefined && <p>{t.value.discoverNothing(compared, copies ?? 0)}</p>}
      {!!refused && <p>{t.value.discoverRefused(refused)}</p>}
      {!!left_out && <p>{t.value.discoverLeftOut(left_out)}</p>}
      {!!like_refused && <p>{t.value.discoverLikeRefused(like_refused)}</p>}
      {!!noise && least !== undefined && enough !== null && <p>{t.value.discoverFewer(least, enough)}</p>}
      {!!noise && least !== undefined && enough === null && !like_refused && !isPast && <p>{t.value.discoverAlone(least, !refused)}</p>}
      {(noise ?? 0) > (like_refused ?? 0) && <p>{t.value.discoverYourself}</p>}
    </>
  );
}

/** Why these documents are declined: none is sure enough, or all are too far, or nothing can be promised. */
function leadOf(declined: Entry[]): string {
  if (declined.some((one) => isWithheld(one.answer))) return t.value.unknownLeadWithheld;
  return declined.some((one) => one.answer?.least_chance != null) ? t.value.unknownLeadUnsure : t.value.unknownLead;
}

/** Why nothing can be declined yet; empty where something can. */
function cannotDecline(): string {
  return info.value?.settings.threshold === "auto" ? uncalibrated() : "";
}
