// Long work of the service: begin it, show how far it is, stop it. What it does, the service knows.
import { api, Failure, failureOf, ownKeys, type Work } from "./api";
import { progress } from "./progress";
import { replaced, t } from "./state";
import type { Job } from "./types";

const LOOK = 300; // milliseconds between two looks at a job
const AGAIN = 1000; // milliseconds until a service that did not answer is asked again
const ROUNDS = 3; // in which it answers others, and not this request

/** Ask for as long as the service is away, or another label space in the place of this one, of which the banner speaks. Throws what else fails, and what is stopped. */
export async function answerOf<T>(ask: () => Promise<T>, isStopped = (): boolean => false, words = t.value.notAnswered): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error) || isStopped()) throw error;
      if (round >= ROUNDS && !replaced.value.length) throw new Failure(408, words);
    }
    do await new Promise((resolve) => setTimeout(resolve, AGAIN));
    while (!isStopped() && (replaced.value.length || await api.spaces().then(() => false, isAway)));
  }
}

const isAway = (error: unknown): boolean => error instanceof Failure && error.status === 0;

/** Run a job to its end, with a bar and a stop; null where it was stopped. Throws what it failed with. */
export async function run(
  space: string, body: Work, text: (job: Job) => string,
): Promise<Job | null> {
  let job = await api.start(space, body);
  ownKeys.add(job.id);
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    void answerOf(() => api.cancel(space, job.id)).catch(() => undefined); // the next look says what became of it
  };
  try {
    while (job.state === "waiting" || job.state === "running") {
      const words = stopped ? t.value.stopping : job.state === "waiting" ? t.value.waitsForOthers : text(job);
      progress.value = { text: words, share: job.share ?? 0, stop };
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      job = await answerOf(() => api.job(space, job.id));
    }
  } finally {
    progress.value = null;
  }
  if (job.error) throw failureOf(job.error);
  if (job.state === "interrupted") throw new Failure(503, t.value.interrupted);
  return job.state === "done" ? job : null;
}
