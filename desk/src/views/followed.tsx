// The files of the followed folder that could not be read, above the inbox that they are missing from.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import { reasonAlone } from "../intake";
import { info, mayLabel, space, t } from "../state";
import type { UnreadableFile } from "../types";

const LOOK = 5000; // milliseconds between two looks at the folder

export function UnreadOfFolder(): JSX.Element | null {
  const [files, setFiles] = useState<UnreadableFile[]>([]);
  const follows = mayLabel.value && info.value?.follows === true;
  useEffect(() => {
    setFiles([]);
    if (!follows) return undefined;
    let isGone = false;
    const look = (): void => void api.followed(space.value).then((state) => isGone || setFiles(state.unreadable), () => undefined); // the banner says so
    look();
    const timer = setInterval(look, LOOK);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [follows, space.value]);
  if (!files.length) return null;
  return (
    <div class="banner bad" role="status">
      <details>
        <summary>{t.value.notReadOfFolder(files.length)}</summary>
        {t.value.serviceLanguage && <p class="about">{t.value.serviceLanguage}</p>}
        <ul>{files.map((one) => <li key={one.name}><strong>{one.name}</strong>: {reasonAlone(one.name, one.reason)}</li>)}</ul>
      </details>
    </div>
  );
}
