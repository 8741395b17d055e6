// Says that the service does not have the label space that this page is about now, or another one of its name.
import type { JSX } from "preact";
import { startAnew } from "./decisions";
import { pendingCount } from "./documents";
import { replaced, t } from "./state";
import { Icon } from "./ui";

/** Above every view while it is so: how much waits, and the way to what answers now. */
export function Replaced(): JSX.Element | null {
  const n = pendingCount.value;
  if (!replaced.value.length) return null;
  return (
    <div class="banner bad" role="alert">
      <p>
        <Icon name="cloud" /> <strong>{replaced.value.map((one) => t.value.replacedTitle(one.name, one.served)).join(" ")}</strong>{" "}
        {n ? t.value.replacedDecisions(n) : t.value.replacedText}
      </p>
      <button type="button" onClick={startAnew}>{n ? t.value.startAnewWithout(n) : t.value.startAnew}</button>
    </div>
  );
}
