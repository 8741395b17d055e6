// Counts, shares and decimals as a language writes them: the one place that knows its decimal mark.

export const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** A share in whole percent; never 0 or 100 for what is neither. */
export const percent = (share: number): string =>
  share > 0 && share < 0.005 ? "< 1\u00a0%" : share < 1 && share >= 0.995 ? "> 99\u00a0%" : `${Math.round(100 * share)}\u00a0%`;

/** How many decimals tell two numbers apart, at least so many: as many as the reasons of the service have. */
export const distinctDigits = (a: number, b: number, least: number): number =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8].find((n) => n >= least && a.toFixed(n) !== b.toFixed(n)) ?? least;

/** Numbers as a language writes them: the one place that knows its decimal mark. */
export const numbersIn = (language: string) => {
  const decimal = (value: number, least: number, most = least): string =>
    value.toLocaleString(language, { minimumFractionDigits: least, maximumFractionDigits: most }).replace("-", "\u2212");
  return {
    decimal,
    score: (value: number): string => decimal(value, 2),
    /** A share in percent, to a tenth. */
    tenths: (share: number): string => `${decimal(100 * share, 1)}\u00a0%`,
    /** A share that is a limit, as exactly as it was set: it reads well before "or more". */
    limit: (share: number): string => `${decimal(100 * share, 0, 6)}\u00a0%`,
    /** A difference of shares in points, with its sign. */
    points: (share: number): string => `${share > 0 ? "+" : ""}${decimal(100 * share, 1)}`,
  };
};
