// Takes a document off the inbox that got there by mistake. Where it is remembered, the label space forgets it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isHereAlone, titleOf } from "../documents";
import type { Entry } from "../entry";
import { t } from "../state";
import { Dialog, Icon } from "../ui";
import { isRemovable, removeAll } from "./choosing";

/** Offers to remove a document that nobody has decided on, to those who may. */
export function Removal(props: { entry: Entry; takeBack: () => void }): JSX.Element | null {
  const { entry } = props;
  const [asking, setAsking] = useState("");
  const isAlone = isHereAlone(entry);
  if (!isRemovable(entry)) return null;
  const take = (): void => {
    setAsking("");
    removeAll([entry], props.takeBack);
  };
  return (
    <>
      <button type="button" class="link removal" onClick={() => setAsking(entry.key)}>{t.value.removeDocument}</button>
      {asking === entry.key && (
        <Dialog title={t.value.removeTitle(titleOf(entry))} onClose={() => setAsking("")}>
          <p>{isAlone ? t.value.removeHereText : t.value.removeText}</p>
          <div class="actions">
            <button type="button" onClick={() => setAsking("")}>{t.value.cancel}</button>
            <button type="button" class="primary" onClick={take}><Icon name="close" /> {t.value.remove}</button>
          </div>
        </Dialog>
      )}
    </>
  );
}
