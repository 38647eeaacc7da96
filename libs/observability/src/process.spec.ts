import { counter, createLogger, gauge, Health, histogram, metricsText, Shutdown, type ShutdownPhase } from './index.ts';

const quiet = () => createLogger({ service: 'test', level: 'silent', destination: { write: () => undefined } });

describe('metrics', () => {
  it('shows what was counted, and gives one name one metric', async () => {
    counter('sales_total', 'Sales', ['outcome']).inc({ outcome: 'completed' });
    counter('sales_total', 'Sales', ['outcome']).inc({ outcome: 'completed' });
    histogram('sale_seconds', 'Duration').observe(0.02);
    gauge('lag_messages', 'Lag', [], (self) => self.set(7));
    const text = await metricsText();
    expect(text).toContain('sales_total{outcome="completed"} 2');
    expect(text).toContain('sale_seconds_bucket{le="0.025"} 1');
    expect(text).toContain('lag_messages 7');
  });

  it.each(['saleId', 'tenantId', 'traceId'])('refuses the label %s, which would make a series each', (label) => {
    expect(() => counter(`by_${label}`, 'x', [label])).toThrow('Log it instead');
  });
});

describe('health', () => {
  it('is ready once started, while every check passes, and never again after draining', async () => {
    const health = new Health('cart');
    let isConnected = true;
    health.ready('bus', () => ({ ok: isConnected, detail: 'sb://' }));
    expect((await health.report('ready')).status).toBe('failing');
    health.markStarted();
    expect(await health.report('ready')).toEqual({ status: 'ok', service: 'cart', checks: { started: { ok: true }, draining: { ok: true }, bus: { ok: true, detail: 'sb://' } } });
    isConnected = false;
    expect((await health.report('ready')).status).toBe('failing');
    isConnected = true;
    health.drain();
    expect((await health.report('ready')).status).toBe('failing');
    expect((await health.report('started')).status).toBe('ok');
  });

  it('stays live while a dependency is down', async () => {
    const health = new Health('cart');
    health.ready('sql', () => ({ ok: false }));
    expect((await health.report('live')).status).toBe('ok');
  });

  it('counts a check that throws or hangs as failing', async () => {
    const health = new Health('cart');
    health.live('throws', () => { throw new Error('broken'); });
    health.live('hangs', () => new Promise(() => undefined));
    expect(await health.report('live')).toMatchObject({ status: 'failing', checks: { throws: { ok: false, detail: 'broken' }, hangs: { ok: false, detail: 'no answer within 1000 ms' } } });
  });
});

describe('shutdown', () => {
  const recorded = (limitMs?: number) => {
    const steps: string[] = [];
    const codes: number[] = [];
    const shutdown = new Shutdown({ logger: quiet(), exit: (code) => void codes.push(code), ...(limitMs !== undefined && { limitMs }) });
    const step = (phase: ShutdownPhase, name: string) => shutdown.on(phase, name, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push(name);
    });
    return { steps, codes, shutdown, step };
  };

  it('runs the phases in order, whatever was registered first, and only once', async () => {
    const { steps, codes, shutdown, step } = recorded();
    step('close', 'sql');
    step('finish', 'sales');
    step('stop-receiving', 'pump');
    step('flush', 'outbox');
    await Promise.all([shutdown.begin('SIGTERM'), shutdown.begin('SIGTERM')]);
    expect(steps).toEqual(['pump', 'sales', 'outbox', 'sql']);
    expect(codes).toEqual([0]);
  });

  it('goes on when a step fails, and says so by its exit code', async () => {
    const { steps, codes, shutdown, step } = recorded();
    shutdown.on('stop-receiving', 'broken', () => { throw new Error('broken'); });
    step('close', 'sql');
    await shutdown.begin('SIGTERM');
    expect(steps).toEqual(['sql']);
    expect(codes).toEqual([1]);
  });

  it('does not wait longer than its limit', async () => {
    const { codes, shutdown } = recorded(20);
    shutdown.on('finish', 'stuck', () => new Promise(() => undefined));
    await shutdown.begin('SIGTERM');
    expect(codes).toEqual([1]);
  });
});
