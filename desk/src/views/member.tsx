// A document in a list of several that may become one class: what it says, as far as that is here, and a box to tick.
import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { contentOf, type Named } from "../explanations";
import { withBlanks } from "../names";
import { attempt, t } from "../state";
import { Loading } from "../ui";

/** ``text``: its whole text, where that is here; ``isReadable``: the page or the service has its text; ``label``: what ticking says, where the words of the document do not; ``onTick``: absent where nobody may choose it. */
export function Member(props: {
  document: Named; title: string; words: string; isReadable: boolean; isIn: boolean; text?: string | null; label?: string; class?: string; onTick?: (isIn: boolean) => void; children?: ComponentChildren;
}): JSX.Element {
  const [read, setRead] = useState<string | null>(null);
  const whole = props.text ?? read;
  const [isWanted, setWanted] = useState(false);
  const id = useId();
  const want = (): void => {
    setWanted(true);
    if (whole === null) void attempt(async () => setRead((await contentOf(props.document))?.text ?? ""));
  };
  const { onTick } = props;
  return (
    <li class={props.class ?? ""}>
      <div class="member">
        {onTick && <input type="checkbox" id={id} aria-label={props.label} checked={props.isIn} onChange={(e) => onTick(e.currentTarget.checked)} />}
        <div>
          <label for={onTick ? id : undefined}>
            <strong>{props.title}</strong>
            {props.words && <span>{props.words}</span>}
            {!props.isReadable && <span class="about">{t.value.noTextHere}</span>}
          </label>
          {props.isReadable && (
            <details onToggle={(e) => { if (e.currentTarget.open) want(); }}>
              <summary>{t.value.wholeText}</summary>
              {whole === null ? isWanted && <Loading /> : <p class="whole" tabIndex={0} role="group" aria-label={t.value.documentText}>{withBlanks(whole)}</p>}
            </details>
          )}
          {props.children && <div class="actions start">{props.children}</div>}
        </div>
      </div>
    </li>
  );
}
