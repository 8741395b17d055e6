// The map of documents.
import type { JSX } from "preact";
export function MapView(): JSX.Element { return <p>map</p>; }
