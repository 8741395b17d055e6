// How well the label space does: accuracy with its interval, coverage against risk, class by class.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, Failure } from "../api";
import { attempt, change, go, info, isOnline, isSeveral, mayCurate, notify, refresh, space, t, versionTag } from "../state";
import type { ClassRow, Evaluation, Risk, RiskPoint, Throughput } from "../types";
import { Bar, Empty, Loading } from "../ui";
import { Advice } from "./advice";
import { Drift } from "./drift";

export function HealthView(): JSX.Element {
  const [evaluation, setEvaluation] = useState<Evaluation | "few" | null>(null);
  const [risk, setRisk] = useState<Risk | "few" | null>(null);
  useEffect(() => {
    let isGone = false;
    const few = (error: unknown): "few" => {
      if (!(error instanceof Failure && error.status === 422)) throw error;
      return "few"; // too few examples are a state, not an error
    };
    void attempt(async () => {
      const name = space.value;
      const shares = await api.evaluation(name).catch(few);
      if (!isGone) setEvaluation(shares);
      if (isSeveral.value) return; // there is no one chance an answer, and so no curve
      const costs = await api.risk(name).catch(few);
      if (!isGone) setRisk(costs);
      await refresh();
    });
    return () => { isGone = true; };
  }, [versionTag.value, isOnline.value]);
  if (evaluation === null) return <div class="page"><h1>{t.value.healthTitle}</h1><Loading /></div>;
  return (
    <div class="page">
      <h1>{t.value.healthTitle}</h1>
      {evaluation === "few"
        ? <Empty icon="health" title={t.value.healthFew}><p>{t.value.healthFewText}</p>
            {mayCurate.value && <button type="button" class="primary" onClick={() => go("start")}>{t.value.beginHere}</button>}</Empty>
        : <div class="health">
            <Accuracy evaluation={evaluation} />
            {isSeveral.value ? null : risk === null ? <section class="card wide"><Loading /></section> : risk === "few" ? <NoCost /> : <Cost key={risk.version} risk={risk} />}
            <Pace />
            <Drift />
            <Advice />
            {evaluation.per_class && <Classes rows={evaluation.per_class.rows} />}
          </div>}
    </div>
  );
}

function Accuracy(props: { evaluation: Evaluation }): JSX.Element {
  const { evaluation } = props;
  const share = evaluation.shares["held out in four parts, refined"] ?? evaluation.shares["leave-one-out, prototypes"];
  const { forecast } = evaluation;
  const { more } = evaluation.settings;
  if (more === undefined) return <SeveralShares evaluation={evaluation} />;
  return (
    <>
      <section class="card">
        <h2>{t.value.howAccurate}</h2>
        {share && share.share !== null && share.low !== null && share.high !== null && (
          <>
            <p class="big">{t.value.percent(share.share)}</p>
            <p class="about">{t.value.ofExamples(share.n)}. {t.value.interval(t.value.percent(share.low), t.value.percent(share.high))}.</p>
            <Interval low={share.low} mid={share.share} high={share.high} />
          </>
        )}
        {evaluation.notes.map((note) => <p key={note} class="about">{t.value.ofService(note)}</p>)}
      </section>
      <section class="card">
        <h2>{t.value.moreExamplesBuy(more)}</h2>
        {forecast && forecast.reason === null && forecast.gain !== undefined
          ? <><p class="big">{t.value.points(forecast.gain)}</p><p class="about">{t.value.gainText(t.value.points(forecast.gain_low ?? 0), t.value.points(forecast.gain_high ?? 0))}</p></>
          : <p class="about">{forecast?.reason && t.value.ofService(forecast.reason)}</p>}
        <p class="about">{t.value.prototypesMeasured}</p>
        <Curve evaluation={evaluation} />
      </section>
    </>
  );
}

/** How well several labels a document hold, by the measures of the service. */
function SeveralShares(props: { evaluation: Evaluation }): JSX.Element {
  const { shares, notes, documents } = props.evaluation;
  return (
    <section class="card wide">
      <h2>{t.value.howAccurate}</h2>
      <p class="about">{t.value.ofDocuments(documents)}</p>
      <ul class="advice">
        {Object.entries(shares).map(([name, one]) => one.share !== null && one.low !== null && one.high !== null && (
          <li key={name}><span><strong>{t.value.percent(one.share)}</strong> {t.value.severalShare(name)}<small>{t.value.interval(t.value.percent(one.low), t.value.percent(one.high))}</small></span></li>
        ))}
      </ul>
      {notes.map((note) => <p key={note} class="about">{t.value.ofService(note)}</p>)}
    </section>
  );
}

/** A line from 0 to 100 %, the interval on it, and the estimate. */
function Interval(props: { low: number; mid: number; high: number }): JSX.Element {
  const x = (share: number): number => 4 + share * 292;
  return (
    <svg class="interval" viewBox="0 0 300 34" role="img" aria-label={t.value.interval(t.value.percent(props.low), t.value.percent(props.high))}>
      <line class="axis" x1={x(0)} x2={x(1)} y1={12} y2={12} />
      <line class="range" x1={x(props.low)} x2={x(props.high)} y1={12} y2={12} />
      <circle class="mid" cx={x(props.mid)} cy={12} r={5.5} />
      {[0, 0.5, 1].map((share) => <text key={share} x={x(share)} y={31} text-anchor={share === 0 ? "start" : share === 1 ? "end" : "middle"}>{t.value.percent(share)}</text>)}
    </svg>
  );
}

/** Marks of an axis that begins at 0: round shares, six at most, up to the first that holds all. */
function marks(most: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1].find((one) => most / one <= 5) ?? 0.2;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step);
}

const TICK = 20; // units of the picture that a number of examples takes, with a gap

/** Those of rising numbers whose names have room beside each other on an axis: the last one, and from there down. */
function apart(numbers: readonly number[], x: (n: number) => number): Set<number> {
  let left = Infinity;
  return new Set(numbers.toReversed().filter((n) => {
    const hasRoom = left - x(n) >= TICK;
    if (hasRoom) left = x(n);
    return hasRoom;
  }));
}

function Curve(props: { evaluation: Evaluation }): JSX.Element | null {
  const rows = props.evaluation.curve.flatMap(({ shot, prototypes: { mean, interval } }) =>
    shot > 0 && mean !== null ? [{ shot, mean, interval: interval ?? 0 }] : []);
  const last = rows.at(-1);
  if (rows.length < 2 || !last) return null;
  const x = (shot: number): number => 34 + (Math.log(shot) / Math.log(Math.max(2, last.shot))) * 252;
  const y = (share: number): number => 108 - share * 98;
  const band = [...rows.map((r) => `${x(r.shot)},${y(Math.min(1, r.mean + r.interval))}`),
    ...rows.toReversed().map((r) => `${x(r.shot)},${y(Math.max(0, r.mean - r.interval))}`)].join(" ");
  const ticks = apart(rows.map((r) => r.shot), x);
  return (
    <svg class="curve" viewBox="0 -12 300 158" role="img" aria-label={`${t.value.curve}: ${rows.map((r) => `${r.shot}: ${t.value.percent(r.mean)}`).join(", ")}`}>
      {[0, 0.5, 1].map((share) => <g key={share}><line class="grid" x1={34} x2={290} y1={y(share)} y2={y(share)} /><text x={29} y={y(share) + 4} text-anchor="end">{t.value.percent(share)}</text></g>)}
      <text class="axis-title" x={34} y={-3}>{t.value.accuracy}</text>
      <text class="axis-title" x={290} y={143} text-anchor="end">{t.value.axisExamples}</text>
      <polygon class="band" points={band} />
      <polyline class="line" points={rows.map((r) => `${x(r.shot)},${y(r.mean)}`).join(" ")} />
      {rows.map((r) => <g key={r.shot}><circle class="mid" cx={x(r.shot)} cy={y(r.mean)} r={3.2} />{ticks.has(r.shot) && <text x={x(r.shot)} y={127} text-anchor="middle">{r.shot}</text>}</g>)}
    </svg>
  );
}

const LOOK = 5000; // milliseconds between two looks at what was answered lately

/** How many documents the service has answered lately. */
function Pace(): JSX.Element | null {
  const [pace, setPace] = useState<Throughput | null>(null);
  useEffect(() => {
    const look = (): void => void api.throughput(space.value).then(setPace, () => undefined); // the banner says so
    look();
    const timer = setInterval(look, LOOK);
    return () => clearInterval(timer);
  }, []);
  if (!pace) return null;
  const aSecond = pace.documents / Math.max(pace.seconds, 1);
  return (
    <section class="card pace">
      <h2>{t.value.paceTitle}</h2>
      <p class="big">{aSecond >= 1 ? t.value.paceSecond(t.value.decimal(aSecond, 0, 1)) : t.value.paceMinute(t.value.decimal(aSecond * 60, 0, 1))}</p>
      <p class="about">{t.value.paceText(pace.documents, Math.max(1, Math.round(pace.seconds)))}</p>
    </section>
  );
}

/** A point at which anything is answered, so that there is a risk. */
type Point = RiskPoint & { risk: number };

const MOST_ERRORS = 0.25; // share of wrong answers to which anybody would hold a label space

/** What stands in the place of the slider while nothing is declined. */
function NoCost(): JSX.Element {
  const reason = info.value?.calibration.reason;
  return (
    <section class="card wide">
      <h2>{t.value.whatItCosts}</h2>
      <p>{t.value.nothingInForce}</p>
      {typeof reason === "string" && <p class="about">{t.value.ofService(reason)}</p>}
    </section>
  );
}

/** Coverage against risk: the slider moves the threshold, a hundred squares show what follows. */
function Cost(props: { risk: Risk }): JSX.Element {
  const { risk } = props;
  const points = risk.points.filter((one): one is Point => one.n > 0 && one.risk !== null).sort((a, b) => a.coverage - b.coverage);
  const inForce = Math.round(100 * risk.coverage);
  const [share100, setShare] = useState(inForce);
  const apart = (one: RiskPoint): number => Math.abs(one.coverage - (share100 === inForce ? risk.coverage : share100 / 100));
  const point = points.reduce<Point | undefined>((best, one) => (!best || apart(one) < apart(best) ? one : best), undefined);
  if (!point) return <></>;
  const shareAnswered = share100 === inForce ? risk.coverage : point.coverage; // one share, in words and in squares
  const coverage = t.value.percent(shareAnswered);
  const covered = Math.round(100 * shareAnswered);
  const wrong = Math.min(covered, Math.round(100 * shareAnswered * point.risk));
  const promise = point.promise && point.promise.share <= MOST_ERRORS ? point.promise : null; // else the page says that there is none
  const share = !promise ? "" : promise.share < 0.01 ? t.value.tenths(promise.share) : t.value.percent(promise.share);
  const possible = risk.limit?.shortage ? risk.limit.possible : ""; // in place of the limit that is impossible
  const set = async (value: string): Promise<void> => {
    const outcome = await change({ kind: "configure", values: { target: value } }, versionTag.value);
    if (outcome && value !== "none") notify(value === possible ? t.value.targetSet(value) : t.value.holdToDone(share));
  };
  return (
    <section class="card wide cost">
      <h2>{t.value.whatItCosts}</h2>
      <div class="cost-body">
        <div>
          <label>{t.value.sliderLabel}: {coverage}
            <input type="range" min={0} max={100} step={1} value={share100} aria-valuetext={coverage} onInput={(e) => setShare(Number(e.currentTarget.value))} />
          </label>
          <RiskPlot points={points} at={point} />
          <p class="about">{promise && t.value.canPromise(share, t.value.percent(promise.coverage))} {point.errors_caught !== null && t.value.errorsCaught(t.value.percent(point.errors_caught))}</p>
          {mayCurate.value && <div class="actions start">
            {possible && <button type="button" class="primary" onClick={() => void set(possible)}>{t.value.setLimit(possible)}</button>}
            {promise && promise.target !== risk.target && promise.target !== possible && <button type="button" class={possible ? "" : "primary"} onClick={() => void set(promise.target)}>{t.value.holdTo(share)}</button>}
            {risk.target && <button type="button" onClick={() => void set("none")}>{t.value.dropTarget}</button>}
          </div>}
          {possible ? <p class="about">{t.value.possibleLimit}</p> : !promise && <p class="about">{t.value.noUsefulLimit(t.value.percent(MOST_ERRORS))}</p>}
          <p class="about">{risk.target ? t.value.targetSet(risk.target) : info.value?.settings.threshold === "-inf" ? t.value.noThreshold : t.value.noTarget} {t.value.inForceNow(t.value.percent(risk.coverage))}</p>
          {risk.reach.others > 0 && <p class="about">{t.value.reachOf(risk.reach)}</p>}
          {risk.limit?.shortage && <p>{t.value.noneAnswered(t.value.ofService(risk.limit.shortage))}</p>}
        </div>
        <figure>
          <figcaption>{t.value.ofHundred}</figcaption>
          <div class="hundred" aria-hidden="true">
            {Array.from({ length: 100 }, (_, i) => <span key={i} class={i < covered - wrong ? "right" : i < covered ? "wrong" : "left"} />)}
          </div>
          <ul class="hundred-legend">
            <li><span class="right" aria-hidden="true" /><strong>{covered - wrong}</strong> {t.value.answeredRight}</li>
            <li><span class="wrong" aria-hidden="true" /><strong>{wrong}</strong> {t.value.answeredWrong}</li>
            <li><span class="left" aria-hidden="true" /><strong>{100 - covered}</strong> {t.value.leftToYou}</li>
          </ul>
          {risk.share > 0 && <p class="about small">{t.value.strangersCounted(Math.round(100 * risk.share))}</p>}
        </figure>
      </div>
    </section>
  );
}

function RiskPlot(props: { points: Point[]; at: Point }): JSX.Element {
  const points = props.points.filter((one) => one.coverage >= 0.15);
  const ticks = marks(Math.min(1, Math.max(0.05, ...points.map((one) => one.high ?? one.risk))));
  const most = ticks.at(-1) ?? 1;
  const x = (coverage: number): number => 36 + coverage * 372;
  const y = (share: number): number => 122 - (Math.min(share, most) / most) * 110;
  const high = props.points.map((one) => `${x(one.coverage)},${y(one.high ?? one.risk)}`);
  const low = props.points.toReversed().map((one) => `${x(one.coverage)},${y(one.low ?? 0)}`);
  return (
    <svg class="curve full" viewBox="0 -8 420 172" aria-hidden="true">
      {ticks.map((share) => <g key={share}><line class="grid" x1={36} x2={408} y1={y(share)} y2={y(share)} /><text class="tick" x={31} y={y(share) + 4} text-anchor="end">{t.value.percent(share)}</text></g>)}
      <text class="axis-title" x={36} y={3}>{t.value.axisWrong}</text>
      <text class="axis-title" x={408} y={158} text-anchor="end">{t.value.sliderLabel}</text>
      <polygon class="band" points={[...high, ...low].join(" ")} />
      <polyline class="line" points={props.points.map((one) => `${x(one.coverage)},${y(one.risk)}`).join(" ")} />
      <line class="cursor" x1={x(props.at.coverage)} x2={x(props.at.coverage)} y1={8} y2={122} />
      <circle class="mid" cx={x(props.at.coverage)} cy={y(props.at.risk)} r={5} />
      {[0, 0.25, 0.5, 0.75, 1].map((share) => <text key={share} x={x(share)} y={143} text-anchor={share === 1 ? "end" : "middle"}>{t.value.percent(share)}</text>)}
    </svg>
  );
}

function Classes(props: { rows: ClassRow[] }): JSX.Element {
  const { rows } = props;
  return (
    <section class="card wide">
      <h2>{t.value.perClass}</h2>
      <p class="about">{t.value.weakest}</p>
      <div class="scroll" tabIndex={0} role="group" aria-label={t.value.perClass}>
        <table>
          <thead><tr><th scope="col">{t.value.className}</th><th scope="col" colSpan={2}>{t.value.accuracy}</th><th scope="col">{t.value.intervalShort}</th><th scope="col">{t.value.confusedWith}</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.label}>
                <th scope="row">{row.label}</th>
                <td><Bar share={row.accuracy} kind={row.accuracy < 0.7 ? "weak" : "good"} /></td>
                <td class="number">{t.value.rightOf(Math.round(row.accuracy * row.n), row.n)}</td>
                <td class="number">{t.value.range(t.value.percent(row.low), t.value.percent(row.high))}</td>
                <td>{row.confused_with.map((other) => `${other.label} (${other.count})`).join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
