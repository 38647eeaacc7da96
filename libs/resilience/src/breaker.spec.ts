import type { BreakerPolicy } from './breaker-policy.ts';
import { Breaker, type Transition, type Verdict } from './breaker.ts';
import { BulkheadFull, DeadlineExceeded, DependencyUnavailable } from './errors.ts';
import { ManualTiming, settle } from './testing.ts';

class Outcome extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict);
  }
}

/** A database whose health the test decides, behind a breaker whose time the test owns. */
function given(policy: Partial<BreakerPolicy> = {}, chance: ManualTiming['chance'] = 1) {
  const timing = new ManualTiming(chance);
  const database = { isUp: true, probes: 0, calls: 0 };
  const transitions: Transition[] = [];
  const breaker = new Breaker({
    name: 'cart/accept',
    policy: { rampMs: 10_000, ...policy },
    timing,
    classify: (error) => (error instanceof Outcome ? error.verdict : 'fail'),
    probe: () => {
      database.probes += 1;
      return database.isUp ? Promise.resolve() : Promise.reject(new Outcome('trip'));
    },
  });
  breaker.onTransition((transition) => transitions.push(transition));
  const call = (verdict: Verdict = 'ok'): Promise<string> =>
    breaker.run(() => {
      database.calls += 1;
      return verdict === 'ok' ? Promise.resolve('row') : Promise.reject(new Outcome(verdict));
    });
  const calls = async (count: number, verdict: Verdict): Promise<void> => {
    for (let index = 0; index < count; index += 1) await call(verdict).catch(() => {});
  };
  return { timing, database, breaker, transitions, call, calls };
}

/** A linear congruential generator: the same seed, the same chances. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
};

const never = (): Promise<never> => new Promise(() => {});

describe('a closed breaker', () => {
  test('passes results and errors through untouched', async () => {
    const { breaker, call } = given();
    await expect(call()).resolves.toBe('row');
    const refusal = new Outcome('ok');
    await expect(breaker.run(() => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(breaker.state).toBe('closed');
  });

  test('opens at the first error that says itself that the database is out', async () => {
    const { breaker, call, transitions } = given();
    await expect(call('trip')).rejects.toBeInstanceOf(Outcome);
    expect(breaker.state).toBe('open');
    expect(transitions).toMatchObject([{ breaker: 'cart/accept', from: 'closed', to: 'open', cause: { verdict: 'trip' } }]);
  });

  test('opens at the fifth failure in a row, which a quiet shop reaches as well', async () => {
    const { breaker, calls } = given();
    await calls(4, 'fail');
    expect(breaker.state).toBe('closed');
    await calls(1, 'fail');
    expect(breaker.state).toBe('open');
  });

  test('opens when more than half of the recent calls fail, even with good ones in between', async () => {
    const { breaker, calls } = given();
    await calls(8, 'ok');
    for (let round = 0; round < 8; round += 1) {
      await calls(2, 'fail');
      await calls(1, 'ok');
    }
    await settle();
    expect(breaker.state).toBe('open');
  });

  test('forgets failures that are older than the window', async () => {
    const { breaker, calls, timing } = given();
    for (let round = 0; round < 10; round += 1) {
      await calls(4, 'fail');
      await calls(1, 'ok');
      await timing.advance(6_000);
    }
    expect(breaker.state).toBe('closed');
  });

  test('stays closed however often the database says no, or callers give up', async () => {
    const { breaker, calls } = given();
    for (let round = 0; round < 500; round += 1) {
      await breaker.run(() => Promise.reject(new Outcome('ok'))).catch(() => {});
    }
    await calls(500, 'neutral');
    await settle();
    expect(breaker.state).toBe('closed');
  });

  test('Q26 opens when it answers, but nearly always too late to be of use', async () => {
    const { breaker, timing } = given({ deadlineMs: 1_000, concurrency: 30 });
    const slow = (): Promise<void> => breaker.run(() => new Promise((resolve) => timing.after(800, resolve)));
    const all = Promise.all(Array.from({ length: 20 }, slow));
    await timing.advance(800);
    await all;
    expect(breaker.state).toBe('open');
  });

  test('a classifier or a listener that throws changes no result', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const breaker = new Breaker({ name: 'cart', classify: () => { throw new Error('defect'); }, probe: () => Promise.resolve() });
    breaker.onTransition(() => { throw new Error('another defect'); });
    const failure = new Error('the real one');
    await expect(breaker.run(() => Promise.reject(failure))).rejects.toBe(failure);
    breaker.open(failure);
    await expect(breaker.run(() => Promise.resolve())).rejects.toBeInstanceOf(DependencyUnavailable);
    expect(warnings).toHaveBeenCalledTimes(2);
    warnings.mockRestore();
    await breaker[Symbol.asyncDispose]();
  });
});

describe('the deadline', () => {
  test('tells the caller at once, aborts only that call, and keeps its place until the work has really ended', async () => {
    const { breaker, timing } = given({ deadlineMs: 500, concurrency: 2, queue: 0 });
    let stopped: () => void = () => {};
    const slow = breaker.run((signal) => new Promise<void>((resolve) => {
      stopped = resolve;
      expect(signal.aborted).toBe(false);
    }));
    const outcome = slow.catch((error: unknown) => error);
    await timing.advance(300);
    const neighbour: { signal?: AbortSignal } = {};
    void breaker.run((signal) => {
      neighbour.signal = signal;
      return never();
    }).catch(() => {});
    await timing.advance(200);
    expect(await outcome).toBeInstanceOf(DeadlineExceeded);
    expect(neighbour.signal?.aborted).toBe(false);
    expect(breaker.load.inFlight).toBe(2);
    stopped();
    await settle();
    expect(breaker.load.inFlight).toBe(1);
  });

  test('opens the breaker on a black hole after a handful of calls', async () => {
    const { breaker, timing } = given({ deadlineMs: 500, concurrency: 20 });
    const stuck = Array.from({ length: 12 }, () => breaker.run(never).catch((error: unknown) => error));
    await timing.advance(500);
    await Promise.all(stuck);
    expect(breaker.state).toBe('open');
  });
});

describe('the bulkhead', () => {
  test('K37, R02 refuses what neither fits in nor may wait, without a word against the database', async () => {
    const { breaker, database } = given({ concurrency: 1, queue: 1 });
    void breaker.run(never).catch(() => {});
    void breaker.run(never).catch(() => {});
    for (let extra = 0; extra < 100; extra += 1) await expect(breaker.run(never)).rejects.toBeInstanceOf(BulkheadFull);
    expect(breaker.state).toBe('closed');
    expect(database.calls).toBe(0);
  });

  test('Q29 lets nobody wait longer than agreed', async () => {
    const { breaker, timing } = given({ concurrency: 1, queue: 1, queueWaitMs: 150 });
    void breaker.run(never).catch(() => {});
    const waiting = breaker.run(never).catch((error: unknown) => error);
    await timing.advance(150);
    expect(await waiting).toBeInstanceOf(BulkheadFull);
    expect(breaker.load).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  test('hands a free place to who waited longest', async () => {
    const { breaker } = given({ concurrency: 1, queue: 5 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const order: number[] = [];
    const first = breaker.run(() => promise);
    const others = [1, 2, 3].map((number) => breaker.run(() => Promise.resolve(void order.push(number))));
    resolve();
    await Promise.all([first, ...others]);
    expect(order).toEqual([1, 2, 3]);
    expect(breaker.load).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});

describe('an open breaker', () => {
  test('lets nothing through and says when to come back', async () => {
    const { breaker, call, database } = given();
    await call('trip').catch(() => {});
    const before = database.calls;
    await expect(call()).rejects.toMatchObject({ name: 'DependencyUnavailable', dependency: 'cart/accept', retryAfterMs: 1_400 });
    expect(breaker.retryAfterMs).toBe(1_400);
    expect(database.calls).toBe(before);
  });

  test('refuses those who wait for a place, without waiting for one to be free', async () => {
    const { breaker } = given({ concurrency: 1, queue: 5 });
    void breaker.run(never).catch(() => {});
    const waiting = breaker.run(() => Promise.resolve());
    breaker.open(new Error('a sibling on the same server has tripped'));
    await expect(waiting).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(breaker.load).toMatchObject({ inFlight: 1, waiting: 0 });
  });

  test('lets nobody take the place of the call that found the database out', async () => {
    const { breaker } = given({ concurrency: 1, queue: 5 });
    const { promise, reject } = Promise.withResolvers<void>();
    const first = breaker.run(() => promise).catch(() => {});
    const waiting = breaker.run(() => Promise.resolve());
    reject(new Outcome('trip'));
    await first;
    await expect(waiting).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(breaker.load).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test('closes after three good probes in a row, not after the first', async () => {
    const { breaker, call, database, timing, transitions } = given();
    database.isUp = false;
    await call('trip').catch(() => {});
    await timing.advance(60_000);
    expect(breaker.state).toBe('open');
    expect(database.probes).toBeLessThan(12);
    database.isUp = true;
    database.probes = 0;
    await timing.advance(8_000);
    expect(database.probes).toBe(3);
    expect(breaker.state).toBe('ramping');
    await timing.advance(11_000);
    expect(breaker.state).toBe('closed');
    expect(transitions.map(({ to }) => to)).toEqual(['open', 'ramping', 'closed']);
  });

  test('starts counting anew when a probe fails in between', async () => {
    const { breaker, call, database, timing } = given();
    await call('trip').catch(() => {});
    await timing.advance(1_100);
    expect(database.probes).toBe(1);
    database.isUp = false;
    await timing.advance(200);
    database.isUp = true;
    expect(breaker.state).toBe('open');
    await timing.advance(2_000);
    expect(breaker.state).toBe('open');
    await timing.advance(400);
    expect(breaker.state).toBe('ramping');
  });

  test('a probe that never answers counts as a bad one', async () => {
    const timing = new ManualTiming(1);
    let asked = 0;
    const breaker = new Breaker({ name: 'cart', classify: () => 'trip', timing, probe: () => {
      asked += 1;
      return asked === 1 ? never() : Promise.resolve();
    } });
    await breaker.run(() => Promise.reject(new Error('refused'))).catch(() => {});
    await timing.advance(1_000 + 400 + 2_000 + 400);
    expect(breaker.state).toBe('ramping');
  });

  test('does not believe a call that began before it opened', async () => {
    const { breaker, call, timing, database } = given();
    const { promise, resolve } = Promise.withResolvers<void>();
    const old = breaker.run(() => promise);
    database.isUp = false;
    await call('trip').catch(() => {});
    resolve();
    await old;
    await timing.advance(500);
    expect(breaker.state).toBe('open');
  });

  test('wakes a paused receiver when it closes', async () => {
    const { breaker, call, timing } = given();
    await breaker.whenClosed();
    await call('trip').catch(() => {});
    const resumed = jest.fn();
    void breaker.whenClosed().then(resumed);
    await timing.advance(1_000);
    expect(resumed).not.toHaveBeenCalled();
    await timing.advance(400);
    expect(resumed).toHaveBeenCalledTimes(1);
  });
});

describe('a recovered breaker', () => {
  const recovered = async (policy: Partial<BreakerPolicy> = {}) => {
    const world = given(policy);
    await world.calls(30, 'fail');
    await world.timing.advance(1_400);
    expect(world.breaker.state).toBe('ramping');
    return world;
  };

  test('Q16 Q18 lets in one call at first and all of them ten seconds later', async () => {
    const { breaker, timing } = await recovered({ concurrency: 8 });
    expect(breaker.load.limit).toBe(1);
    await timing.advance(3_000);
    expect(breaker.load.limit).toBe(3);
    await timing.advance(8_000);
    expect(breaker.load.limit).toBe(8);
  });

  test('lets in those who wait as the ramp rises', async () => {
    const { breaker, timing } = await recovered({ concurrency: 8, queue: 5, queueWaitMs: 20_000 });
    for (let index = 0; index < 4; index += 1) void breaker.run(() => new Promise(() => {})).catch(() => {});
    expect(breaker.load).toMatchObject({ inFlight: 1, waiting: 3 });
    await timing.advance(2_900);
    expect(breaker.load).toMatchObject({ inFlight: 2, waiting: 2 });
  });

  test('does not hold the failures from before the outage against the database', async () => {
    const { breaker, calls, timing } = given();
    for (let round = 0; round < 20; round += 1) {
      await calls(1, 'ok');
      await calls(1, 'fail');
    }
    await calls(1, 'trip');
    await timing.advance(1_400);
    await calls(3, 'fail');
    await settle();
    expect(breaker.state).toBe('ramping');
  });

  test('does not hold the slow answers from before the outage against the database', async () => {
    const { breaker, timing } = given({ deadlineMs: 1_000, concurrency: 30 });
    const slow = (): Promise<void> => breaker.run(() => new Promise((resolve) => timing.after(800, resolve)));
    const all = Promise.all(Array.from({ length: 20 }, slow));
    await timing.advance(800);
    await all;
    await timing.advance(1_400);
    const afterwards = slow();
    await timing.advance(800);
    await afterwards;
    expect(breaker.state).toBe('ramping');
  });

  test('opens again as fast as the first time, however many calls were refused meanwhile', async () => {
    const world = given();
    await world.calls(5, 'fail');
    await world.calls(500, 'fail');
    await world.timing.advance(1_400);
    expect(world.breaker.state).toBe('ramping');
    await world.calls(5, 'fail');
    expect(world.breaker.state).toBe('open');
  });

  test('ignores a failure of a call that began before the outage', async () => {
    const world = given();
    const { promise, reject } = Promise.withResolvers<void>();
    const old = world.breaker.run(() => promise).catch(() => {});
    await world.calls(1, 'trip');
    await world.timing.advance(1_400);
    reject(new Outcome('trip'));
    await old;
    expect(world.breaker.state).toBe('ramping');
  });
});

describe('a database that comes and goes', () => {
  test.each([1, 2, 3, 4, 5])('Q34 every two seconds, for five minutes, opens it less than once in ten seconds and meets few calls (seed %i)', async (seed) => {
    // given: a busy shop
    const { breaker, database, timing, transitions } = given({}, seeded(seed));
    const opened = (): number => transitions.filter(({ to }) => to === 'open').length;
    const answers: string[] = [];
    let metWhileDown = 0;
    const work = (): Promise<void> => {
      if (!database.isUp) metWhileDown += 1;
      return database.isUp ? Promise.resolve() : Promise.reject(new Outcome('fail'));
    };
    timing.every(50, () => void breaker.run(work).then(() => answers.push('answered'), (error: Error) => answers.push(error.name)));

    // when
    for (let phase = 0; phase < 150; phase += 1) {
      await timing.advance(2_000);
      database.isUp = !database.isUp;
    }

    // then
    expect(opened()).toBeGreaterThan(5);
    expect(opened()).toBeLessThan(30);
    expect(metWhileDown).toBeLessThanOrEqual(5 * opened());
    expect(answers).toHaveLength(6_000);
    expect(new Set(answers)).toEqual(new Set(['answered', 'Error', 'DependencyUnavailable']));

    // when: it stays
    database.isUp = true;
    await timing.advance(30_000);
    expect(breaker.state).toBe('closed');
  });
});

describe('an operator', () => {
  test('holds a breaker open: nothing passes and nobody probes, until it is released and found well', async () => {
    const { breaker, call, database, timing } = given();
    breaker.hold('open');
    await expect(call()).rejects.toMatchObject({ name: 'DependencyUnavailable', retryAfterMs: 30_000 });
    await timing.advance(60_000);
    expect(breaker).toMatchObject({ state: 'open', held: 'open', cause: { kind: 'operator' } });
    expect(database.probes).toBe(0);
    breaker.release();
    await timing.advance(600);
    expect(database.probes).toBe(3);
    expect(breaker).toMatchObject({ state: 'ramping', held: undefined });
  });

  test('holds a breaker closed, whatever the calls meet, and gives it back', async () => {
    const { breaker, call, calls } = given();
    await call('trip').catch(() => {});
    breaker.hold('closed');
    expect(breaker.state).toBe('ramping');
    await calls(500, 'fail');
    await calls(1, 'trip');
    expect(breaker.state).toBe('ramping');
    breaker.release();
    await calls(5, 'fail');
    expect(breaker.state).toBe('open');
  });

  test('is not overruled: what is held open stays so when a sibling asks for a probe', async () => {
    const { breaker, timing } = given();
    breaker.hold('open');
    breaker.probeSoon();
    await timing.advance(10_000);
    expect(breaker.state).toBe('open');
  });

  test('who changes their mind is obeyed', async () => {
    const { breaker, call } = given();
    breaker.hold('open');
    breaker.hold('closed');
    await expect(call()).resolves.toBe('row');
    breaker.hold('open');
    await expect(call()).rejects.toBeInstanceOf(DependencyUnavailable);
  });
});

describe('what it tells', () => {
  test('how long it took to open and how many calls had met the trouble, and how long the outage was', async () => {
    const { breaker, timing, transitions, database } = given({ deadlineMs: 550, failuresInARow: 5 });
    database.isUp = false;
    await timing.advance(7_000);
    const stuck = Array.from({ length: 8 }, () => breaker.run(never).catch(() => {}));
    await timing.advance(550);
    await Promise.all(stuck);
    expect(transitions[0]).toMatchObject({ to: 'open', kind: 'DEADLINE', afterMs: 7_550, opening: { tookMs: 550 } });
    expect(transitions[0]?.opening?.calls).toBeGreaterThanOrEqual(5);
    expect(transitions[0]?.opening?.calls).toBeLessThanOrEqual(12);
    database.isUp = true;
    await timing.advance(1_400);
    expect(transitions[1]).toMatchObject({ to: 'ramping', afterMs: 1_400 });
    expect(transitions[1]).not.toHaveProperty('kind');
  });

  test('what was let through, refused, turned away for want of room, given up and is still under way', async () => {
    const { breaker, timing, call } = given({ deadlineMs: 500, concurrency: 2, queue: 0, failuresInARow: 2 });
    void breaker.run(never).catch(() => {});
    void breaker.run(never).catch(() => {});
    await call().catch(() => {});
    await timing.advance(500);
    await call().catch(() => {});
    expect(breaker.counts).toEqual({ calls: 2, full: 1, deadlines: 2, rejected: 1 });
    expect(breaker.load).toMatchObject({ inFlight: 2, late: 2 });
  });

  test('that those who wait are served slowly, before anything is wrong', async () => {
    const { breaker, timing, calls } = given({ sluggishMs: 200 });
    await calls(30, 'ok');
    expect(breaker.isSluggish).toBe(false);
    for (let count = 0; count < 3; count += 1) {
      const slow = breaker.run(() => new Promise<void>((resolve) => timing.after(250, resolve)));
      await timing.advance(250);
      await slow;
    }
    expect(breaker).toMatchObject({ isSluggish: true, state: 'closed' });
    await timing.advance(6_000);
    expect(breaker.isSluggish).toBe(false);
  });
});

test('a probe that somebody asks for comes at once, however patient the prober is', async () => {
  const { breaker, call, timing } = given({ probe: { goodInARow: 3, gapMs: 200, deadlineMs: 400, delaysMs: () => [60_000] } });
  await call('trip').catch(() => {});
  await timing.advance(1_000);
  breaker.probeSoon();
  await timing.advance(600);
  expect(breaker.state).toBe('ramping');
});

test('a disposed breaker refuses everything, and whoever waits for it is told', async () => {
  const { breaker, call, timing, database } = given();
  await call('trip').catch(() => {});
  const waiting = breaker.whenClosed();
  await breaker[Symbol.asyncDispose]();
  await expect(waiting).rejects.toBeInstanceOf(DependencyUnavailable);
  await expect(call()).rejects.toBeInstanceOf(DependencyUnavailable);
  database.probes = 0;
  await timing.advance(60_000);
  expect(database.probes).toBe(0);
});
