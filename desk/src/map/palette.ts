// The colours of classes on the map. A class keeps its colour while others come and go, also when it is renamed.

export type Colour = [number, number, number];

const TURN = 137.508; // degrees between two colours: however many there are, none is near the last ones

/** Which colour each class has, by number: classes that had one keep it, and new ones take the first that is free. */
export function numbered(names: readonly string[], before: Readonly<Record<string, number>>): Record<string, number> {
  const leavers = Object.keys(before).filter((name) => !names.includes(name));
  const newcomers = names.filter((name) => !(name in before));
  const [oldName = "", newName = ""] = leavers.length === 1 && newcomers.length === 1 && names.length === Object.keys(before).length ? [leavers[0], newcomers[0]] : []; // renamed
  const numbers: Record<string, number> = Object.fromEntries(names.flatMap((name) => name in before ? [[name, before[name] ?? 0]] : []));
  if (newName) numbers[newName] = before[oldName] ?? 0;
  const inUse = new Set(Object.values(numbers));
  let next = 0;
  for (const name of names) {
    if (name in numbers) continue;
    while (inUse.has(next)) next++;
    inUse.add(next);
    numbers[name] = next;
  }
  return numbers;
}

/** The colours with these numbers; red, green, blue from 0 to 1. */
export function colours(numbers: readonly number[], dark: boolean): Colour[] {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return numbers.map((i) => {
    if (!context) return [0.4, 0.4, 0.8];
    const lightness = (dark ? 0.74 : 0.58) + ((i % 3) - 1) * 0.07;
    context.fillStyle = `oklch(${lightness} 0.15 ${(25 + i * TURN) % 360})`;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
    return [r / 255, g / 255, b / 255];
  });
}
