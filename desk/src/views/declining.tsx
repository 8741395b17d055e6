// Says at the top of a view that every document is declined at present, why, and what can be done about it.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { namesPossible } from "../remedies";
import { change, go, info, mayCurate, notify, t, versionTag } from "../state";
import { asSentence } from "../too_large";
import { Icon } from "../ui";

const ALL = /^every document is declined: (?:the target )?/;

export function DecliningBanner(): JSX.Element | null {
  const last = useRef(""); // while a new version is measured, what was said last stands
  const { refusal = "", lacking = [], settings } = info.value ?? {};
  if (!lacking.includes("calibration")) last.current = refusal;
  const isSet = (settings?.target ?? "none") !== "none" || typeof settings?.threshold === "number";
  if (!last.current || !isSet) return null;
  const drop = async (): Promise<void> => {
    if (await change({ kind: "configure", values: { target: "none", threshold: "auto" } }, versionTag.value)) notify(t.value.limitDropped);
  };
  const isOther = typeof settings?.threshold === "number" || namesPossible(last.current);
  const words = ALL.test(last.current) ? t.value.noneAnswered(t.value.ofService(last.current.replace(ALL, ""))) : asSentence(t.value.ofService(last.current));
  return (
    <div class="banner warn declining" role="status">
      <p><Icon name="unknown" /> {words} {mayCurate.value && t.value.limitRemedy(isOther)}</p>
      {mayCurate.value && <div class="actions start"><button type="button" onClick={() => void drop()}>{t.value.dropTarget}</button><button type="button" class="link" onClick={() => go("health")}>{t.value.health}</button></div>}
    </div>
  );
}
