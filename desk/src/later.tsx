// Views whose scripts come after the first view, which is small without them. They come by themselves soon, so that they are here when the service is away.
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading } from "./ui";

const SOON = 1500; // milliseconds after the page has begun
const AGAIN = 1000; // until a script that did not come is asked for again

/** A view that displays *Loading* until its script is here. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  let view: ComponentType | null = null;
  let request: Promise<void> | null = null;
  const come = (): Promise<void> => request ??= load().then(
    (one) => { view = one; },
    () => new Promise((resolve) => setTimeout(resolve, AGAIN)).then(() => {
      request = null;
      return come();
    }),
  );
  setTimeout(() => void come(), SOON);
  return function Later(): JSX.Element {
    const [, setHere] = useState(view !== null);
    useEffect(() => {
      let isGone = false;
      void come().then(() => { if (!isGone) setHere(true); });
      return () => { isGone = true; };
    }, []);
    const View = view;
    return View ? <View /> : <Loading />;
  };
}
