// The groups of documents that somebody has refused as classes: each can be looked at, and its refusal taken back.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { titleOf } from "../documents";
import { whileSaving } from "../saving";
import { attempt, changed, locale, notify, space, t } from "../state";
import type { RefusedGroup } from "../types";
import { Icon } from "../ui";
import { takenBack } from "./proposals";

const NAMED = 12; // documents of a group that are named

/** The groups that are refused. ``mark``: changes when one is refused on this page. */
export function useRefused(name: string, mark: unknown): RefusedGroup[] {
  const [groups, setGroups] = useState<RefusedGroup[]>([]);
  useEffect(() => {
    let isGone = false;
    api.refusedProposals(name).then((one) => { if (!isGone) setGroups(one.proposals); }, () => { if (!isGone) setGroups([]); }); // a service without discovery
    return () => { isGone = true; };
  }, [name, takenBack.value, changed.value, mark]);
  return groups;
}

export function RefusedList(props: { groups: RefusedGroup[] }): JSX.Element | null {
  const { groups } = props;
  const name = space.value;
  if (!groups.length) return null;
  const takeBack = (one: RefusedGroup): void => void attempt(async () => {
    await whileSaving(() => api.reconsiderProposal(name, one.key));
    takenBack.value = { ...one };
    notify(t.value.undone);
  });
  return (
    <details class="card refused">
      <summary>{t.value.refusedGroups(groups.length)}</summary>
      <p class="about">{t.value.refusedGroupsText}</p>
      <ul class="advice">
        {groups.map((one) => (
          <li key={one.key}>
            <span>
              <strong>{t.value.documents(one.size)}</strong> {one.terms.map((term) => <span key={term} class="chip">{term}</span>)}
              <small>{one.members.slice(0, NAMED).map(titleOf).join(", ")}{one.members.length > NAMED && " …"}</small>
              <small class="about"><time dateTime={one.at}>{new Date(one.at).toLocaleString(locale.value, { dateStyle: "medium", timeStyle: "short" })}</time></small>
            </span>
            <button type="button" onClick={() => takeBack(one)}><Icon name="undo" /> {t.value.takeBack}</button>
          </li>
        ))}
      </ul>
    </details>
  );
}
